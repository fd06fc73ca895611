// Hooks that are muted: they send nothing, lead to nothing, and hold nothing up; what gates wait for is never muted.
import { expect, it } from "vitest";
import { fireWith } from "../../helpers/deliver.ts";
import { answer, fakeHttp } from "../../helpers/fakes.ts";
import { webhook } from "../../helpers/make.ts";

const UNTIL = new Date("2026-12-01T08:00:00Z");
const muting = (...names: readonly string[]) => ({
	mutedUntil: ({ name }: { readonly name: string }) => (names.includes(name) ? UNTIL : undefined),
});

it("skips a muted hook, with neither its fallback nor what follows it", async () => {
	const http = fakeHttp(answer(500));
	const hooks = [
		webhook({ name: "muted", fallback: "instead", onSuccess: ["after"] }),
		webhook({ name: "instead", selectors: [] }),
		webhook({ name: "after", selectors: [] }),
	];
	const { told } = await fireWith(hooks, { facts: muting("muted"), ports: { http } });
	expect(told.map(({ delivery, skipCause, reason }) => [delivery.hook.name, skipCause, reason])).toEqual([
		["muted", "muted", "muted until 2026-12-01T08:00Z by PIPELINE_HOOKS_MUTE"],
		["after", "not_reached", "muted, which it follows, was skipped"],
	]);
	expect(http.requests).toEqual([]);
});

it("fails where the fallback of a failed hook is muted", async () => {
	const hooks = [
		webhook({ name: "first", fallback: "muted", retryCount: 0 }),
		webhook({ name: "muted", selectors: [] }),
	];
	const { told } = await fireWith(hooks, { facts: muting("muted"), ports: { http: fakeHttp(answer(400)) } });
	expect(told).toMatchObject([
		{ status: "failed", failure: { reason: expect.stringContaining("fallback muted: muted until 2026-12-01T08:00Z") } },
	]);
});

it("asks a gate, and the fallback in its place, whatever is said of them", async () => {
	const hooks = [
		webhook({ name: "gate", onFailure: "abort", fallback: "instead", retryCount: 0 }),
		webhook({ name: "instead", selectors: [], retryCount: 0 }),
	];
	const http = fakeHttp(answer(503), answer(200));
	const { told } = await fireWith(hooks, { facts: muting("gate", "instead"), ports: { http } });
	expect(told).toMatchObject([{ status: "delivered", via: "instead" }]);
});

it("puts nothing of a muted hook into a batch", async () => {
	const { told } = await fireWith([webhook({ name: "muted", batchSize: 2 })], {
		facts: muting("muted"),
		options: { batch: async () => ({ due: [], held: "1 of 2" }) },
	});
	expect(told).toMatchObject([{ status: "skipped", skipCause: "muted" }]);
});
