// The order of a plan: gates first and closed, then the rest; modes, cancellation, withheld secrets.
import { describe, expect, test } from "vitest";
import { reasonOf } from "../../../src/model/delivery.ts";
import type { Hook } from "../../../src/model/hook.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import type { Http, Shell, ShellResult } from "../../../src/ports.ts";
import { fireWith, type Given } from "../../helpers/deliver.ts";
import { answer, exited, fakeClock, fakeHttp, fakeShell } from "../../helpers/fakes.ts";
import { event, shellHook, webhook } from "../../helpers/make.ts";

async function run(hooks: readonly Hook[], commands: Record<string, ShellResult> = {}, given: Given = {}) {
	const shell = fakeShell(commands);
	const { outcomes, told } = await fireWith(hooks, { ...given, ports: { shell, ...given.ports } });
	return {
		statuses: outcomes.map((outcome) => [outcome.delivery.hook.name, outcome.status, reasonOf(outcome)]),
		shell,
		told,
		seen: told.map(({ delivery }) => delivery.hook.name),
	};
}

describe("gates", () => {
	test("run first, in the order of the file, and let the rest through", async () => {
		const http = fakeHttp(answer(200, '{"allow": true}'));
		const hooks = [
			shellHook({ name: "note", command: "note" }),
			shellHook({ name: "gate-1", command: "gate-1", onFailure: "abort" }),
			webhook({ name: "gate-2", onFailure: "abort" }),
			webhook({ name: "post" }),
		];
		const { statuses, seen } = await run(hooks, {}, { ports: { http } });
		expect(statuses.map(([name, status]) => [name, status])).toEqual([
			["note", "delivered"],
			["gate-1", "delivered"],
			["gate-2", "delivered"],
			["post", "delivered"],
		]);
		expect(seen.slice(0, 2)).toEqual(["gate-1", "gate-2"]);
	});

	test("one that fails ends the event: later gates and all the rest are skipped", async () => {
		const http = fakeHttp(answer(200));
		const hooks = [
			webhook({ name: "post" }),
			shellHook({ name: "gate-1", command: "deny", onFailure: "abort" }),
			webhook({ name: "gate-2", onFailure: "abort" }),
			shellHook({ name: "note", onFailure: "ignore" }),
		];
		const { statuses, shell } = await run(hooks, { deny: exited(3, "frozen until Monday") }, { ports: { http } });
		expect(statuses).toEqual([
			["post", "skipped", "gate gate-1 denied"],
			["gate-1", "failed", "frozen until Monday (exit code 3)"],
			["gate-2", "skipped", "gate gate-1 denied"],
			["note", "skipped", "gate gate-1 denied"],
		]);
		expect(http.requests).toEqual([]);
		expect(shell.commands.map(({ command }) => command)).toEqual(["deny"]);
	});

	test("one that a cancellation has ended has denied nothing: the rest was cancelled too", async () => {
		const controller = new AbortController();
		const send: Http["send"] = async () => {
			controller.abort();
			return { kind: "failure", cause: "cancelled", detail: "cancelled" };
		};
		const { told } = await fireWith([webhook({ onFailure: "abort" }), webhook()], {
			ports: { http: { send, close: () => {} } },
			options: { signal: controller.signal },
		});
		expect(told).toMatchObject([
			{ status: "failed", failure: { cause: "cancelled" } },
			{ status: "skipped", skipCause: "cancelled", reason: "cancelled before it began" },
		]);
	});

	test("one whose variable is unset fails, even where secrets are withheld", async () => {
		const gate = webhook({ name: "gate", onFailure: "abort", url: parseReference("${URL}") });
		const { statuses } = await run([gate], {}, { facts: { secretsWithheld: true } });
		expect(statuses).toEqual([["gate", "failed", "variable URL is unset or empty; set it in the step's env"]]);
	});
});

describe("the rest", () => {
	test("a failure stops nothing", async () => {
		const hooks = [shellHook({ name: "a", command: "fail" }), shellHook({ name: "b" }), webhook({ name: "c" })];
		const { statuses } = await run(hooks, { fail: exited(1) });
		expect(statuses).toEqual([
			["a", "failed", "exit code 1"],
			["b", "delivered", ""],
			["c", "delivered", ""],
		]);
	});

	test("shell hooks run one at a time in order, webhooks at most `concurrency` at once", async () => {
		let now = 0;
		let most = 0;
		const http: Http = {
			send: async () => {
				now += 1;
				most = Math.max(most, now);
				await new Promise((resolve) => setImmediate(resolve));
				now -= 1;
				return answer(200);
			},
			close: () => {},
		};
		const webhooks = Array.from({ length: 10 }, () => webhook());
		const commands = ["1", "2", "3"].map((command) => shellHook({ command }));
		const { statuses, shell } = await run(
			[...webhooks, ...commands],
			{},
			{ facts: { concurrency: 3 }, ports: { http } },
		);
		expect(most).toBe(3);
		expect(statuses).toHaveLength(13);
		expect(shell.commands.map(({ command }) => command)).toEqual(["1", "2", "3"]);
	});

	test("shell hooks run beside webhooks, which take none of their turns", async () => {
		let now = 0;
		let most = 0;
		const busy = async () => {
			most = Math.max(most, ++now);
			await new Promise((resolve) => setImmediate(resolve));
			now--;
		};
		const http: Http = { send: async () => busy().then(() => answer(200)), close: () => {} };
		const shell: Shell = { run: async () => busy().then(() => exited(0)) };
		await fireWith([shellHook(), webhook(), webhook()], { facts: { concurrency: 1 }, ports: { http, shell } });
		expect(most).toBe(2);
	});

	test("hooks whose secrets are withheld by design are skipped", async () => {
		const hooks = [webhook({ name: "a", url: parseReference("${URL}") }), webhook({ name: "b" })];
		const { statuses, told } = await run(hooks, {}, { facts: { secretsWithheld: true } });
		expect(statuses[0]).toEqual([
			"a",
			"skipped",
			expect.stringContaining("variable URL is unset or empty: GitHub withholds secrets"),
		]);
		expect(told[0]?.skipCause).toBe("secrets_withheld");
		expect(statuses[1]).toEqual(["b", "delivered", ""]);
	});

	test("after cancellation nothing new begins", async () => {
		const controller = new AbortController();
		controller.abort();
		const { statuses, shell } = await run(
			[shellHook({ name: "a" }), webhook({ name: "b" })],
			{},
			{ options: { signal: controller.signal } },
		);
		expect(statuses.map(([, status, reason]) => [status, reason])).toEqual([
			["skipped", "cancelled before it began"],
			["skipped", "cancelled before it began"],
		]);
		expect(shell.commands).toEqual([]);
	});
});

describe("an event that is put into a batch", () => {
	const batch: NonNullable<Given["options"]>["batch"] = async () => ({ due: [], held: "1 of 2 events" });

	test("is told as held where it waits for others, without an attempt", async () => {
		const { told } = await fireWith([webhook({ batchSize: 2, onSuccess: ["a"] })], { options: { batch } });
		expect(told).toMatchObject([{ status: "held", reason: "1 of 2 events", attempts: [], durationMs: 0, notes: [] }]);
	});

	test("does not wait where it could not be sent then either: it ends at once, and says why", async () => {
		const unset = webhook({ batchSize: 2, url: parseReference("${UNSET}") });
		const { told: failed } = await fireWith([unset], { options: { batch } });
		expect(failed).toMatchObject([{ status: "failed", failure: { cause: "unset_variable" }, reason: "" }]);
		const options = { batch, signal: AbortSignal.abort() };
		const { told: cancelled } = await fireWith([webhook({ batchSize: 2 })], { options });
		expect(cancelled).toMatchObject([{ status: "skipped", skipCause: "cancelled", notes: [] }]);
	});
});

describe("in a workspace that may be a stranger's", () => {
	const facts = { untrusted: { event: "workflow_run" } };
	const REASON =
		"refused on workflow_run: the workspace may contain a stranger's code, and a shell hook would run it with this job's " +
		"secrets; set allow-untrusted-shell: true if nothing in it comes from a pull request";

	test("a shell hook fails without being begun, whatever else it lacks, and webhooks are sent", async () => {
		const env = new Map([["TOKEN", parseReference("${UNSET}")]]);
		const { statuses, shell } = await run([shellHook({ name: "a", env }), webhook({ name: "b" })], {}, { facts });
		expect(statuses).toEqual([
			["a", "failed", REASON],
			["b", "delivered", ""],
		]);
		expect(shell.commands).toEqual([]);
	});

	test("a shell gate ends the event, and a webhook gate is asked as ever", async () => {
		const gates = [webhook({ onFailure: "abort" }), shellHook({ onFailure: "abort" }), webhook()];
		const { statuses, shell } = await run(gates, {}, { facts });
		expect(statuses.map(([, status]) => status)).toEqual(["delivered", "failed", "skipped"]);
		expect(shell.commands).toEqual([]);
	});
});

describe("a command", () => {
	test("that waits behind another when the run is cancelled is skipped", async () => {
		const controller = new AbortController();
		const shell = fakeShell();
		const cancelling: Shell = {
			run: async (command, signal) => {
				await new Promise((resolve) => setImmediate(resolve));
				controller.abort();
				return shell.run(command, signal);
			},
		};
		const hooks = [
			webhook({ onSuccess: ["first"] }),
			webhook({ onSuccess: ["second"] }),
			...["first", "second"].map((name) => shellHook({ name, selectors: [] })),
		];
		const options = { signal: controller.signal };
		const { statuses } = await run(hooks, {}, { ports: { shell: cancelling }, options });
		expect(statuses.slice(2)).toEqual([
			["first", "delivered", ""],
			["second", "skipped", "cancelled before it began"],
		]);
		expect(shell.commands).toHaveLength(1);
	});

	test("gets the context on stdin, HOOK_* and its own env, and none of the runner's tokens and files", async () => {
		const shell = fakeShell();
		const env = {
			PATH: "/bin",
			GITHUB_TOKEN: "kept",
			GITHUB_SHA: "abc",
			ACTIONS_RUNTIME_TOKEN: "x",
			ACTIONS_ID_TOKEN_REQUEST_URL: "x",
			GITHUB_ENV: "x",
			GITHUB_PATH: "x",
			GITHUB_OUTPUT: "x",
			GITHUB_STATE: "x",
			GITHUB_STEP_SUMMARY: "x",
			"INPUT_GITHUB-TOKEN": "x",
			STATE_id: "x",
			NODE_OPTIONS: "--require x",
			REGION: "eu",
		};
		const hook = shellHook({ env: new Map([["WHERE", parseReference("${REGION}-${ZONE:-1}")]]) });
		await fireWith([hook], { ports: { env, shell } });
		const [command] = shell.commands;
		expect(command?.env).toEqual({
			PATH: "/bin",
			GITHUB_TOKEN: "kept",
			GITHUB_SHA: "abc",
			REGION: "eu",
			HOOK_EVENT: "pipeline_error",
			HOOK_RUN_ID: "run_1",
			HOOK_PIPELINE: "etl",
			HOOK_STATUS: "failure",
			HOOK_ID: "evt_1",
			WHERE: "eu-1",
		});
		expect(command?.cwd).toBe("/work");
		expect(JSON.parse(command?.stdin ?? "")).toEqual(event().context);
	});

	test("that fails is one attempt, with the time that it took and the reason", async () => {
		const clock = fakeClock();
		clock.advance(500);
		const run: Shell["run"] = async () => {
			clock.advance(30);
			return exited(3, "no disk");
		};
		const { told } = await fireWith([shellHook()], { ports: { clock, shell: { run } } });
		const failure = { cause: "exit", reason: "no disk (exit code 3)" };
		expect(told).toMatchObject([{ failure, durationMs: 30, attempts: [{ durationMs: 30, failure }], notes: [] }]);
	});

	test.each([
		[
			{ ...exited(0, "bye"), end: { kind: "exit", code: 143, signal: "SIGTERM" } },
			"ended by SIGTERM (exit code 143); its last line: bye",
		],
		[exited(2, "", "said on stdout"), "said on stdout (exit code 2)"],
		[exited(1, "on stderr", "on stdout"), "on stderr (exit code 1)"],
		[{ ...exited(0), end: { kind: "signal", signal: "SIGKILL" } }, "ended by SIGKILL"],
		[{ ...exited(0, "working"), end: { kind: "timeout" } }, "not finished within 1000 ms; its last line: working"],
		[{ ...exited(0), end: { kind: "not_started", detail: "no such folder" } }, "could not be started: no such folder"],
	] as const)("that ends as %j fails with: %s", async (result, reason) => {
		const { statuses } = await run([shellHook({ name: "a", command: "x" })], { x: result });
		expect(statuses).toEqual([["a", "failed", reason]]);
	});
});

test("a delivery's id depends on the event and the hook, and on nothing else", () => {
	const ids = (hooks: readonly Hook[]) => createPlan(hooks, event()).webhooks.map(({ id }) => id);
	const [a, b] = ids([webhook({ name: "a" }), webhook({ name: "b" })]);
	expect(a).toMatch(/^dlv_[0-9a-f]{32}$/);
	expect(a).not.toBe(b);
	expect(ids([webhook({ name: "a", retryCount: 9 })])).toEqual([a]);
});
