// What was given arrives as it was given: numbers with all their digits, and text without the line ends of an editor.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodes } from "../../helpers/nodes.ts";
import { runAction, runCommand, runProgram, workspace } from "../../helpers/runner.ts";
import { cli } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

const NUMBERS = {
	id: "1152921506151679042",
	huge: "1e400",
	small: "0.1000000000000000055511151231257827",
	minus: "-0",
	version: "1.10",
	plain: "20",
};
const JSON_TEXT = `{${Object.entries(NUMBERS).map(([key, number]) => `"${key}":${number}`)}}`;

const config = (url: string) => `
[[hook.pipeline_complete]]
name = "stdin"
command = "cat >> seen"
filter = { include = ["metadata.id:1152921506151679042", "metadata.version:1.10", "metadata.deep.huge:1e400"] }

[[hook.webhooks.pipeline_complete]]
name = "body"
url = "${url}/body"
batch_size = 1

[[hook.webhooks.pipeline_complete]]
name = "template"
url = "${url}/template"
body_template = '{"json": {{{metadata.id}}}, "text": "{{metadata.huge}}", "all": {{{metadata.deep}}}, "own": 1.0}'

[[hook.webhooks.pipeline_complete]]
name = "options"
url = "${url}/options"
preset = "pagerduty"
routing_key = "R0UT1NGK3Y"
custom_details = { job = 9223372036854775807 }
`;

describe("fault 60: numbers of many digits arrive as they were written, in body, stdin, filter and template", () => {
	const metadata = `{"deep": ${JSON_TEXT}, ${JSON_TEXT.slice(1)}`;
	const whole = `"metadata":{"deep":${JSON_TEXT},${JSON_TEXT.slice(1)}`;

	it("given as metadata, in a context and in a line of a file", async () => {
		for (const inputs of [
			{ event: "pipeline_complete", metadata },
			{ event: "pipeline_complete", context: `{"metadata": ${metadata}}` },
			{ "events-file": "events.jsonl" },
		]) {
			const server = await startServer({ status: 200 });
			const line = `{"event": "pipeline_complete", "metadata": ${metadata}}\n`;
			const folder = workspace({ "pipeline-hooks.toml": config(server.url), "events.jsonl": line });
			const run = await runAction({ inputs, workspace: folder });
			expect(run.outputs).toMatchObject({ result: "passed", delivered: "4" });
			const body = (path: string) => server.requests.find((request) => request.path === path)?.body ?? "";
			expect(readFileSync(join(folder, "seen"), "utf8")).toContain(whole);
			expect(body("/body")).toContain(whole);
			expect(body("/template")).toBe(`{"json":${NUMBERS.id},"text":"1e400","all":${JSON_TEXT},"own":1.0}`);
			expect(body("/options")).toContain('"job":9223372036854775807');
		}
	});

	it("given to the command, and held for a batch by one step and sent by another", async () => {
		const server = await startServer({ status: 200 });
		const held = `[[subscription]]\nevents = ["check_result"]\nurl = "${server.url}"\nbatch_size = 5\n`;
		const folder = workspace({ "pipeline-hooks.toml": held });
		const env = { TMPDIR: folder };
		const fired = await runCommand(
			["fire", "check_result", "--metadata", `{"id": ${NUMBERS.id}}`, "--metadata", `{"v": 1.0}`],
			{ workspace: folder, env },
		);
		expect(fired).toMatchObject({ code: 0, stderr: "" });
		expect(await runCommand(["flush"], { workspace: folder, env })).toMatchObject({ code: 0 });
		expect(server.requests[0]?.body).toContain(`"metadata":{"id":${NUMBERS.id},"v":1.0}`);
	});

	it("on a Node that cannot write them, they are an error that says to quote them", async () => {
		const cli = join(import.meta.dirname, "../../../dist/cli/index.js");
		for (const { path, version } of nodes()) {
			const folder = workspace({ "pipeline-hooks.toml": '[[hook.ping]]\ncommand = "cat"\n' });
			const fire = (given: string) =>
				runProgram(path, [cli, "fire", "ping", "--metadata", given], {
					cwd: folder,
					env: { PATH: process.env["PATH"] ?? "" },
				});
			expect((await fire('{"a": 20}')).stdout).toContain('"metadata":{"a":20}');
			const run = await fire(`{"id": ${NUMBERS.id}}`);
			if (Number(/\d+/.exec(version)?.[0]) >= 22) expect(run.stdout).toContain(`"metadata":{"id":${NUMBERS.id}}`);
			else
				expect(run).toMatchObject({
					code: 2,
					stderr: expect.stringContaining("put it in quotes, or use Node 22 or later"),
				});
		}
	});
});

describe("fault 61: strings of several lines have LF, even in a config with CRLF", () => {
	it("in commands and templates; an escape stays, and a mistake keeps its place", async () => {
		const server = await startServer({ status: 200 });
		const lines = `[[hook.pipeline_start]]
name = "gate"
on_failure = "abort"
command = """
set -e
test -d .github
printf '%s' "$TEXT" > text
"""
env = { TEXT = """a
b\\r\\nc""" }

[[hook.webhooks.pipeline_start]]
url = "${server.url}"
headers = { Content-Type = "text/plain" }
body_template = '''
one
two'''
`;
		const folder = workspace({ ".github/pipeline-hooks.toml": lines.replaceAll("\n", "\r\n") });
		const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: folder });
		expect(run.outputs).toMatchObject({ result: "passed" });
		expect(readFileSync(join(folder, "text"), "utf8")).toBe("a\nb\r\nc");
		expect(server.requests[0]?.body).toBe("one\ntwo");
		const wrong = `${lines}on_failure = "wrn"\n`.replaceAll("\n", "\r\n");
		const told = await cli(["validate"], wrong);
		expect(told).toMatchObject({ code: 2, stderr: expect.stringContaining("pipeline-hooks.toml:18:1: on_failure is") });
	});
});

it("a failed batch of one event is kept and sent again like any other", async () => {
	const server = await startServer({ status: 400 }, { status: 200 });
	const config = `[[subscription]]\nevents = ["check_result"]\nurl = "${server.url}"\nbatch_size = 1\n`;
	const folder = workspace({ "pipeline-hooks.toml": config });
	const given = { workspace: folder, env: { TMPDIR: folder } };
	const failed = await runCommand(["fire", "check_result", "--table", "orders"], given);
	expect(failed.stdout + failed.stderr).toContain("its 1 event stays held for `flush`");
	expect((await runCommand(["flush"], given)).stdout).toContain("1 delivered");
	const [first, again] = server.requests;
	expect(again?.body).toBe(first?.body);
	expect(again?.headers["x-rocky-delivery"]).toBe(first?.headers["x-rocky-delivery"]);
	expect((await runCommand(["flush"], given)).stdout).not.toContain("1 delivered");
});
