// Every mistake of the user gives one clear line that says what, where and what to do, and nothing runs.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { runAction, runCommand, workspace } from "../helpers/runner.ts";
import { fire } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

/** Four lines with a webhook and a command that must not run. */
const LIVE = (url: string) => `[hook.webhooks.pipeline_start]
url = "${url}"
[[hook.pipeline_start]]
command = "touch ran"
`;

const METADATA_FORMS =
	'give a JSON object, {"tables": 20}, or lines of key=value; write a value of several lines between key<<END and ' +
	"END, and pass text that others wrote as JSON, with toJSON()";

interface Mistake {
	readonly name: string;
	readonly event?: string;
	/** Inputs of the action, flags of the command. */
	readonly given?: Readonly<Record<string, string>>;
	/** What own.toml holds, which is then the config. */
	readonly config?: string | Uint8Array;
	readonly message: string;
	readonly remedy: string;
	/** Line and column in own.toml. */
	readonly at?: readonly [line: number, column: number];
}

const mistakes: readonly Mistake[] = [
	{
		name: "no event",
		event: "",
		message: "no event was given",
		remedy: "name one with `event`, for example pipeline_start, or give an `events-file`",
	},
	{
		name: "an unknown event",
		event: "pipeline_strat",
		message: 'unknown event "pipeline_strat"',
		remedy: expect.stringContaining('did you mean "pipeline_start"?'),
	},
	{
		name: "a config that is not there",
		given: { config: "nowhere.toml" },
		message: "config file nowhere.toml not found in WORKSPACE",
		remedy: "correct the config input; if the workspace is still empty, run actions/checkout before this step",
	},
	{
		name: "a config that is empty",
		config: "",
		message: "own.toml is empty",
		remedy: "add one, as [[hook.pipeline_error]] with a command or [[hook.webhooks.pipeline_error]] with a url",
		at: [1, 1],
	},
	{
		name: "a config that is a folder",
		given: { config: "scripts" },
		message: "config file scripts cannot be read: is a directory",
		remedy: "make it a readable TOML file of at most 10 MB",
	},
	{
		name: "a config that is not UTF-8",
		config: new Uint8Array([0x23, 0x20, 0xff, 0xfe]),
		message: "own.toml is not UTF-8 text",
		remedy: "save the file as plain UTF-8 text",
		at: [1, 3],
	},
	{
		name: "a URL without quotes",
		config: "[hook.webhooks.pipeline_start]\nurl = https://example.com/services/T0/B0/topsecret\n",
		message: "own.toml is not valid TOML: the value is missing or is not a TOML value",
		remedy: 'put text in quotes, as in key = "text"',
		at: [2, 7],
	},
	{
		name: "metadata that is neither JSON nor key=value",
		given: { metadata: "just words" },
		message: "metadata: line 1 is neither JSON nor key=value nor key<<END",
		remedy: METADATA_FORMS,
	},
	{
		name: "a duration that is not a number",
		given: { "duration-ms": "soon" },
		message: 'duration-ms: "soon" is not a number',
		remedy: "give milliseconds, 0 or more, for example 45200",
	},
	{
		name: "a status that is none",
		given: { status: "failed" },
		message: 'status: "failed" is not a status',
		remedy:
			"give one of started, success, failure, cancelled, info, warning, or a conclusion of GitHub's: skipped, neutral, timed_out, startup_failure, action_required, stale",
	},
	{
		name: "a context with an unknown key",
		given: { context: '{"tabel": "orders"}' },
		message: 'context: unknown key "tabel"',
		remedy: 'did you mean "table"? Values of your own go into metadata',
	},
	{
		name: "a URL of another scheme",
		config: '[hook.webhooks.pipeline_start]\nurl = "ftp://user:topsecret@example.com"\n',
		message: "url has the scheme ftp",
		remedy: "webhooks are sent to https:// and nats:// URLs only",
		at: [2, 1],
	},
	{
		name: "a preset that does not exist",
		config: '[hook.webhooks.pipeline_start]\nurl = "https://example.com/topsecret"\npreset = "slak"\n',
		message:
			'preset is "slak", which is not one of alertmanager, arraylake, cloudevents, datachonk, datadog, discord, generic, google_chat, incident_io, mattermost, ntfy, openmetadata, pagerduty, service_hook, slack, teams, telegram',
		remedy: 'did you mean "slack"?',
		at: [3, 1],
	},
];

describe.each(mistakes)("$name", ({ event = "pipeline_start", given = {}, config, message, remedy, at }) => {
	it("fails the step with one annotation, ends the command with exit code 2, and nothing runs", async () => {
		const server = await startServer({ status: 200 });
		const folder = workspace({
			// It comes beside hooks that are right; without a mistake there it must not be used instead.
			"pipeline-hooks.toml": LIVE(server.url),
			"scripts/x": "",
			...(config === undefined ? {} : { "own.toml": config }),
		});
		const inputs = config === undefined ? given : { ...given, config: "own.toml" };
		const run = await runAction({ inputs: { ...inputs, event }, workspace: folder });
		expect(run).toMatchObject({ code: 1, stderr: "", annotations: [{ kind: "error" }] });
		const [, what, then] =
			/^(.*?); (.*) \[\w+\]$/.exec(
				run.annotations[0]?.message.replace(folder, "WORKSPACE").replace(message, "MESSAGE") ?? "",
			) ?? [];
		expect([what, then]).toEqual(["MESSAGE", remedy]);
		const [line, column] = at ?? [];
		const properties = { title: `own.toml:${line}:${column}`, file: "own.toml", line: `${line}`, col: `${column}` };
		expect(run.annotations[0]?.properties).toEqual(at === undefined ? {} : properties);
		expect(run.outputs).toEqual({
			...{ result: "error", delivered: "0", failed: "0", skipped: "0", held: "0", "event-id": "" },
			results: '{"result":"error","event":"","event_id":"","truncated":false,"results":[]}',
		});
		expect(run.summary).toMatch(/^### ❌ Nothing was run: 1 problem\n\n\| Where \| What \| What to do \|\n/);

		const flags = Object.entries(inputs).flatMap(([name, value]) => [`--${name}`, value]);
		const command = await runCommand(["fire", event, ...flags], { workspace: folder });
		expect(command).toMatchObject({ code: 2, stdout: "" });
		const [first, ...rest] = command.stderr.replace(folder, "WORKSPACE").trimEnd().split("\n");
		expect(first).toMatch(/^error\[\w+\]: /);
		expect(first?.replace(/^\S+ /, "")).toBe(`${at === undefined ? "" : `own.toml:${at.join(":")}: `}${message}`);
		expect(rest.at(-1)?.replace("  → ", "")).toEqual(remedy);
		expect(run.stdout + run.summary + command.stderr).not.toContain("topsecret");
		expect(server.requests).toEqual([]);
		expect(existsSync(join(folder, "ran"))).toBe(false);
	});
});

test("no config at all names the places that were looked at", async () => {
	const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: workspace() });
	expect(run).toMatchObject({ code: 1 });
	expect(run.annotations[0]?.message).toContain(
		"looked for .github/pipeline-hooks.toml, pipeline-hooks.toml, rocky.toml",
	);
});

test("all mistakes in the inputs are told at once", async () => {
	const run = await runAction({
		inputs: { "duration-ms": "x", metadata: "y", context: "z", "dry-run": "maybe" },
		workspace: workspace(),
	});
	expect(run.annotations.map(({ message }) => message.split(/[: ]/)[0])).toEqual([
		"no",
		"context",
		"duration-ms",
		"metadata",
		"dry-run",
	]);
});

test("eight mistakes, eight places, and no secret of a neighbouring line", async () => {
	const server = await startServer({ status: 200 });
	const config = `# 1
[hook.webhooks.pipeline_error]
url = "https://hooks.example.com/services/T0/B0/neighbour-1"
preset = "slak"
body_template = """
url = "ftp://decoy.example/"
method = "DECOY {{event}}"
"""
"retry_count" = -1
headers.Authorization = "Bearer neighbour-2"
headers."Content-Length" = "12"
secret = "neighbour-3"

[hook]
pipeline_start = [{ command = "touch ran", timeout_ms = 0 }, { command = "true", env = { TOKEN = "neighbour-4", "BAD-NAME" = "public" }, onfailure = "abort" }]

[[hook."webhooks"."pipeline_complet"]]
url = "https://example.com/neighbour-5"

[[hook.webhooks.'pipeline_complete']]
"url" = "ftp://user:neighbour-6@example.com/"

[[hook.webhooks.pipeline_start]]
url = "${server.url}"
`;
	const folder = workspace({ "pipeline-hooks.toml": config });
	const column = (text: string) => 1 + (config.split("\n")[14]?.indexOf(text) ?? 0);
	const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: folder });
	expect(run.code).toBe(1);
	expect(run.annotations.map(({ properties, message }) => [properties["title"], message.split(/[;,]/)[0]])).toEqual([
		["pipeline-hooks.toml:4:1", 'preset is "slak"'],
		["pipeline-hooks.toml:9:1", "retry_count must be an integer from 0 to 2147483647"],
		["pipeline-hooks.toml:11:9", "headers.Content-Length is set by the connection itself"],
		[`pipeline-hooks.toml:15:${column("timeout_ms")}`, "timeout_ms must be an integer from 1 to 2147483647"],
		[`pipeline-hooks.toml:15:${column('"BAD-NAME"')}`, "env has an invalid variable name"],
		[`pipeline-hooks.toml:15:${column("onfailure")}`, 'unknown key "onfailure"'],
		["pipeline-hooks.toml:17:1", 'unknown event "pipeline_complet"'],
		["pipeline-hooks.toml:21:1", "url has the scheme ftp"],
	]);
	const shown = run.stdout + run.summary + JSON.stringify(run.outputs);
	expect(shown).not.toMatch(/neighbour-\d/);
	expect(run.stdout).toContain("Nothing was run: 8 problems.");
	expect(server.requests).toEqual([]);
	expect(existsSync(join(folder, "ran"))).toBe(false);

	const json = await runCommand(["validate", "--json"], { workspace: folder });
	expect(json.code).toBe(2);
	expect(JSON.parse(json.stdout)).toMatchObject({
		result: "error",
		problems: [4, 9, 11, 15, 15, 15, 17, 21].map((line) => ({ file: "pipeline-hooks.toml", line })),
	});
	expect(json.stdout + json.stderr).not.toMatch(/neighbour-\d/);
});

describe("more than ten annotations of a kind", () => {
	const failing = (count: number) => '[[hook.pipeline_start]]\ncommand = "exit 3"\n'.repeat(count);

	it("are nine of mistakes and how many more there are", async () => {
		const config = '[[hook.pipeline_start]]\ncommand = "true"\ncolour = "red"\n'.repeat(12);
		const run = await fire(config);
		expect(run.annotations.length).toBe(10);
		expect(run.annotations.at(-1)).toEqual({ kind: "error", properties: {}, message: "3 more, see the summary" });
		expect(run.summary.match(/unknown key/g)?.length).toBe(12);
	});

	it.each([
		[10, 10, "the shell hook failed: exit code 3"],
		[12, 10, "3 more, see the summary"],
	])("of %i failures are %i, and the last says: %s", async (count, shown, last) => {
		const run = await fire(failing(count));
		expect(run).toMatchObject({ code: 0, outputs: { result: "warned", failed: String(count) } });
		expect(run.annotations.map(({ kind }) => kind)).toEqual(Array.from({ length: shown }, () => "warning"));
		expect(run.annotations.at(-1)?.message).toBe(last);
		expect(run.summary.match(/❌/g)?.length).toBe(count);
	});

	it("send the reader to the log where there is no summary", async () => {
		const run = await fire(failing(11), { inputs: { summary: "false" } });
		expect(run.annotations.at(-1)?.message).toBe("2 more, see the log");
		expect(run.summary).toBe("");
	});
});

describe("a variable that is unset or empty", () => {
	const config = (url: string, mode: string) => `[[hook.webhooks.pipeline_start]]
name = "needs-it"
url = "${url}/needs"
secret = "\${WEBHOOK_SECRET}"
on_failure = "${mode}"

[[hook.webhooks.pipeline_start]]
name = "does-not"
url = "${url}/free"
`;
	const reason = "variable WEBHOOK_SECRET is unset or empty; set it in the step's env";

	it.each([
		["warn", 0, ["/free"], [["warning", `the webhook failed: ${reason}`]], "warned"],
		["ignore", 0, ["/free"], [], "passed"],
		["abort", 1, [], [["error", `the gate stopped the pipeline: ${reason}`]], "aborted"],
	])("fails its own hook only, by its mode %s", async (mode, code, paths, annotations, result) => {
		const server = await startServer({ status: 200 });
		const run = await fire(config(server.url, mode), { env: mode === "warn" ? {} : { WEBHOOK_SECRET: "" } });
		expect(run).toMatchObject({ code, outputs: { result } });
		expect(server.requests.map(({ path }) => path)).toEqual(paths);
		expect(run.annotations.map(({ kind, message }) => [kind, message])).toEqual(annotations);
	});
});

test("no annotation points outside the repository: neither at an error there, nor at a hook that failed", async () => {
	const folder = workspace({
		"wrong.toml": 'key = "x"\n',
		"failing.toml": '[[hook.ping]]\nname = "check"\ncommand = "exit 3"\n',
	});
	for (const [file, title] of [
		["wrong.toml", `${join(folder, "wrong.toml")}:1:1`],
		["failing.toml", "check"],
	] as const) {
		const inputs = { event: "ping", config: join(folder, file) };
		const { annotations } = await runAction({ inputs, workspace: workspace() });
		expect(annotations.map(({ properties }) => properties)).toEqual([{ title }]);
	}
});
