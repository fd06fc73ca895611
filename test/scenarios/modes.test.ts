// What a failing hook does to the rest: failure modes, gates, timeouts, deadlines, order and limits.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { normalise, runAction, workspace } from "../helpers/runner.ts";
import { type Reply, startServer } from "../helpers/server.ts";

/** Fires pipeline_start through a config of these lines. */
function fire(config: string) {
	return runAction({
		inputs: { event: "pipeline_start" },
		workspace: workspace({ "pipeline-hooks.toml": config }),
	});
}

describe.each([
	["shell hook", 'command = "echo why >&2; exit 3"', "why (exit code 3)"],
	["webhook", 'url = "URL/no"', "403 Forbidden: not you"],
])("a %s that fails", (kind, target, reason) => {
	const header = kind === "webhook" ? "[[hook.webhooks.pipeline_start]]" : "[[hook.pipeline_start]]";

	it.each([
		["abort", 1, "aborted", [["error", `the gate stopped the pipeline: ${reason}`]], { failed: "1", skipped: "2" }],
		["warn", 0, "warned", [["warning", `the ${kind} failed: ${reason}`]], { delivered: "2", failed: "1" }],
		["ignore", 0, "passed", [], { delivered: "2", failed: "1" }],
	])("with on_failure = %s ends with code %i: %s", async (mode, code, result, annotations, counts) => {
		const server = await startServer({ status: 403, body: "not you" });
		const receiver = await startServer({ status: 200 });
		const folder = workspace({
			"pipeline-hooks.toml": `[[hook.pipeline_start]]
name = "before"
command = "touch before"
[[hook.webhooks.pipeline_start]]
name = "announce"
url = "${receiver.url}"
${header}
name = "failing"
${target.replace("URL", server.url)}
on_failure = "${mode}"
`,
		});
		const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: folder });
		expect(run).toMatchObject({ code, stderr: "", outputs: { result, ...counts } });
		expect(run.annotations.map((annotation) => [annotation.kind, annotation.message])).toEqual(annotations);
		expect(receiver.requests.length).toBe(mode === "abort" ? 0 : 1);
		expect(run.results).toMatchObject({ results: [{ hook: "failing", status: "failed", error: reason }, {}, {}] });
		if (mode === "ignore") {
			expect(run.commands.filter((line) => line.startsWith("::debug::")).map(normalise)).toEqual([
				expect.stringMatching(new RegExp(`^::debug::✗ failing .*${reason.replaceAll(/[()]/g, "\\$&")}$`)),
			]);
			expect(run.log.split("\n").filter((line) => line.includes("✗") && !line.startsWith("::debug::"))).toEqual([]);
		}
	});
});

test("gates run first, in the order of the file; the first that fails ends the event", async () => {
	const server = await startServer({ status: 200 });
	const folder = workspace({
		"pipeline-hooks.toml": `[[hook.pipeline_start]]
name = "other"
command = "echo other >> order"

[[hook.pipeline_start]]
name = "first"
command = "echo first >> order"
on_failure = "abort"

[[hook.webhooks.pipeline_start]]
name = "second"
url = "${server.url}/ask"
on_failure = "abort"

[[hook.pipeline_start]]
name = "third"
command = "echo third >> order; exit 1"
on_failure = "abort"

[[hook.pipeline_start]]
name = "fourth"
command = "echo fourth >> order"
on_failure = "abort"
`,
	});
	const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: folder });
	expect(run).toMatchObject({ code: 1, outputs: { result: "aborted", delivered: "2", failed: "1", skipped: "2" } });
	expect(readFileSync(join(folder, "order"), "utf8")).toBe("first\nthird\n");
	expect(server.requests.length).toBe(1);
	expect(run.results).toMatchObject({
		results: [
			{ hook: "third", status: "failed", error: "exit code 1" },
			{ hook: "other", status: "skipped", error: "gate third failed" },
			{ hook: "first", status: "delivered" },
			{ hook: "second", status: "delivered" },
			{ hook: "fourth", status: "skipped", error: "gate third failed" },
		],
	});
	expect(run.summary).toContain("third (gate)");
});

test("shell hooks that are no gates run one at a time beside the webhooks", async () => {
	const server = await startServer({ status: 503 }, { status: 200 });
	const hook = (name: string) =>
		`[[hook.pipeline_start]]\nname = "${name}"\ncommand = "echo ${name} begins >> order; sleep 0.1; echo ${name} ends >> order"\n`;
	const folder = workspace({
		"pipeline-hooks.toml": `${hook("a")}${hook("b")}[hook.webhooks.pipeline_start]\nname = "w"\nurl = "${server.url}"\nretry_delay_ms = 1\n`,
	});
	const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: folder });
	expect(readFileSync(join(folder, "order"), "utf8")).toBe("a begins\na ends\nb begins\nb ends\n");
	expect(server.requests.length).toBe(2);
	// The webhook is done while `a` is under way, and its lines do not stand in the group of `a`.
	const [group, ...lines] = normalise(run.log).split("\n");
	expect([group, lines[0]]).toEqual([expect.stringMatching(/^::group::a: /), "::endgroup::"]);
	expect(lines[1]).toBe("w: attempt 1 of 4 failed: 503 Service Unavailable; the next in TIME");
	expect(lines.slice(2, 4).toSorted()).toEqual([
		"✓ a · TIME",
		"✓ w → http://127.0.0.1:PORT/… · 200 · 2 attempts · TIME",
	]);
});

describe("a webhook gate", () => {
	const json = (body: string): Reply => ({ status: 200, body, headers: { "Content-Type": "application/json" } });
	/** Announces a longer body than it sends, then drops the connection. */
	const half: Reply = (_, response) => {
		response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "40" });
		response.write('{"allow":false', () => response.socket?.resetAndDestroy());
	};
	const halfOfYes: Reply = (_, response) => {
		response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "40" });
		response.write('{"allow":true}', () => response.socket?.resetAndDestroy());
	};

	it.each<[string, Reply, string]>([
		["denies with a reason", json('{"allow": false, "reason": "frozen until Monday"}'), "frozen until Monday"],
		["denies without one", json('{"allow": false}'), 'denied: 200, and the response\'s "allow" is false'],
		[
			"answers a word",
			json('{"allow": "yes"}'),
			'denied: 200, and the response\'s "allow" is "yes"; a gate must answer {"allow": true}',
		],
		[
			"answers null",
			json('{"allow": null}'),
			'denied: 200, and the response\'s "allow" is null; a gate must answer {"allow": true}',
		],
		[
			"answers broken JSON",
			json('{"allow": tru'),
			'denied: 200, and the response has an "allow", but is not valid JSON; a gate must answer {"allow": true}',
		],
		["is cut off", half, "denied: 200, but the response was truncated"],
		["is cut off after a yes", halfOfYes, "denied: 200, but the response was truncated"],
		[
			"is too long",
			json(`{"allow": true, "x": "${"x".repeat(300_000)}"}`),
			"denied: 200, but the response is longer than 250 KB",
		],
		["refuses", { status: 403 }, "403 Forbidden"],
	])("that %s stops the pipeline", async (_, reply, reason) => {
		const server = await startServer(reply);
		const run = await fire(
			`[hook.webhooks.pipeline_start]\nname = "gate"\nurl = "${server.url}"\non_failure = "abort"\nretry_delay_ms = 1\n`,
		);
		expect(run).toMatchObject({ code: 1, outputs: { result: "aborted" } });
		expect(run.annotations).toEqual([
			{
				kind: "error",
				properties: { title: "gate", file: "pipeline-hooks.toml", line: "1" },
				message: `the gate stopped the pipeline: ${reason}`,
			},
		]);
		expect(server.requests.length).toBe(1);
	});

	it.each<[string, Reply]>([
		["true", json('{"allow": true}')],
		["nothing", { status: 204 }],
		["a text", { status: 200, body: "fine" }],
		["JSON that says nothing of it", json('{"ok": 1}')],
	])("that answers %s lets it go on", async (_, reply) => {
		const server = await startServer(reply);
		const run = await fire(
			`[hook.webhooks.pipeline_start]\nname = "gate"\nurl = "${server.url}"\non_failure = "abort"\n`,
		);
		expect(run).toMatchObject({ code: 0, outputs: { result: "passed" } });
	});
});

describe("time", () => {
	it("an attempt past its timeout is tried again with the same id", async () => {
		const server = await startServer(() => {}, { status: 200 });
		const run = await fire(
			`[hook.webhooks.pipeline_start]\nname = "r"\nurl = "${server.url}"\ntimeout_ms = 200\nretry_delay_ms = 1\n`,
		);
		expect(run).toMatchObject({ code: 0, annotations: [] });
		expect(run.log).toContain("r: attempt 1 of 4 failed: no response within 200 ms; the next in ");
		expect(run.log).toContain("· 200 · 2 attempts · ");
		expect(server.requests[1]).toEqual(server.requests[0]);
	});

	it("the deadline ends it all", async () => {
		const server = await startServer(() => {});
		const start = performance.now();
		const run = await fire(
			`[hook.webhooks.pipeline_start]\nurl = "${server.url}"\ntimeout_ms = 250\ndeadline_ms = 400\nretry_count = 50\nretry_delay_ms = 1\n`,
		);
		expect(performance.now() - start).toBeLessThan(4000);
		expect(run.annotations[0]?.message).toMatch(
			/^the webhook failed: no response before the deadline of 400 ms, after 2 attempts$/,
		);
	});

	it("a Retry-After past the deadline fails at once, naming both", async () => {
		const server = await startServer({ status: 429, headers: { "Retry-After": "120" } });
		const run = await fire(`[hook.webhooks.pipeline_start]\nurl = "${server.url}"\ndeadline_ms = 5000\n`);
		expect(run.annotations[0]?.message).toBe(
			"the webhook failed: 429 Too Many Requests; Retry-After asks for 120 s, past the deadline of 5000 ms",
		);
		expect(server.requests.length).toBe(1);
	});

	it("a Retry-After of nonsense is the usual wait", async () => {
		const replies = ["abc", "-5", "1e12", ""].map((after) => ({ status: 503, headers: { "Retry-After": after } }));
		const server = await startServer(...replies, { status: 200 });
		const run = await fire(
			`[hook.webhooks.pipeline_start]\nurl = "${server.url}"\nretry_count = 4\nretry_delay_ms = 1\n`,
		);
		expect(run).toMatchObject({ code: 0, annotations: [] });
		expect(server.requests.length).toBe(5);
	});
});

test("a disk that takes no report makes no failure of what was delivered", async () => {
	const server = await startServer({ status: 200 });
	const folder = workspace({
		"pipeline-hooks.toml": `[hook.webhooks.pipeline_start]\nurl = "${server.url}"\n`,
		file: "not a folder",
	});
	const run = await runAction({
		inputs: { event: "pipeline_start" },
		workspace: folder,
		env: { RUNNER_TEMP: join(folder, "file"), GITHUB_STEP_SUMMARY: join(folder, "file", "summary") },
	});
	expect(run).toMatchObject({ code: 0, outputs: { result: "passed", delivered: "1" } });
	expect(run.outputs).not.toHaveProperty("results-file");
	expect(run.annotations.map(({ kind, message }) => [kind, message.slice(0, message.indexOf(":"))])).toEqual([
		["warning", "the summary could not be written"],
		["warning", "the results file could not be written"],
	]);
});

describe("concurrency", () => {
	it.each([1, 3])("is %i at most", async (limit) => {
		let now = 0;
		let most = 0;
		const server = await startServer((_, response) => {
			now += 1;
			most = Math.max(most, now);
			setTimeout(() => {
				now -= 1;
				response.end();
			}, 100);
		});
		const hooks = Array.from({ length: 7 }, (_, n) => `[[hook.webhooks.pipeline_start]]\nurl = "${server.url}/${n}"\n`);
		const run = await fire(`[defaults]\nconcurrency = ${limit}\n${hooks.join("")}`);
		expect(run).toMatchObject({ code: 0, outputs: { delivered: "7" } });
		expect(most).toBe(limit);
	});
});

describe("results", () => {
	it("has at most 64 KiB, failures first, and the file has them all", async () => {
		const good = '[[hook.pipeline_start]]\ncommand = "true"\nname = "GOOD"\n';
		const long = "x".repeat(90);
		const server = await startServer({ status: 200 });
		const hooks = Array.from({ length: 600 }, (_, n) =>
			[300, 400].includes(n)
				? `[[hook.webhooks.pipeline_start]]\nname = "bad-${n}"\nurl = "\${NOT_SET}"\n`
				: `[[hook.webhooks.pipeline_start]]\nname = "${n}-${long}"\nurl = "${server.url}"\n`,
		);
		const run = await fire(good + hooks.join(""));
		expect(run).toMatchObject({ code: 0, outputs: { result: "warned", failed: "2", delivered: "599" } });
		const text = run.outputs["results"] ?? "";
		expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64 * 1024);
		expect(Buffer.byteLength(text)).toBeGreaterThan(63 * 1024);
		expect(run.results).toMatchObject({ result: "warned", truncated: true });
		const shown = JSON.parse(text).results;
		expect([shown[0].hook, shown[1].hook, shown[2].hook]).toEqual(["bad-300", "bad-400", "GOOD"]);
		const all = JSON.parse(readFileSync(run.outputs["results-file"] ?? "", "utf8"));
		expect(all.truncated).toBe(false);
		expect(all.results.length).toBe(601);
		expect(run.summary.match(/^\| ✅/gm)?.length).toBe(599);
	});

	it("are skipped with a notice where nothing is attached to the event", async () => {
		const run = await runAction({
			inputs: { event: "pipeline_complete" },
			workspace: workspace({ "pipeline-hooks.toml": '[[hook.pipeline_start]]\ncommand = "true"\n' }),
		});
		expect(run).toMatchObject({ code: 0, outputs: { result: "skipped", delivered: "0", skipped: "0" } });
		expect(run.annotations).toEqual([
			{
				kind: "notice",
				properties: { title: "Nothing to run" },
				message: "no hook in pipeline-hooks.toml is attached to pipeline_complete",
			},
		]);
		expect(run.summary).toContain("No hook in pipeline-hooks.toml is attached to it.");
	});
});
