// Whatever is thrown after a delivery: it is told as it is, and what was delivered stays in all that is reported.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { type ActionRun, BASE_ENV, runAction, runCommand, workspace } from "../../helpers/runner.ts";
import { fire } from "../../helpers/send.ts";
import { type Received, startServer } from "../../helpers/server.ts";

vi.setConfig({ testTimeout: 30_000 });

const CLI = join(import.meta.dirname, "../../../dist/cli/index.js");

/** Bugs of this program, which no input is known to bring about, by `node --require`. */
const BUGS = {
	"in making a body": `
		const { stringify } = JSON;
		JSON.stringify = (value, ...rest) => {
			if (value && value.blocks) throw new TypeError("blocks is not iterable");
			return stringify(value, ...rest);
		};`,
	"in making the results": `
		const { stringify } = JSON;
		JSON.stringify = (value, ...rest) => {
			if (value && value.results && "truncated" in value) throw new TypeError("rows is undefined");
			return stringify(value, ...rest);
		};`,
	"in the second event": `
		const crypto = require("node:crypto");
		const { randomUUID } = crypto;
		let calls = 0;
		crypto.randomUUID = () => {
			if (++calls === 2) throw new TypeError("no entropy");
			return randomUUID();
		};`,
	"at a signal": 'process.on("SIGUSR2", () => { throw new TypeError("crashed"); });',
	// Once all is said, an empty text is written to wait for the reader of the log.
	"after the report": `const { write } = process.stdout;
		process.stdout.write = function (text, ...rest) {
			if (text === "") Promise.reject(new TypeError("crashed late"));
			return write.call(this, text, ...rest);
		};`,
	"in cancelling what is in flight": "AbortController.prototype.abort = () => {};",
} as const;

/** The environment of a process that has a bug. */
function withBug(bug: keyof typeof BUGS) {
	const preload = workspace({
		"bug.cjs": `${BUGS[bug]}\nrequire("node:module").syncBuiltinESMExports();\n`,
	});
	return { NODE_OPTIONS: `--require ${join(preload, "bug.cjs")}` };
}

/** A server that never answers on `/hang`; `hanging` resolves when it was asked. */
async function serve() {
	let seen = () => {};
	const hanging = new Promise<void>((resolve) => {
		seen = resolve;
	});
	const server = await startServer((request, response) => {
		if (request.url === "/hang") seen();
		else response.end("ok");
	});
	return { url: server.url, requests: server.requests, hanging };
}

const paths = (requests: readonly Received[]) => requests.map(({ path }) => path).sort();

/** Starts a run with what it is given, and crashes it once these paths were asked for. */
async function crashed<Run>(
	requests: readonly Received[],
	asked: readonly string[],
	start: (given: { readonly env: ReturnType<typeof withBug>; readonly started: (pid: number) => void }) => Promise<Run>,
): Promise<Run> {
	let pid = 0;
	const running = start({
		env: withBug("at a signal"),
		started: (given) => {
			pid = given;
		},
	});
	await vi.waitFor(() => expect(paths(requests)).toEqual(asked), 10_000);
	process.kill(pid, "SIGUSR2");
	return running;
}

/** What a report says of each hook. */
function told(run: Pick<ActionRun, "results">): Readonly<Record<string, string>> {
	const { results } = run.results as { results: { hook: string; status: string; error?: string }[] };
	return Object.fromEntries(results.map(({ hook, status, error }) => [hook, error ? `${status}: ${error}` : status]));
}

const LOST = "failed: the run stopped on an error while this was in flight; it may or may not have arrived";
const STOPPED = "skipped: the run stopped on an error before this began";
const BUG = "this is a bug in pipeline-hooks; please report it with these lines";

describe("a bug", () => {
	test("fault 58: a bug in making one message fails that delivery according to its on_failure, and all others go on", async () => {
		const { url, requests } = await serve();
		const run = await fire(
			`
[[hook.webhooks.pipeline_error]]
name = "slack"
preset = "slack"
url = "${url}/slack"
[[hook.webhooks.pipeline_error]]
name = "audit"
url = "${url}/audit"
[[hook.pipeline_error]]
name = "note"
command = "echo noted"
`,
			{ event: "pipeline_error", env: withBug("in making a body") },
		);
		expect(run.code).toBe(0);
		expect(paths(requests)).toEqual(["/audit"]);
		expect(told(run)).toEqual({
			slack: "failed: internal error: blocks is not iterable",
			audit: "delivered",
			note: "delivered",
		});
		expect(run.outputs).toMatchObject({ result: "warned", delivered: "2", failed: "1", skipped: "0" });
		expect(run.annotations).toMatchObject([
			{ kind: "warning", message: "the webhook failed: internal error: blocks is not iterable" },
		]);
		// For whoever mends it.
		expect(run.log).toContain(`slack: ${BUG}`);
		expect(run.log).toMatch(/^ {4}at .*index\.js:\d+:\d+/m);
		expect(run.summary).toContain("blocks is not iterable");
	});

	test("fault 58: a bug in asking a gate denies", async () => {
		const { url, requests } = await serve();
		const config = `
[[hook.webhooks.pipeline_start]]
name = "gate"
preset = "slack"
url = "${url}/gate"
on_failure = "abort"
[[hook.webhooks.pipeline_start]]
name = "audit"
url = "${url}/audit"
`;
		const run = await fire(config, { env: withBug("in making a body") });
		expect(run.code).toBe(1);
		expect(requests).toEqual([]);
		expect(run.outputs).toMatchObject({ result: "aborted", delivered: "0", failed: "1", skipped: "1" });
		expect(told(run)).toMatchObject({ gate: "failed: internal error: blocks is not iterable" });
	});

	test("fault 58: a bug at one line of a file stops there, and what was delivered before is still reported", async () => {
		const { url, requests } = await serve();
		const given = {
			workspace: workspace({
				"pipeline-hooks.toml": `[hook.webhooks.ping]\nname = "audit"\nurl = "${url}/audit"\n`,
				"events.jsonl": '{"event": "ping"}\n{"event": "ping"}\n{"event": "ping"}\n',
			}),
			env: withBug("in the second event"),
		};
		const run = await runAction({ ...given, inputs: { "events-file": "events.jsonl" } });
		expect(run.code).toBe(1);
		expect(paths(requests)).toEqual(["/audit"]);
		expect(run.outputs).toMatchObject({ result: "error", delivered: "1", failed: "0", skipped: "0" });
		expect(told(run)).toEqual({ audit: "delivered" });
		expect(run.annotations).toMatchObject([
			{
				kind: "error",
				message: `line 2 of events.jsonl: internal error: no entropy; 1 event was fired (1 delivered, 0 failed, 0 skipped), but the rest of the file was not; ${BUG} [internal]`,
			},
		]);
		expect(run.summary).toContain("1 delivered, 0 failed, 0 skipped");
		expect(run.log + run.summary).not.toContain("Nothing was run");

		const command = await runCommand(["fire", "--events-file", "events.jsonl", "--json"], given);
		expect(command.code).toBe(1);
		expect(JSON.parse(command.stdout)).toMatchObject({
			result: "error",
			events: 1,
			problems: [{ code: "internal", message: "line 2 of events.jsonl: internal error: no entropy" }],
			results: [{ hook: "audit", status: "delivered" }],
		});
	});

	test("fault 58: after a bug in making the results there are still the counts, the summary and a failed step", async () => {
		const { url, requests } = await serve();
		const run = await fire(`[hook.webhooks.ping]\nurl = "${url}/audit"\n`, {
			event: "ping",
			env: withBug("in making the results"),
		});
		expect(run.code).toBe(1);
		expect(paths(requests)).toEqual(["/audit"]);
		expect(run.outputs).toMatchObject({ delivered: "1", failed: "0", skipped: "0", "event-id": expect.any(String) });
		expect(run.outputs["result"]).toBe("error");
		expect(run.annotations.map(({ message }) => message)).toContain(
			`internal error: rows is undefined; ${BUG} [internal]`,
		);
		expect(run.summary).toContain("1 delivered");
		expect(run.log + run.summary).not.toContain("Nothing was run");
	});
});

describe("a crash", () => {
	const config = (url: string) => `
[[hook.pipeline_start]]
name = "gate"
command = "true"
on_failure = "abort"
then = ["after-gate"]
[[hook.webhooks.pipeline_start]]
name = "audit"
url = "${url}/audit"
then = ["hang"]
[[hook.webhooks.pipeline_start]]
name = "stuck"
url = "${url}/hang"
then = ["after-stuck"]
[[subscription]]
name = "hang"
url = "${url}/hang"
[[subscription]]
name = "after-gate"
command = "true"
[[subscription]]
name = "after-stuck"
command = "true"
`;

	test("fault 58: a crash between deliveries reports each as it is: delivered, unknown, not begun", async () => {
		const { url, requests } = await serve();
		const folder = workspace({ "pipeline-hooks.toml": config(url) });
		const run = await crashed(requests, ["/audit", "/hang", "/hang"], (given) =>
			runAction({ inputs: { event: "pipeline_start" }, workspace: folder, ...given }),
		);
		expect(run.code).toBe(1);
		expect(run.outputs).toMatchObject({ result: "error", delivered: "3", failed: "2", skipped: "1" });
		expect(told(run)).toEqual({
			gate: "delivered",
			audit: "delivered",
			stuck: LOST,
			hang: LOST,
			"after-gate": "delivered",
			"after-stuck": "skipped: stuck, which it follows, failed",
		});
		expect(JSON.parse(readFileSync(run.outputs["results-file"] ?? "", "utf8"))).toEqual(run.results);
		expect(run.annotations[0]).toMatchObject({ kind: "error", message: `internal error: crashed; ${BUG} [internal]` });
		expect(run.summary).toContain("3 delivered, 2 failed, 1 skipped");
		expect(run.log + run.summary).not.toContain("Nothing was run");
	});

	test("fault 58: a crash in the middle of a file also reports what waits for a batch, and the command's JSON stays whole", async () => {
		const { url, requests } = await serve();
		const folder = workspace({
			"pipeline-hooks.toml": `
[hook.webhooks.ping]
name = "audit"
url = "${url}/audit"
[hook.webhooks.check_result]
name = "batch"
url = "${url}/batch"
batch_size = 10
[hook.webhooks.pipeline_error]
name = "hang"
url = "${url}/hang"
on_failure = "abort"
`,
			"events.jsonl": ["ping", "check_result", "check_result", "pipeline_error", "ping"]
				.map((event) => `${JSON.stringify({ event })}\n`)
				.join(""),
		});
		const run = await crashed(requests, ["/audit", "/hang"], (given) =>
			runCommand(["fire", "--events-file", "events.jsonl", "--json"], { workspace: folder, ...given }),
		);
		expect(run.code).toBe(1);
		const document = JSON.parse(run.stdout);
		expect(document).toMatchObject({ result: "error", events: 4, problems: [{ message: "internal error: crashed" }] });
		expect(told({ results: document })).toEqual({ audit: "delivered", batch: STOPPED, hang: LOST });
		expect(document.results).toContainEqual(expect.objectContaining({ hook: "batch", events: 2, line: 2 }));
	});

	test("fault 58: a crash after the report leaves the report as it is, and fails the step", async () => {
		const { url } = await serve();
		const run = await fire(`[hook.webhooks.ping]\nurl = "${url}/audit"\n`, {
			event: "ping",
			env: withBug("after the report"),
		});
		expect(run.code).toBe(1);
		expect(run.outputs).toMatchObject({ delivered: "1", failed: "0", skipped: "0" });
		expect(run.outputs["result"]).toBe("error");
		expect(run.results).toMatchObject({ result: "passed", results: [{ status: "delivered" }] });
		expect(run.annotations).toMatchObject([
			{ kind: "error", message: `internal error: crashed late; ${BUG} [internal]` },
		]);
		expect(run.log + run.summary).not.toContain("Nothing was run");
	});

	test("fault 58: a cancelled run that hangs nevertheless reports what it delivered before it is ended", async () => {
		const { url, hanging } = await serve();
		const config = `
[[hook.pipeline_start]]
name = "gate"
command = "true"
on_failure = "abort"
[[hook.webhooks.pipeline_start]]
name = "stuck"
url = "${url}/hang"
`;
		const run = await fire(config, { env: withBug("in cancelling what is in flight"), cancel: hanging });
		expect(run.code).toBe(1);
		expect(run.outputs).toMatchObject({ result: "error", delivered: "1", failed: "1", skipped: "0" });
		expect(told(run)).toEqual({ gate: "delivered", stuck: LOST });
		expect(run.annotations[0]).toMatchObject({
			kind: "error",
			message: "cancelled, but not finished 6000 ms later [cancelled]",
		});
	});
});

describe("a report that cannot be written", () => {
	test.each([
		[
			"GITHUB_STEP_SUMMARY",
			"/",
			"the summary could not be written: EISDIR: illegal operation on a directory, open '/'",
		],
		["GITHUB_OUTPUT", "/dev/full", "the outputs could not be written: ENOSPC: no space left on device, write"],
		["GITHUB_OUTPUT", "/nowhere/x", "the outputs could not be written: Missing file at path: /nowhere/x"],
		["RUNNER_TEMP", "/dev/full", /^the results file could not be written: ENOTDIR/],
	] as const)(
		"fault 58: a %s that cannot be written (%s) is reported, and so is everything else",
		async (variable, path, message) => {
			const { url } = await serve();
			const run = await fire(`[hook.webhooks.ping]\nurl = "${url}/audit"\n`, {
				event: "ping",
				env: { [variable]: path },
			});
			expect(run.code).toBe(0);
			expect(run.annotations).toMatchObject([
				{ kind: "warning", message: typeof message === "string" ? message : expect.stringMatching(message) },
			]);
			expect(run.log).toContain("ping: passed · 1 delivered, 0 failed, 0 skipped");
			if (variable !== "GITHUB_OUTPUT") expect(run.outputs).toMatchObject({ result: "passed", delivered: "1" });
			if (variable !== "GITHUB_STEP_SUMMARY") expect(run.summary).toContain("1 delivered");
		},
	);

	test("fault 58: a log that nobody reads any more, or whose disk is full, stops nothing", async () => {
		const { url, requests } = await serve();
		const folder = workspace({
			"pipeline-hooks.toml": `
[[hook.ping]]
command = "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i + 1)); done"
[[hook.webhooks.ping]]
url = "${url}/audit"
`,
		});
		for (const args of [
			["fire", "ping"],
			["fire", "ping", "--json"],
		]) {
			const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, env: BASE_ENV, stdio: "pipe" });
			child.stdout.destroy();
			child.stderr.destroy();
			expect(await once(child, "exit")).toEqual([0, null]);
		}
		expect(requests).toHaveLength(2);
		const full = openSync("/dev/full", "w");
		const child = spawn(process.execPath, [CLI, "fire", "ping", "--json"], {
			cwd: folder,
			env: BASE_ENV,
			stdio: ["ignore", full, "pipe"],
		});
		let stderr = "";
		child.stderr?.setEncoding("utf8").on("data", (text: string) => {
			stderr += text;
		});
		expect(await once(child, "close")).toEqual([0, null]);
		closeSync(full);
		expect(stderr).toContain("stdout could not be written: ENOSPC: no space left on device, write\n");
	});
});

test("fault 58: for an invalid line of a file, everything before it is reported, in the outputs and the summary too", async () => {
	const { url, requests } = await serve();
	const run = await fire(`[hook.webhooks.ping]\nname = "audit"\nurl = "${url}/audit"\n`, {
		inputs: { "events-file": "events.jsonl" },
		files: { "events.jsonl": '{"event": "ping"}\n{"event": "pi\n{"event": "ping"}\n' },
	});
	expect(run.code).toBe(1);
	expect(requests).toHaveLength(1);
	expect(run.outputs).toMatchObject({ result: "error", delivered: "1", failed: "0", skipped: "0" });
	expect(told(run)).toEqual({ audit: "delivered" });
	expect(JSON.parse(readFileSync(run.outputs["results-file"] ?? "", "utf8"))).toEqual(run.results);
	expect(run.annotations).toMatchObject([
		{ kind: "error", message: expect.stringContaining("line 2 of events.jsonl") },
	]);
	expect(run.summary).toContain("1 delivered, 0 failed, 0 skipped");
	expect(run.log + run.summary).not.toContain("Nothing was run");
});

test("fault 58: if a stream of events breaks off, the line is reported, and everything before it", async () => {
	const { url, requests } = await serve();
	const folder = workspace({ "pipeline-hooks.toml": `[hook.webhooks.ping]\nname = "audit"\nurl = "${url}/audit"\n` });
	const sender = createServer((socket: Socket) => {
		socket.on("error", () => {});
		socket.write('{"event": "ping"}\n{"event": "ping"}\n{"event": "pi');
		void vi.waitFor(() => expect(requests).toHaveLength(2), 10_000).then(() => socket.resetAndDestroy());
	});
	await new Promise<void>((resolve) => sender.listen(0, "127.0.0.1", resolve));
	const address = sender.address();
	const port = typeof address === "object" ? address?.port : undefined;
	const command = `exec '${process.execPath}' '${CLI}' fire --events-file - --json </dev/tcp/127.0.0.1/${port}`;
	const child = spawn("bash", ["-c", command], { cwd: folder, env: BASE_ENV, stdio: ["ignore", "pipe", "pipe"] });
	let stdout = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	const [code] = await once(child, "close");
	sender.close();
	expect(code).toBe(1);
	expect(JSON.parse(stdout)).toMatchObject({
		result: "error",
		events: 2,
		problems: [{ code: "events_file", message: "line 3 of stdin: cannot be read: ECONNRESET" }],
		results: [{ status: "delivered" }, { status: "delivered" }],
	});
});
