// Errors of the user, however many there are, and waiting that a cancellation ends.
import { describe, expect, it } from "vitest";
import { throwIfAny, UserError, unlessCancelled } from "../../../src/model/problem.ts";

const never = new Promise<string>(() => {});
const CANCELLED = { problems: [{ code: "cancelled", message: "cancelled before anything was run" }] };

it("throws the first thousand of very many problems", () => {
	const problem = { code: "context", message: "unknown key", remedy: "" } as const;
	const thrown = expect(() => throwIfAny(Array(300_000).fill(problem)));
	thrown.toThrow(expect.objectContaining({ problems: Array(1000).fill(problem) }));
});

describe("unlessCancelled", () => {
	it("hands on what the work comes to", async () => {
		const { signal } = new AbortController();
		expect(await unlessCancelled(Promise.resolve("done"), signal)).toBe("done");
		await expect(unlessCancelled(Promise.reject(new Error("why")), signal)).rejects.toThrow("why");
	});

	it("stops waiting when it is cancelled", async () => {
		const controller = new AbortController();
		const waiting = unlessCancelled(never, controller.signal);
		controller.abort();
		await expect(waiting).rejects.toBeInstanceOf(UserError);
		await expect(waiting).rejects.toMatchObject(CANCELLED);
		await expect(unlessCancelled(never, controller.signal)).rejects.toMatchObject(CANCELLED);
	});

	it("takes what needs no waiting, and tells a cancellation from its failures", async () => {
		const signal = AbortSignal.abort();
		expect(await unlessCancelled(Promise.resolve("done"), signal)).toBe("done");
		await expect(unlessCancelled(Promise.reject(new Error("aborted")), signal)).rejects.toMatchObject(CANCELLED);
	});
});
