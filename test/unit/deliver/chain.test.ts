// Chains: a fallback once where a hook has failed for good, followers where it has succeeded, each once an event.
import { describe, expect, it } from "vitest";
import { skipped } from "../../../src/deliver/unsent.ts";
import { deliveryId, reasonOf } from "../../../src/model/delivery.ts";
import type { Hook } from "../../../src/model/hook.ts";
import { parseReference } from "../../../src/model/reference.ts";
import type { Http, HttpRequest, HttpResult, ShellResult } from "../../../src/ports.ts";
import { fireWith, type Given } from "../../helpers/deliver.ts";
import { answer, exited, fakeClock, fakeShell } from "../../helpers/fakes.ts";
import { event, shellHook, webhook } from "../../helpers/make.ts";

const at = (path: string) => ({ name: path, url: parseReference(`https://example.com/${path}`) });
/** A hook that no event selects. */
const only = { selectors: [] };
/** A filter that asks nothing. */
const NOTHING = { events: undefined, entities: undefined, include: [], exclude: [] };

/** Answers by the path; what is not named gets a 200. */
function server(answers: Readonly<Record<string, HttpResult>>): Http & { readonly requests: HttpRequest[] } {
	const requests: HttpRequest[] = [];
	const send = async (request: HttpRequest) => {
		requests.push(request);
		return answers[request.url.pathname.slice(1)] ?? answer(200);
	};
	return { requests, send, close: () => {} };
}

async function run(hooks: readonly Hook[], answers: Readonly<Record<string, HttpResult>> = {}, given: Given = {}) {
	const http = server(answers);
	const result = await fireWith(hooks, { ...given, ports: { http, ...given.ports } });
	const paths = http.requests.map(({ url }) => url.pathname.slice(1));
	return { ...result, requests: http.requests, paths, named: (name: string) => named(result.outcomes, name) };
}

function named(outcomes: Awaited<ReturnType<typeof fireWith>>["outcomes"], name: string) {
	return outcomes.find(({ delivery }) => delivery.hook.name === name);
}

describe("a fallback", () => {
	it("is tried once, with the same delivery id, when its hook has failed for good; the outcome says the way", async () => {
		const hooks = [webhook({ ...at("main"), fallback: "spare" }), webhook({ ...at("spare"), ...only })];
		const { paths, requests, outcomes } = await run(hooks, { main: answer(503) });
		expect(paths).toEqual(["main", "main", "main", "main", "spare"]);
		expect(new Set(requests.map(({ headers }) => headers["X-Rocky-Delivery"]))).toEqual(
			new Set([deliveryId([event()], "main")]),
		);
		expect(outcomes).toMatchObject([{ status: "delivered", via: "spare", httpStatus: 200, reason: "" }]);
		expect(outcomes[0]?.attempts).toHaveLength(5);
		expect(outcomes[0]?.notes).toEqual(["main itself failed: 503 Service Unavailable, after 4 attempts"]);
	});

	it("is not tried where its hook has succeeded, and has no outcome of its own", async () => {
		const hooks = [webhook({ ...at("main"), fallback: "spare" }), webhook({ ...at("spare"), ...only })];
		const { paths, outcomes } = await run(hooks);
		expect([paths, outcomes.length]).toEqual([["main"], 1]);
	});

	it("may have one of its own; where all fail, all reasons are told, in the first one's mode", async () => {
		const hooks = [
			webhook({ ...at("a"), fallback: "b", onFailure: "ignore" }),
			webhook({ ...at("b"), ...only, fallback: "c", onFailure: "warn" }),
			shellHook({ name: "c", ...only, command: "c" }),
		];
		const shell = fakeShell({ c: exited(4, "no disk") });
		const { outcomes, result } = await run(hooks, { a: answer(404), b: answer(400) }, { ports: { shell } });
		expect(outcomes).toHaveLength(1);
		expect(outcomes[0]?.failure?.reason).toBe(
			"404 Not Found; fallback b: 400 Bad Request; fallback c: no disk (exit code 4)",
		);
		expect(result).toBe("passed");
	});

	it("that fails too adds its time and its notes, and the cause of the failure is its own", async () => {
		const clock = fakeClock();
		const send: Http["send"] = async ({ url }) => {
			clock.advance(url.host === "discord.com" ? 12 : 30);
			return url.host === "discord.com" ? { kind: "failure", cause: "refused", detail: "refused" } : answer(404);
		};
		const hooks = [
			webhook({ url: parseReference("https://hooks.slack.com/services/T/B/x"), fallback: "spare" }),
			webhook({ name: "spare", url: parseReference("https://discord.com/api/webhooks/1/x"), ...only, retryCount: 0 }),
		];
		const { outcomes } = await fireWith(hooks, { ports: { clock, http: { send, close: () => {} } } });
		expect(outcomes).toMatchObject([{ durationMs: 42, failure: { cause: "refused" }, reason: "" }]);
		expect(outcomes[0]?.notes).toEqual(
			["slack", "discord"].map((name) => expect.stringContaining(`preset = "${name}"`)),
		);
	});

	it("takes the place of a hook whose variable is unset", async () => {
		const hooks = [
			webhook({ name: "main", url: parseReference("${UNSET}"), fallback: "spare" }),
			webhook({ ...at("spare"), ...only }),
		];
		expect((await run(hooks)).outcomes).toMatchObject([{ status: "delivered", via: "spare" }]);
	});

	it("that is disabled is not tried, and that is said", async () => {
		const hooks = [webhook({ ...at("main"), fallback: "spare" }), webhook({ ...at("spare"), ...only, enabled: false })];
		const { paths, outcomes } = await run(hooks, { main: answer(404) });
		expect([paths, outcomes[0]?.failure?.reason]).toEqual([
			["main"],
			"404 Not Found; fallback spare is disabled, or its filter matches no event",
		]);
	});

	it("is not begun after a cancellation", async () => {
		const controller = new AbortController();
		const http = server({ main: answer(404) });
		const send: Http["send"] = (request, signal) => {
			controller.abort();
			return http.send(request, signal);
		};
		const hooks = [webhook({ ...at("main"), fallback: "spare" }), webhook({ ...at("spare"), ...only })];
		await fireWith(hooks, { ports: { http: { ...http, send } }, options: { signal: controller.signal } });
		expect(http.requests).toHaveLength(1);
	});
});

describe("the fallback of a gate", () => {
	const spare = webhook({ ...at("spare"), ...only });
	const gate = webhook({ ...at("gate"), onFailure: "abort", fallback: "spare" });
	const post = webhook(at("post"));

	it("is asked in its place where the gate cannot be, and its answer decides", async () => {
		expect(await run([gate, spare, post], { gate: answer(503) })).toMatchObject({ passed: true, result: "passed" });
		const denied = await run([gate, spare, post], {
			gate: answer(503),
			spare: answer(200, '{"allow": false, "reason": "frozen"}'),
		});
		expect(denied).toMatchObject({ passed: false, result: "aborted" });
		expect(denied.named("gate")?.failure?.reason).toMatch(/^503 .*; fallback spare: frozen$/);
		expect(denied.named("post")).toMatchObject({ status: "skipped", skipCause: "gate_failed" });
	});

	it("has to prove its yes as the gate itself would", async () => {
		const strict = { ...gate, requireAllow: true };
		const said = (body: string) => run([strict, spare], { gate: answer(503), spare: answer(200, body) });
		expect(await said('{"allow": true}')).toMatchObject({ result: "passed" });
		expect(await said("")).toMatchObject({ result: "aborted" });
		expect(await run([gate, spare], { gate: answer(503), spare: answer(200, "[]") })).toMatchObject({
			result: "aborted",
		});
	});

	it("has to prove its yes also behind a shell hook that could not be started", async () => {
		const hooks = [
			{ ...gate, requireAllow: true, fallback: "script" },
			shellHook({ name: "script", ...only, command: "script", fallback: "spare" }),
			spare,
		];
		const missing: ShellResult = { end: { kind: "not_started", detail: "no pwsh" }, lastStderr: "", lastStdout: "" };
		const ports = { shell: fakeShell({ script: missing }) };
		const said = (body: string) => run(hooks, { gate: answer(503), spare: answer(200, body) }, { ports });
		expect(await said('{"allow": true}')).toMatchObject({ result: "passed" });
		expect(await said("ok")).toMatchObject({ result: "aborted" });
	});

	it.each([
		...["refused", "name_not_found", "unreachable", "timeout", "reset"],
		...["tls", "protocol", "proxy", "forbidden", "invalid"],
	] as const)("is asked where the gate cannot be reached: %s", async (cause) => {
		const { paths, result } = await run([gate, spare], { gate: { kind: "failure", cause, detail: cause } });
		expect([paths.at(-1), result]).toEqual(["spare", "passed"]);
	});

	it.each([
		["a no with a status that is retried", answer(503, '{"allow": false}')],
		["a no with a status that says wait", answer(429, '{"allow": false}', { "retry-after": "1" })],
		["a body that denies", answer(200, '{"allow": false}')],
		["a status that denies", answer(403)],
		["a body that was cut off", { ...answer(200, "{"), read: "truncated" } as const],
	])("is not asked after %s", async (_, said) => {
		const { paths, result } = await run([gate, spare], { gate: said });
		expect([paths, result]).toEqual([["gate"], "aborted"]);
	});

	it("is not asked after a command that denies, but after one that did not end", async () => {
		const command = shellHook({ name: "check", command: "check", onFailure: "abort", fallback: "spare" });
		const with_ = (end: Parameters<typeof fakeShell>[0]) =>
			run([command, spare], {}, { ports: { shell: fakeShell(end) } });
		expect(await with_({ check: exited(1) })).toMatchObject({ paths: [], result: "aborted" });
		const killed = { ...exited(0), end: { kind: "signal", signal: "SIGKILL" } } as const;
		expect(await with_({ check: killed })).toMatchObject({ paths: [], result: "aborted" });
		const late = { ...exited(0), end: { kind: "timeout" } } as const;
		expect(await with_({ check: late })).toMatchObject({ paths: ["spare"], result: "passed" });
	});
});

describe("what follows a success", () => {
	it("is fired after it, in order, with ids of its own", async () => {
		const hooks = [
			webhook({ ...at("main"), onSuccess: ["b", "a"] }),
			webhook({ ...at("a"), ...only }),
			webhook({ ...at("b"), ...only, onSuccess: ["c"] }),
			shellHook({ name: "c", ...only, command: "c" }),
		];
		const { paths, told } = await run(hooks);
		expect(paths).toEqual(["main", "b", "a"]);
		expect(told.map(({ delivery: { hook, id } }) => [hook.name, id])).toEqual(
			["main", "b", "c", "a"].map((name) => [name, deliveryId([event()], name)]),
		);
	});

	it("is skipped, with the reason, where there was none", async () => {
		const hooks = [webhook({ ...at("main"), onSuccess: ["a"] }), webhook({ ...at("a"), ...only })];
		const { paths, named: of } = await run(hooks, { main: answer(404) });
		expect(paths).toEqual(["main"]);
		expect(of("a")).toMatchObject({
			status: "skipped",
			skipCause: "not_reached",
			reason: "main, which it follows, failed",
		});
	});

	it("is neither fired nor told in a dry run, in which there is no success", async () => {
		const hooks = [webhook({ ...at("main"), onSuccess: ["a"] }), webhook({ ...at("a"), ...only })];
		const send: NonNullable<Given["options"]>["send"] = async (each) => skipped(each, "dry_run", "", {});
		const { told } = await run(hooks, {}, { options: { send } });
		expect(told).toMatchObject([{ delivery: { hook: { name: "main" } }, skipCause: "dry_run" }]);
	});

	it("is skipped only where none of several leads to it, and once, whichever of them ends first", async () => {
		const hooks = [
			webhook({ ...at("a"), onSuccess: ["c"] }),
			webhook({ ...at("b"), onSuccess: ["c"] }),
			webhook({ ...at("c"), ...only }),
		];
		const ends = async (answers: Readonly<Record<string, HttpResult>>) => {
			const { told } = await run(hooks, answers);
			return told
				.filter(({ delivery }) => delivery.hook.name === "c")
				.map((outcome) => [outcome.status, reasonOf(outcome)]);
		};
		expect(await ends({ a: answer(404) })).toEqual([["delivered", ""]]);
		expect(await ends({ b: answer(404) })).toEqual([["delivered", ""]]);
		const [skipped, ...others] = await ends({ a: answer(404), b: answer(404) });
		expect([skipped, others]).toEqual([["skipped", "a, which it follows, failed"], []]);
	});

	it("is fired also where the fallback succeeded, with what follows that one", async () => {
		const hooks = [
			webhook({ ...at("main"), fallback: "spare", onSuccess: ["after-main"] }),
			webhook({ ...at("spare"), ...only, onSuccess: ["after-spare"] }),
			webhook({ ...at("after-main"), ...only }),
			webhook({ ...at("after-spare"), ...only }),
		];
		expect((await run(hooks, { main: answer(404) })).paths).toEqual(["main", "spare", "after-main", "after-spare"]);
	});

	it("is fired once an event, also where two lead to it, or the event selects it itself", async () => {
		const hooks = [
			webhook({ ...at("a"), onSuccess: ["c", "d"] }),
			webhook({ ...at("b"), onSuccess: ["c"] }),
			webhook({ ...at("c"), ...only }),
			webhook(at("d")),
		];
		expect((await run(hooks)).paths.sort()).toEqual(["a", "b", "c", "d"]);
	});

	it("obeys its own filter and is silent where that matches no event", async () => {
		const filters = [{ ...NOTHING, events: [{ kind: "event", event: "ping" }] }] as const;
		const hooks = [webhook({ ...at("a"), onSuccess: ["b"] }), webhook({ ...at("b"), ...only, filters })];
		expect(await run(hooks)).toMatchObject({ paths: ["a"], outcomes: [{ status: "delivered" }] });
	});

	it("of a gate waits until all gates have let the event pass", async () => {
		const hooks = [
			webhook({ ...at("gate-1"), onFailure: "abort", onSuccess: ["after"] }),
			webhook({ ...at("gate-2"), onFailure: "abort" }),
			webhook({ ...at("after"), ...only }),
		];
		expect((await run(hooks)).paths).toEqual(["gate-1", "gate-2", "after"]);
		expect((await run(hooks, { "gate-2": answer(403) })).paths).toEqual(["gate-1", "gate-2"]);
	});
});

it("commands in chains run one at a time, whoever leads to them", async () => {
	let now = 0;
	let most = 0;
	const shell = {
		run: async () => {
			most = Math.max(most, ++now);
			await new Promise((resolve) => setImmediate(resolve));
			now--;
			return exited(0);
		},
	};
	const hooks = [
		...[1, 2, 3].map((n) => webhook({ ...at(`w${n}`), onSuccess: [`s${n}`] })),
		...[1, 2, 3].map((n) => shellHook({ name: `s${n}`, ...only })),
		shellHook({ name: "own", fallback: "w1" }),
	];
	const { outcomes } = await run(hooks, {}, { ports: { shell } });
	expect([most, outcomes.length]).toEqual([1, 7]);
});

it("a batch goes through a chain whole: as a list on stdin, and to a webhook that makes none itself", async () => {
	const shell = fakeShell();
	const hooks = [
		webhook({ ...at("main"), batchSize: 5, onSuccess: ["log", "post"] }),
		shellHook({ name: "log", ...only }),
		webhook({ ...at("post"), ...only }),
	];
	const events = [event("pipeline_start"), event()] as const;
	const batch: NonNullable<Given["options"]>["batch"] = async (delivery) => ({ due: [{ ...delivery, events }] });
	const { requests } = await run(hooks, {}, { ports: { shell }, options: { batch } });
	const expected = { events: events.map(({ context }) => context) };
	expect(JSON.parse(shell.commands[0]?.stdin ?? "")).toEqual(expected);
	expect(shell.commands[0]?.env).toMatchObject({ HOOK_EVENT: "batch", HOOK_ID: deliveryId(events, "log") });
	expect(requests.map(({ body }) => JSON.parse(new TextDecoder().decode(body)))).toEqual([expected, expected]);
});

it.each([
	["fallback", { fallback: "audit" }, answer(404)],
	["follower", { onSuccess: ["audit"] }, answer(200)],
])(
	"a %s that makes batches is sent the one event of a hook that makes none as a batch of one",
	async (_, chain, said) => {
		const hooks = [webhook({ ...at("main"), ...chain }), webhook({ ...at("audit"), ...only, batchSize: 5 })];
		const { requests } = await run(hooks, { main: said });
		expect(requests.map(({ headers }) => headers["X-Rocky-Event"])).toEqual(["pipeline_error", "batch"]);
		expect(JSON.parse(new TextDecoder().decode(requests[1]?.body))).toEqual({ events: [event().context] });
	},
);

describe("a batch of which the fallback's filter lets only a part through", () => {
	const events = [1, 2, 3, 4].map((n) => event(n % 2 === 0 ? "pipeline_error" : "pipeline_start", { id: `evt_${n}` }));
	const [first = event(), ...others] = events;
	const batch: NonNullable<Given["options"]>["batch"] = async (delivery) => ({
		due: [{ ...delivery, events: [first, ...others] }],
	});
	const main = webhook({ ...at("main"), batchSize: 5, fallback: "spare", onSuccess: ["after"] });
	const errors = { ...NOTHING, events: [{ kind: "event", event: "pipeline_error" }] } as const;
	const spare = webhook({ ...at("spare"), ...only, filters: [errors] });
	const after = webhook({ ...at("after"), ...only });
	const through = (more: readonly Hook[], answers: Readonly<Record<string, HttpResult>>) =>
		run([main, ...more, after], { main: answer(404), ...answers }, { options: { batch } });

	it("is sent that part, and has failed: the rest was delivered by nobody", async () => {
		const { requests, paths, named: of } = await through([spare], {});
		expect(paths).toEqual(["main", "spare"]);
		expect(JSON.parse(new TextDecoder().decode(requests[1]?.body))).toEqual({
			events: [events[1]?.context, events[3]?.context],
		});
		expect(of("main")).toMatchObject({
			status: "failed",
			failure: { reason: "404 Not Found; fallback spare delivered 2 of 4 events, and its filter excludes the others" },
			missed: [0, 2],
		});
		expect(of("main")?.via).toBeUndefined();
		expect(of("after")).toMatchObject({ status: "skipped", reason: "main, which it follows, failed" });
	});

	it("is delivered by nobody at all where the fallback fails too", async () => {
		const { named: of } = await through([spare], { spare: answer(410) });
		expect(of("main")).toMatchObject({
			status: "failed",
			failure: { reason: expect.stringMatching(/^404 Not Found; fallback spare: /) },
		});
		expect(of("main")?.missed).toBeUndefined();
	});

	it("has what the fallback of the fallback delivered, told by its place in the whole", async () => {
		const last = { ...NOTHING, include: [{ kind: "value", key: "id", pattern: "evt_4" }] } as const;
		const hooks = [{ ...spare, fallback: "third" }, webhook({ ...at("third"), ...only, filters: [last] })];
		const { named: of, paths } = await through(hooks, { spare: answer(404) });
		expect(paths).toEqual(["main", "spare", "third"]);
		expect(of("main")).toMatchObject({
			status: "failed",
			failure: {
				cause: "status",
				retryable: false,
				reason:
					"404 Not Found; fallback spare: 404 Not Found; " +
					"fallback third delivered 1 of 2 events, and its filter excludes the other",
			},
			missed: [0, 1, 2],
		});
	});

	it("is told apart from one whose events it excludes", async () => {
		const none = { ...NOTHING, events: [{ kind: "event", event: "ping" }] } as const;
		const { named: of, paths } = await through([{ ...spare, filters: [none] }], {});
		expect([paths, of("main")?.failure?.reason]).toEqual([
			["main"],
			"404 Not Found; fallback spare is disabled, or its filter matches no event",
		]);
	});
});
