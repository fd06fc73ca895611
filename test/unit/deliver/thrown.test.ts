// Errors of this program while a plan is carried out: they fail one delivery, or end the run with nothing left untold.
import { expect, test } from "vitest";
import { Deliverer, type DeliverOptions, type DeliverPorts } from "../../../src/deliver/deliver.ts";
import { type Outcome, reasonOf } from "../../../src/model/delivery.ts";
import type { Hook } from "../../../src/model/hook.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { chainLookup } from "../../../src/plan/chains.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import type { HttpRequest } from "../../../src/ports.ts";
import { fireWith } from "../../helpers/deliver.ts";
import { answer, fakeClock, fakeFiles, fakeHttp, fakeLog, fakeShell } from "../../helpers/fakes.ts";
import { delivery, event, NO_PEOPLE, shellHook, webhook } from "../../helpers/make.ts";

const boom = () => {
	throw new TypeError("boom");
};
const never = new Promise<never>(() => {});

/** What carries out plans for these hooks; `told` has the outcomes. */
function deliverer(hooks: readonly Hook[], ports: Partial<DeliverPorts> = {}, options: Partial<DeliverOptions> = {}) {
	const told: Outcome[] = [];
	const facts = {
		concurrency: 1,
		secretsWithheld: false,
		switchedOff: new Map(),
		untrusted: undefined,
		reach: chainLookup(hooks),
		people: NO_PEOPLE,
		mutedUntil: () => undefined,
	};
	const world = { clock: fakeClock(), random: () => 0, env: {}, files: fakeFiles(), log: fakeLog() };
	const of = new Deliverer(
		facts,
		{ ...world, http: fakeHttp(answer(200)), shell: fakeShell(), ...ports },
		{
			workspace: "/work",
			connections: "single",
			signal: new AbortController().signal,
			batch: boom,
			onOutcome: (outcome) => told.push(outcome),
			...options,
		},
	);
	return { of, told, ended: () => told.map((outcome) => [outcome.delivery.hook.name, reasonOf(outcome)]) };
}

const IN_FLIGHT = "the run stopped on an error while this was in flight; it may or may not have arrived";
const NOT_BEGUN = "the run stopped on an error before this began";

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
	expect(outcomes[0]?.failure?.cause).toBe("internal");
	expect(log.lines).toContain("a: this is a bug in pipeline-hooks; please report it with these lines");
	expect(log.lines).toContainEqual(expect.stringMatching(/^ +at \S*boom /));
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
	const busy = answer(429, "", { "retry-after": "20" });
	const http = {
		send: async (request: HttpRequest) => (request.url.host.startsWith("busy") ? busy : never),
		close: () => {},
	};
	const { of, told, ended } = deliverer(hooks, { http, clock: { ...fakeClock(), sleep: () => never } });
	await of.run(createPlan(hooks.slice(0, 3), event()));
	await new Promise(setImmediate);
	of.abandon();
	expect(ended()).toEqual([
		["sent", IN_FLIGHT],
		["waits", NOT_BEGUN],
		["unset", IN_FLIGHT],
	]);
	expect(told).toMatchObject([
		{ failure: { cause: "interrupted" } },
		{ skipCause: "stopped" },
		{ failure: { cause: "interrupted" } },
	]);
});

test("a command, a follower and a batch in flight are told as such, each once, and what was not planned as not begun", async () => {
	const hangs = parseReference("https://hangs.example.com/");
	const hooks = [
		shellHook({ name: "command" }),
		webhook({ name: "leads", onSuccess: ["follows"] }),
		webhook({ name: "follows", url: hangs, selectors: [] }),
	];
	const batched = webhook({ name: "batched", url: hangs, batchSize: 2 });
	const last = webhook({ name: "last", url: hangs });
	const http = {
		send: async (request: HttpRequest) => (request.url.href === hangs.source ? never : answer(200)),
		close: () => {},
	};
	const batch: DeliverOptions["batch"] = async (each) => ({ due: [{ ...each, id: "dlv_of_batch" }] });
	const { of, ended } = deliverer(hooks, { http, shell: { run: () => never } }, { batch });
	await of.run(createPlan([...hooks.slice(0, 1), batched], event()));
	const wide = deliverer(hooks, { http });
	void wide.of.run(createPlan(hooks.slice(1, 2), event()));
	const alone = deliverer([], { http });
	await alone.of.begin(delivery(last));
	await new Promise(setImmediate);
	of.abandon([delivery(webhook({ name: "other" }))]);
	wide.of.abandon();
	alone.of.abandon();
	expect(ended()).toEqual([
		["command", IN_FLIGHT],
		["batched", IN_FLIGHT],
		["other", NOT_BEGUN],
	]);
	expect(wide.ended()).toEqual([
		["leads", ""],
		["follows", IN_FLIGHT],
	]);
	expect(alone.ended()).toEqual([["last", IN_FLIGHT]]);
});

test("what two gates lead to is told once, also where the run then stops", async () => {
	const gate = { onFailure: "abort", onSuccess: ["after"] } as const;
	const hooks = [
		webhook({ name: "gate-1", ...gate }),
		webhook({ name: "gate-2", ...gate }),
		webhook({ name: "after", selectors: [] }),
		shellHook({ name: "command" }),
	];
	const { of, ended } = deliverer(hooks, { shell: { run: () => never } });
	await of.run(createPlan([...hooks.slice(0, 2), ...hooks.slice(3)], event()));
	of.abandon();
	expect(ended()).toEqual([
		["gate-1", ""],
		["gate-2", ""],
		["after", ""],
		["command", IN_FLIGHT],
	]);
});

test("an error between deliveries ends the run, and each delivery gets its outcome once", async () => {
	const hooks = [
		webhook({ name: "gate", onFailure: "abort", onSuccess: ["after"] }),
		webhook({ name: "sent" }),
		webhook({ name: "batched", batchSize: 2, onSuccess: ["next"] }),
		webhook({ name: "next", selectors: [] }),
		webhook({ name: "after", selectors: [] }),
	];
	const { of, told } = deliverer(hooks);
	await expect(of.run(createPlan(hooks.slice(0, 3), event()))).rejects.toThrow("boom");
	await of.end();
	of.abandon();
	of.abandon();
	expect(told.map((outcome) => [outcome.delivery.hook.name, outcome.status, reasonOf(outcome)])).toEqual([
		["gate", "delivered", ""],
		["sent", "delivered", ""],
		["batched", "skipped", NOT_BEGUN],
		["after", "skipped", NOT_BEGUN],
		["next", "skipped", "batched, which it follows, was skipped"],
	]);
});

test("an error in telling an outcome ends the run too: nothing more is begun", async () => {
	const http = fakeHttp(answer(200));
	const { of } = deliverer([], { http }, { onOutcome: boom });
	await of.begin(delivery(webhook()));
	await expect(of.end()).rejects.toMatchObject({ message: "boom" });
	await expect(of.begin(delivery(webhook()))).rejects.toMatchObject({ message: "boom" });
	expect(http.requests).toHaveLength(1);
});
