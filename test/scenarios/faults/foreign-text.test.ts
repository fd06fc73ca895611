// Text that strangers write, and slips of the pen: neither passes for a fact of the run, and neither loses a gate.
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runAction, runCommand, workspace } from "../../helpers/runner.ts";
import { cli, fire as fireAt } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

/** A gate that says no to every branch but Dependabot's. */
const GATE = `[[hook.pipeline_start]]
name = "gate"
on_failure = "abort"
command = "exit 1"
filter = { exclude = ["branch:dependabot/*"] }
`;
const FORGED = { branch: "dependabot/x" };

/** Fires pipeline_start by the action, with these inputs beside it or in its place. */
function fire(
	config: string,
	inputs: Readonly<Record<string, string>> = {},
	files: Readonly<Record<string, string>> = {},
) {
	return fireAt(config, { inputs, files });
}

/** For `toMatchObject`: nothing was run, for this reason. */
const refused = (reason: string) => ({
	code: 1,
	outputs: { result: "error" },
	annotations: [{ kind: "error", message: expect.stringContaining(reason) }],
});

describe("fault 52: what strangers write in metadata, a context or a file is never taken for a fact of the run", () => {
	it.each([
		["metadata lines", { metadata: "message=Fix a typo\nbranch=dependabot/x" }],
		["metadata", { metadata: JSON.stringify(FORGED) }],
		["metadata of the context", { context: JSON.stringify({ metadata: FORGED }) }],
		["data, resource and entity", { context: JSON.stringify({ data: FORGED, resource: FORGED, entity: FORGED }) }],
	])("a branch in %s leaves the gate asked", async (_, inputs) => {
		expect(await fire(GATE, inputs)).toMatchObject({ code: 1, outputs: { result: "aborted" } });
	});

	it("facts of the CI in a context or in a line of a file are an error", async () => {
		const reason = '"ci" cannot be set: the facts of the CI come from the run';
		const context = JSON.stringify({ ci: FORGED });
		expect(await fire(GATE, { context })).toMatchObject(refused(`context: ${reason}`));
		const line = JSON.stringify({ event: "pipeline_start", ci: FORGED });
		const run = await fire(GATE, { event: "", "events-file": "events.jsonl" }, { "events.jsonl": line });
		expect(run).toMatchObject(refused(`line 1 of events.jsonl: ${reason}`));
	});

	it.each([
		["lines", { metadata: "env=prod\nmessage=Fix\nenv=test" }, "metadata: line 3 has the same key as line 1"],
		[
			"JSON",
			{ metadata: '{"env": "prod", "env": "test"}' },
			"metadata: has a key twice in one object (again at column 17)",
		],
		["a context", { context: '{"data": {"a": 1, "a": 2}}' }, "context: has a key twice in one object"],
		["an empty key", { metadata: '{"": 1}' }, "metadata: has an empty key"],
	])("a key that is given twice is an error: %s", async (_, inputs, reason) => {
		expect(await fire(GATE, inputs)).toMatchObject(refused(reason));
	});

	it("a key that the command is given twice is an error, also in a line of a file", async () => {
		const line = '{"event": "pipeline_start", "table": "a", "table": "b"}\n';
		const folder = workspace({ "pipeline-hooks.toml": GATE, "events.jsonl": line });
		const twice = await runCommand(["fire", "pipeline_start", "--metadata", "a=1", "--metadata", "a=2"], {
			workspace: folder,
		});
		expect(twice).toMatchObject({
			code: 2,
			stderr: expect.stringContaining("flag 2 of 2 repeats a key of an earlier flag"),
		});
		const file = await runCommand(["fire", "--events-file", "events.jsonl"], { workspace: folder });
		expect(file).toMatchObject({
			code: 2,
			stderr: expect.stringContaining("line 1 of events.jsonl: has a key twice in one object"),
		});
	});

	it("a filter's unknown key, or a comparison, is an error at its place", async () => {
		for (const [item, message, remedy] of [
			["brnach:dependabot/*", "has an unknown key", 'did you mean "branch:dependabot/*"?'],
			["env:prod", "has an unknown key", 'write "metadata.env:prod" for metadata of your own'],
			["ci.brnach:main", "names an unknown fact of the CI", 'did you mean "ci.branch:main"?'],
			["metadata.rows:>1", "is a comparison, but filters match text", "write the text itself"],
		] as const) {
			const config = GATE.replace("branch:dependabot/*", item);
			const run = await cli(["validate"], config);
			expect(run.code).toBe(2);
			expect(run.stderr).toContain(`pipeline-hooks.toml:5:23: "${item}" ${message}`);
			expect(run.stderr).toContain(remedy);
		}
	});

	it("an event that no line of a file beside it takes is an error: its gate was not asked", async () => {
		const beside = (text: string) => fire(GATE, { "events-file": "events.jsonl" }, { "events.jsonl": text });
		for (const text of ["", "\n \r\n\n"]) {
			expect(await beside(text)).toMatchObject(
				refused('events.jsonl has no events, so "pipeline_start" was not fired'),
			);
		}
		expect(await beside('{"event": "ping"}\n{"event": "job.started"}\n')).toMatchObject(
			refused('"pipeline_start" was not fired: every line of events.jsonl has its own event'),
		);
		expect(await beside('{"event": "ping"}\n{"table": "orders"}\n')).toMatchObject({ outputs: { result: "aborted" } });
	});

	it("in rocky.toml a gate on an unknown event is an error, and so is one in a table that is not read there", async () => {
		const gate = 'command = "exit 1"\non_failure = "abort"\n';
		const folder = (text: string) =>
			runAction({ inputs: { event: "pipeline_start" }, workspace: workspace({ "rocky.toml": text }) });
		for (const [header, message] of [
			["[[hook.pipelin_start]]", 'unknown event "pipelin_start": its gate would never be asked'],
			["[[hook.webhook.pipeline_start]]", "webhook is not a table of hooks: its gate would never be asked"],
			["[[hok.pipeline_start]]", "hok has a gate, but is not read in rocky.toml"],
			["[[pipeline_start]]", "pipeline_start has a gate, but is not read in rocky.toml"],
			["[[subscription]]", "subscription has a gate, but is not read in rocky.toml"],
		] as const) {
			expect(await folder(`[[hook.ping]]\ncommand = "true"\n${header}\n${gate}`)).toMatchObject(refused(message));
		}
		const other = await folder(
			`[[hook.ping]]\ncommand = "true"\n[[hook.later_event]]\ncommand = "true"\n[checks]\non_failure = "abort"\n`,
		);
		expect(other.annotations.map(({ kind }) => kind)).toEqual(["warning", "notice"]);
	});

	it("a config file with gates that another one hides is a warning that names it", async () => {
		const used = '[[hook.pipeline_start]]\ncommand = "true"\n';
		const files = { ".github/pipeline-hooks.toml": used };
		const run = await fire(`# hidden\n${GATE}`, {}, { ...files, "rocky.toml": "[adapter]\non_failure = 'abort'\n" });
		expect(run).toMatchObject({ code: 0, outputs: { result: "passed" } });
		expect(run.annotations).toEqual([
			{
				kind: "warning",
				properties: { title: expect.anything(), file: "pipeline-hooks.toml", line: "4", col: "1" },
				message: expect.stringContaining(
					"pipeline-hooks.toml has gates that are not asked: only .github/pipeline-hooks.toml is read",
				),
			},
		]);
		const quiet = await fire('[[hook.ping]]\ncommand = "true"\n', {}, files);
		expect(quiet.annotations).toEqual([]);
		const broken = await fire("[[", {}, files);
		expect(broken).toMatchObject({ code: 0, annotations: [{ kind: "warning" }] });
	});
});

describe("fault 52: text of several lines arrives whole, and no other conclusion of GitHub's arrives as a success", () => {
	it("a value between delimiters holds whatever its lines say", async () => {
		const server = await startServer({ status: 200 });
		const config = `[[hook.webhooks.pipeline_start]]\nurl = "${server.url}"\n`;
		const message = "Load customers\n\nbranch=dependabot/x\n  END\nkey<<OTHER";
		const metadata = ` env = prod \r\nmessage<<END\r\n${message.replaceAll("\n", "\r\n")}\r\nEND\r\nlast=1`;
		expect(await fire(config, { metadata })).toMatchObject({ outputs: { result: "passed" } });
		expect(JSON.parse(server.requests[0]?.body ?? "").metadata).toEqual({ env: "prod", message, last: "1" });
		expect(await fire(config, { metadata: "message<<END\nfirst\nEND \nlast=1" })).toMatchObject(
			refused("metadata: line 1 opens a value that is not closed"),
		);
	});

	it("each becomes the nearest of our statuses", async () => {
		const folder = workspace({ "pipeline-hooks.toml": '[[hook.ping]]\ncommand = "cat >> seen"\n', seen: "" });
		const statuses = {
			skipped: "info",
			neutral: "info",
			timed_out: "failure",
			startup_failure: "failure",
			action_required: "warning",
			stale: "cancelled",
			success: "success",
			failure: "failure",
			cancelled: "cancelled",
		};
		for (const status of Object.keys(statuses)) {
			appendFileSync(join(folder, "events.jsonl"), `${JSON.stringify({ event: "ping", status })}\n`);
		}
		const run = await runCommand(["fire", "--events-file", "events.jsonl"], { workspace: folder });
		expect(run.code).toBe(0);
		const shown = await runCommand(["fire", "ping", "--context", '{"status": "Skipped"}'], { workspace: folder });
		expect(shown).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('"status" must be one of started, success'),
		});
		const seen = await runCommand(["render", "ping", "--json", "--context", '{"status": "stale"}'], {
			workspace: folder,
		});
		expect(JSON.parse(JSON.parse(seen.stdout).messages[0].stdin).status).toBe("cancelled");
		const given = await runCommand(["render", "ping", "--json", "--status", "skipped"], { workspace: folder });
		expect(JSON.parse(JSON.parse(given.stdout).messages[0].stdin).status).toBe("info");
		const lines = readFileSync(join(folder, "seen"), "utf8").trim().split("\n");
		expect(lines.map((line) => JSON.parse(line).status)).toEqual(Object.values(statuses));
	});
});
