// What a failing hook does to the rest: failure modes, gates, timeouts, deadlines, order and limits.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { normalise, runAction, workspace } from "../helpers/runner.ts";
import { fire } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

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
		const run = await fire(`[[hook.pipeline_start]]
name = "before"
command = "touch before"
[[hook.webhooks.pipeline_start]]
name = "announce"
url = "${receiver.url}"
${header}
name = "failing"
${target.replace("URL", server.url)}
on_failure = "${mode}"
`);
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
			{ hook: "other", status: "skipped", error: "gate third denied" },
			{ hook: "first", status: "delivered" },
			{ hook: "second", status: "delivered" },
			{ hook: "fourth", status: "skipped", error: "gate third denied" },
		],
	});
	expect(run.summary).toContain("third (gate)");
});

test("shell hooks other than gates run one at a time beside the webhooks", async () => {
	const server = await startServer({ status: 503 }, { status: 200 });
	const hook = (name: string, seconds: number) =>
		`[[hook.pipeline_start]]\nname = "${name}"\ncommand = "echo ${name} begins >> order; sleep ${seconds}; echo ${name} ends >> order"\n`;
	const folder = workspace({
		"pipeline-hooks.toml": `${hook("a", 1)}${hook("b", 0.1)}[hook.webhooks.pipeline_start]\nname = "w"\nurl = "${server.url}"\nretry_delay_ms = 1\n`,
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

	it("have no row where nothing is attached to the event, which a notice says", async () => {
		const run = await fire('[[hook.pipeline_start]]\ncommand = "true"\n', { event: "pipeline_complete" });
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
