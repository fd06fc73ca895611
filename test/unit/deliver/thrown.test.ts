// Errors of this program while a plan is carried out: they fail one delivery, or end the run with nothing left untold.
import { expect, test } from "vitest";
import { Deliverer } from "../../../src/deliver/deliver.ts";
import { type Outcome, reasonOf } from "../../../src/model/delivery.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { chainLookup } from "../../../src/plan/chains.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import type { HttpRequest } from "../../../src/ports.ts";
import { fireWith } from "../../helpers/deliver.ts";
import { answer, fakeClock, fakeFiles, fakeHttp, fakeLog, fakeShell } from "../../helpers/fakes.ts";
import { event, NO_PEOPLE, shellHook, webhook } from "../../helpers/make.ts";

const boom = () => {
	throw new TypeError("boom");
};

test("a port that throws fails its delivery, and a group that it has opened is closed", async () => {
	const log = fakeLog();
	const hooks = [webhook({ name: "a" }), shellHook({ name: "b" }), shellHook({ name: "c", onFailure: "ignore" })];
	const { outcomes, result } = await fireWith(hooks, {
		ports: { log, shell: { run: boom }, http: { send: boom, close: () => {} } },
	});
	expect(outcomes.map((outcome) => [outcome.status, reasonOf(outcome)])).toEqual(
		hooks.map(() => ["failed", "internal error: boom"]),
	);
	expect(result).toBe("warned");
	expect(log.lines.filter((line) => line === "> b: true" || line === "<")).toEqual(["> b: true", "<", "<"]);
	expect(log.lines).toContain("a: this is a bug in pipeline-hooks; please report it with these lines");
});

test("a gate whose port throws denies, but its fallback may still allow", async () => {
	const http = { send: boom, close: () => {} };
	const denied = [webhook({ name: "gate", onFailure: "abort" }), shellHook({ name: "after" })];
	expect(await fireWith(denied, { ports: { http } })).toMatchObject({ result: "aborted", passed: false });
	const second = shellHook({ name: "second", selectors: [] });
	const allowed = [webhook({ name: "gate", onFailure: "abort", fallback: "second" }), second];
	expect(await fireWith(allowed, { ports: { http } })).toMatchObject({ result: "passed", passed: true });
});

test("what waits for its receiver's turn has not begun, and what has sent has, also by its fallback", async () => {
	const url = parseReference("https://busy.example.com/");
	const hooks = [
		webhook({ name: "sent", url }),
		webhook({ name: "waits", url }),
		webhook({ name: "unset", url: parseReference("${MISSING}"), fallback: "instead" }),
		webhook({ name: "instead", url: parseReference("https://hangs.example.com/"), selectors: [] }),
	];
	const told: Outcome[] = [];
	const never = new Promise<never>(() => {});
	const busy = answer(429, "", { "retry-after": "20" });
	const http = {
		send: async (request: HttpRequest) => (request.url.host.startsWith("busy") ? busy : never),
		close: () => {},
	};
	const clock = { ...fakeClock(), sleep: () => never };
	const world = { clock, random: () => 0, env: {}, files: fakeFiles(), log: fakeLog() };
	const facts = {
		concurrency: 1,
		secretsWithheld: false,
		switchedOff: new Map(),
		untrusted: undefined,
		reach: chainLookup(hooks),
		people: NO_PEOPLE,
		mutedUntil: () => undefined,
	};
	const deliverer = new Deliverer(
		facts,
		{ ...world, http, shell: fakeShell() },
		{
			workspace: "/work",
			connections: "single",
			signal: new AbortController().signal,
			batch: boom,
			onOutcome: (outcome) => told.push(outcome),
		},
	);
	await deliverer.run(createPlan(hooks.slice(0, 3), event()));
	await new Promise(setImmediate);
	deliverer.abandon();
	expect(told.map((outcome) => [outcome.delivery.hook.name, reasonOf(outcome)])).toEqual([
		["sent", "the run stopped on an error while this was in flight; it may or may not have arrived"],
		["waits", "the run stopped on an error before this began"],
		["unset", "the run stopped on an error while this was in flight; it may or may not have arrived"],
	]);
});

test("an error between deliveries ends the run, and each delivery gets its outcome once", async () => {
	const hooks = [
		webhook({ name: "sent" }),
		webhook({ name: "batched", batchSize: 2, onSuccess: ["next"] }),
		webhook({ name: "next", selectors: [] }),
	];
	const told: Outcome[] = [];
	const world = { clock: fakeClock(), random: () => 0, env: {}, files: fakeFiles(), log: fakeLog() };
	const ports = { ...world, http: fakeHttp(answer(200)), shell: fakeShell() };
	const facts = {
		concurrency: 1,
		secretsWithheld: false,
		switchedOff: new Map(),
		untrusted: undefined,
		reach: chainLookup(hooks),
		people: NO_PEOPLE,
		mutedUntil: () => undefined,
	};
	const deliverer = new Deliverer(facts, ports, {
		workspace: "/work",
		connections: "single",
		signal: new AbortController().signal,
		batch: boom,
		onOutcome: (outcome) => told.push(outcome),
	});
	const plan = createPlan(hooks.slice(0, 2), event());
	await expect(deliverer.run(plan)).rejects.toThrow("boom");
	await deliverer.end();
	deliverer.abandon();
	deliverer.abandon();
	expect(told.map((outcome) => [outcome.delivery.hook.name, outcome.status, reasonOf(outcome)])).toEqual([
		["sent", "delivered", ""],
		["batched", "skipped", "the run stopped on an error before this began"],
		["next", "skipped", "batched, which it follows, was skipped"],
	]);
});
