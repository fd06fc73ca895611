// Files of events, through the built command and action against a real server.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { BASE_ENV, normalise, runAction, runCommand, workspace } from "../helpers/runner.ts";
import { cli } from "../helpers/send.ts";
import { type Reply, startServer } from "../helpers/server.ts";

/** Answers the first request of each connection, and closes the connection as the second one comes. */
async function closing() {
	const received: string[] = [];
	const server = createServer((socket) => {
		let count = 0;
		socket.on("error", () => {});
		socket.on("data", (data) => {
			const [, id] = /x-rocky-delivery: (\S+)/i.exec(data.toString()) ?? [];
			if (id !== undefined && ++count === 1) {
				received.push(id);
				socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
			} else {
				socket.destroy();
			}
		});
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => void server.close());
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return { url: `http://127.0.0.1:${address.port}/`, received };
}

describe("a receiver that closes a kept connection as the next request comes", () => {
	it.each([0, 1])("gets each event once, and fails none, with retry_count = %i", async (retries) => {
		const { url, received } = await closing();
		const hook = `[[subscription]]\nname = "each"\nevents = ["*"]\nurl = "${url}"\nretry_count = ${retries}\n`;
		const events = Array.from({ length: 40 }, (_, n) => line("check_result", `e${n}`)).join("\n");
		const run = await cli(["fire", "--events-file", "events.jsonl"], `defaults.concurrency = 4\n${hook}`, {
			files: { "events.jsonl": events },
		});
		expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining("40 delivered, 0 failed") });
		expect([received.length, new Set(received).size]).toEqual([40, 40]);
	});
});

const CLI = join(import.meta.dirname, "../../dist/cli/index.js");
const OK: Reply = { status: 200 };

const CONFIG = (url: string) => `
[[subscription]]
name = "each"
events = ["*"]
url = "${url}/each"
retry_count = 0

[[subscription]]
name = "batches"
events = ["check_result", "pipeline_complete"]
url = "${url}/batches"
batch_size = 2

[[hook.check_result]]
name = "log"
command = "cat >> log.jsonl"
`;

const line = (event: string, id: string, more: object = {}) => JSON.stringify({ event, id, ...more });
const LINES = [
	line("pipeline_start", "e1", { table: "orders" }),
	line("check_result", "e2", { metadata: { n: 1 } }),
	"",
	line("check_result", "e3", { status: "failure", error: "null in id" }),
	line("on_check_result", "e4"),
	line("pipeline_complete", "e5", { duration_ms: 5 }),
];

async function setUp(text: string, config = CONFIG, ...replies: readonly Reply[]) {
	const server = await startServer(...(replies.length === 0 ? [OK] : replies));
	const folder = workspace({ "pipeline-hooks.toml": config(server.url), "events.jsonl": text });
	const run = (args: readonly string[], input?: string) =>
		runCommand(["fire", ...args], { workspace: folder, ...(input === undefined ? {} : { input }) });
	const to = (path: string) =>
		server.requests.filter((request) => request.path === path).map(({ body }) => JSON.parse(body));
	return { server, folder, run, to };
}

const ids = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);

describe("a file of events", () => {
	it("is fired line by line; what batches is grouped at once, and the rest of it sent at the end", async () => {
		const { run, to } = await setUp(LINES.join("\n"));
		const { code, stdout } = await run(["--events-file", "events.jsonl"]);
		expect([code, stdout]).toEqual([
			0,
			expect.stringMatching(/events\.jsonl, 5 events: passed · 10 delivered, 0 failed, 0 skipped\n$/),
		]);
		expect(ids(to("/each")).sort()).toEqual(["e1", "e2", "e3", "e4", "e5"]);
		expect(to("/batches").map(({ events }) => ids(events))).toEqual([
			["e2", "e3"],
			["e4", "e5"],
		]);
		expect(to("/each").find(({ id }) => id === "e3")).toMatchObject({ event: "check_result", status: "failure" });
	});

	it("may come on stdin, and without a newline at its end", async () => {
		const { run, to } = await setUp("");
		const { code, stdout } = await run(["--events-file", "-"], LINES.slice(0, 2).join("\n"));
		expect(stdout).toContain("stdin, 2 events: passed");
		expect([code, ids(to("/each")).sort()]).toEqual([0, ["e1", "e2"]]);
	});

	it("takes from the other flags what its lines leave out", async () => {
		const { run, to } = await setUp('{"id":"a"}\n{"id":"b","event":"ping","metadata":{"k":"line"},"pipeline":"own"}\n');
		const flags = ["--pipeline", "etl", "--metadata", "k=flag", "--metadata", "x=1", "--run-id", "r"];
		await run(["drift_detected", "--events-file", "events.jsonl", ...flags]);
		expect(to("/each")).toMatchObject([
			{ id: "a", event: "drift_detected", pipeline: "etl", run_id: "r", metadata: { k: "flag", x: "1" } },
		]);
	});

	it("is reported as JSON with each delivery, its event's id, and how many events there were", async () => {
		const { run } = await setUp(LINES.join("\n"));
		const { stdout } = await run(["--events-file", "events.jsonl", "--json"]);
		const document = JSON.parse(stdout);
		expect(document).toMatchObject({ result: "passed", event: "", event_id: "", events: 5, truncated: false });
		expect(document.results).toHaveLength(10);
		expect(document.results).toContainEqual(
			expect.objectContaining({ hook: "each", status: "delivered", event_id: "e3", http_status: 200 }),
		);
		expect(document.results).toContainEqual(expect.objectContaining({ hook: "batches", events: 2 }));
	});

	it("tells each failure with its line, and goes on", async () => {
		const { run, folder } = await setUp(LINES.join("\n"), CONFIG, { status: 400 });
		const { code, stdout } = await run(["--events-file", "events.jsonl"]);
		expect(code).toBe(0);
		const lines = stdout.matchAll(/^ *✗ each .* · (line \d).*400 Bad Request/gm);
		expect([...lines].map(([, line]) => line).sort()).toEqual(["line 1", "line 2", "line 4", "line 5", "line 6"]);
		expect(stdout).toMatch(/✗ batches .* · 2 events · lines 2 to 4 · /);
		const { annotations, results, summary } = await runAction({
			inputs: { "events-file": "events.jsonl" },
			workspace: folder,
		});
		expect(annotations.map(({ message }) => message)).toContain(
			"the webhook failed at line 6 of the events file: 400 Bad Request",
		);
		expect(results).toMatchObject({ results: expect.arrayContaining([expect.objectContaining({ line: 6 })]) });
		expect(summary).toMatch(/❌ \| batches .* 2 events; lines 2 to 4; 400 Bad Request/);
		expect(stdout).toContain("events.jsonl, 5 events: warned · 3 delivered, 7 failed, 0 skipped");
	});

	it("shows in a dry run what each line would send and the batches that would be made, and sends nothing", async () => {
		const { run, server } = await setUp(LINES.join("\n"));
		const { stdout } = await run(["--events-file", "events.jsonl", "--dry-run"]);
		expect([stdout.match(/^▸ each$/gm)?.length, stdout.match(/^▸ batches$/gm)?.length]).toEqual([5, 2]);
		expect(stdout).toMatch(/\{\s*"events": \[\s*\{\s*"id": "e2"[\s\S]*\{\s*"id": "e3"/);
		expect([server.requests.length, stdout]).toEqual([0, expect.stringContaining("dry run, nothing was sent")]);
	});

	it("is an input of the action, with a summary, outputs and a results file", async () => {
		const { folder, to } = await setUp(LINES.join("\n"));
		const inputs = { "events-file": "events.jsonl" };
		const { code, outputs, summary, annotations } = await runAction({ inputs, workspace: folder });
		expect([code, annotations]).toEqual([0, []]);
		expect(outputs).toMatchObject({ result: "passed", delivered: "10", failed: "0", held: "0", "event-id": "" });
		expect(normalise(summary)).toContain(
			"### ✅ 10 deliveries succeeded\n\nevents.jsonl, 5 events: 10 delivered, 0 failed, 0 skipped.",
		);
		expect(to("/batches")).toHaveLength(2);
	});
});

describe("a broken line", () => {
	const broken = [...LINES.slice(0, 4), '{"event": "check_result", ', ...LINES.slice(4)];

	it("is said with its number; what stands before it has gone out whole, and nothing after it", async () => {
		const { run, to } = await setUp(broken.join("\n"));
		const { code, stderr, stdout } = await run(["--events-file", "events.jsonl"]);
		expect(code).toBe(1);
		expect(stderr).toBe(
			"error[events_file]: events.jsonl:5:1: line 5 of events.jsonl: is not JSON (it ends too early)\n" +
				"  → 3 events were fired (6 delivered, 0 failed, 0 skipped) before it, but the rest of the file was not; correct the " +
				"line and fire the file from there\n",
		);
		expect(stdout).toContain("events.jsonl, 3 events: error · 6 delivered, 0 failed, 0 skipped");
		expect(ids(to("/each")).sort()).toEqual(["e1", "e2", "e3"]);
		expect(to("/batches").map(({ events }) => ids(events))).toEqual([["e2", "e3"]]);
	});

	it.each([
		[
			'{"event": "pipeline_strt"}',
			'line 1 of events.jsonl: unknown event "pipeline_strt"; did you mean "pipeline_start"?',
		],
		['{"table": "x"}', 'line 1 of events.jsonl: has no event: add an "event"'],
	])("%s is one, and then nothing is sent", async (text, message) => {
		const { run, server } = await setUp(`${text}\n${LINES.join("\n")}`);
		const { code, stderr } = await run(["--events-file", "events.jsonl"]);
		expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
		expect(stderr).toContain("nothing was fired");
		expect(server.requests).toEqual([]);
	});

	it("is in the JSON, with its place", async () => {
		const { run } = await setUp(broken.join("\n"));
		const { stdout } = await run(["--events-file", "events.jsonl", "--json"]);
		expect(JSON.parse(stdout)).toMatchObject({
			result: "error",
			events: 3,
			problems: [
				{
					code: "events_file",
					message: "line 5 of events.jsonl: is not JSON (it ends too early)",
					file: "events.jsonl",
					line: 5,
				},
			],
		});
	});

	it("fails the action, with an annotation at the line", async () => {
		const { folder } = await setUp(broken.join("\n"));
		const run = await runAction({ inputs: { "events-file": "events.jsonl" }, workspace: folder });
		expect([run.code, run.outputs["result"], run.outputs["delivered"]]).toEqual([1, "error", "6"]);
		expect(run.annotations).toMatchObject([
			{
				kind: "error",
				properties: { file: "events.jsonl", line: "5" },
				message: expect.stringContaining("is not JSON"),
			},
		]);
		expect(run.summary).toMatch(
			/^### ❌ Stopped&#58; line 5 of events.jsonl&#58; is not JSON &#40;it ends too early&#41;\n\nevents.jsonl, 3 events: 6 delivered, 0 failed, 0 skipped\.\n\n3 events were fired &#40;/,
		);
	});
});

it("of which no hook matches any event says so", async () => {
	const { run, folder } = await setUp('{"event":"ping"}\n');
	expect((await run(["--events-file", "events.jsonl"])).stdout).toBe(
		"events.jsonl, 1 event: no hook in pipeline-hooks.toml matches any of them\n",
	);
	const { annotations, outputs } = await runAction({ inputs: { "events-file": "events.jsonl" }, workspace: folder });
	expect([outputs["result"], annotations]).toMatchObject([
		"skipped",
		[{ kind: "notice", message: "events.jsonl, 1 event: no hook in pipeline-hooks.toml matches any of them" }],
	]);
	expect((await run(["--events-file", "-"], "")).stdout).toBe("stdin, 0 events: there was no event to fire\n");
});

it("that is stdin is no input of the action, which says so", async () => {
	const { folder } = await setUp("");
	const { annotations, code } = await runAction({ inputs: { "events-file": "-" }, workspace: folder });
	expect([code, annotations.map(({ message }) => message)]).toEqual([
		1,
		[
			"events-file - cannot be read: only the command reads stdin; name a file of JSON Lines, one event per line [input]",
		],
	]);
});

it.each([
	[
		"a file that is not there",
		["--events-file", "missing.jsonl"],
		"events-file missing.jsonl cannot be read: it does not exist",
	],
	["a folder", ["--events-file", "."], "events-file . cannot be read: it is a folder"],
	["neither an event nor a file", [], "no event was given"],
])("%s is said, and nothing runs", async (_, args, message) => {
	const { run, server } = await setUp("");
	const { code, stderr } = await run(args);
	expect([code, stderr, server.requests.length]).toEqual([2, expect.stringContaining(message), 0]);
});

it("a gate that denies ends the file, as it would end a job", async () => {
	const gate = (url: string) =>
		`${CONFIG(url)}\n[[hook.check_result]]\nname = "gate"\ncommand = "grep -qv e3"\non_failure = "abort"\n`;
	const { run, to } = await setUp(LINES.join("\n"), gate);
	const { code, stdout } = await run(["--events-file", "events.jsonl"]);
	expect([code, ids(to("/each")).sort()]).toEqual([1, ["e1", "e2"]]);
	expect(stdout).toContain("stopped at line 4: a gate denied its event");
	expect(stdout).toContain("events.jsonl, 3 events: aborted");
});

it("is read no faster than its deliveries make room", async () => {
	let open = 0;
	let most = 0;
	const slow: Reply = (_, response) => {
		most = Math.max(most, ++open);
		setTimeout(() => {
			open--;
			response.end();
		}, 20);
	};
	const { folder, server } = await setUp(
		"",
		(url) => `defaults.concurrency = 3\n[hook.webhooks.ping]\nurl = "${url}"\n`,
		slow,
	);
	const child = spawn(process.execPath, [CLI, "fire", "--events-file", "-"], { cwd: folder, env: BASE_ENV });
	const closed = new Promise((resolve) => child.on("close", resolve));
	const text = `${JSON.stringify({ event: "ping", metadata: { x: "x".repeat(50_000) } })}\n`;
	let written = 0;
	for (; written < 400; written++) {
		if (child.stdin.write(text)) continue;
		if (server.requests.length < 3) await new Promise((resolve) => child.stdin.once("drain", resolve));
		else break;
	}
	// What the pipe and both ends of it keep, and no more: the rest waits with the writer.
	expect(written - server.requests.length).toBeLessThan(30);
	child.stdin.end();
	expect([await closed, most, server.requests.length]).toEqual([0, 3, written + 1]);
});

it("a cancellation ends it soon, with what was begun carried out or cancelled", async () => {
	const hang: Reply = () => {};
	const { folder, server } = await setUp(
		Array.from({ length: 100 }, (_, n) => line("ping", `e${n}`)).join("\n"),
		(url) => `[hook.webhooks.ping]\nurl = "${url}"\n`,
		hang,
	);
	const cancel = (async () => {
		while (server.requests.length < 20) await new Promise((resolve) => setTimeout(resolve, 10));
	})();
	const start = performance.now();
	const { code, stdout } = await runCommand(["fire", "--events-file", "events.jsonl"], { workspace: folder, cancel });
	expect([code, server.requests.length]).toEqual([1, 20]);
	expect(stdout).toContain("cancelled");
	expect(performance.now() - start).toBeLessThan(7000);
});
