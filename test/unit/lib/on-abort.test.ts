// Many waits for one signal share one listener.
import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { onAbort } from "../../../src/lib/on-abort.ts";

it("calls everyone that still waits, once", () => {
	const controller = new AbortController();
	const called: string[] = [];
	onAbort(controller.signal, () => called.push("first"));
	const stop = onAbort(controller.signal, () => called.push("stopped"));
	onAbort(controller.signal, () => called.push("last"));
	stop();
	controller.abort();
	controller.signal.dispatchEvent(new Event("abort"));
	expect(called.toSorted()).toEqual(["first", "last"]);
});

it("calls a function as often as it was given", () => {
	const controller = new AbortController();
	let calls = 0;
	const count = () => calls++;
	const stop = onAbort(controller.signal, count);
	onAbort(controller.signal, count);
	onAbort(controller.signal, count);
	stop();
	controller.abort();
	expect(calls).toBe(2);
});

it("does not call one that another has stopped meanwhile", () => {
	const controller = new AbortController();
	const called: string[] = [];
	const stopOne = onAbort(controller.signal, () => {
		called.push("one");
		stopOther();
	});
	const stopOther = onAbort(controller.signal, () => {
		called.push("other");
		stopOne();
	});
	controller.abort();
	expect(called).toHaveLength(1);
});

it("calls nobody for a signal that has aborted before", () => {
	let calls = 0;
	onAbort(AbortSignal.abort(), () => calls++);
	expect(calls).toBe(0);
});

it("adds a single listener, whatever comes and goes", () => {
	const { signal } = new AbortController();
	for (let round = 0; round < 100; round++) onAbort(signal, () => {})();
	onAbort(signal, () => {});
	expect(getEventListeners(signal, "abort")).toHaveLength(1);
});
