// `validate` of a config that is valid and hardly meant; and what a run says of it.
import { expect, it } from "vitest";
import { runAction, runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const SECRET = "R0UT1NG0KEY0OF0A0TEST0";

const config = (url: string) => `[[hook.webhooks.pipeline_error]]
name = "page"
preset = "pagerduty"
url = "${url}"
routing_key = "${SECRET}"
retry_delay_ms = 50
title = "{{piepline}} failed"

[[hook.webhooks.pipeline_error]]
name = "chat"
preset = "teams"
url = "\${TEAMS_URL:-https://acme.webhook.office.com/webhookb2/x}"
enabled = false
`;

const LINES = [
	"pipeline-hooks.toml:5:1: routing_key is a credential, which everyone who reads this file can use",
	"pipeline-hooks.toml:6:1: retry_delay_ms is 50 milliseconds",
	"pipeline-hooks.toml:7:10: title: {{piepline}} names a field that no event has",
	"pipeline-hooks.toml:12:1: url is a credential, which everyone who reads this file can use",
];

async function setUp() {
	const server = await startServer({ status: 202 });
	const folder = workspace({ "pipeline-hooks.toml": config(server.url) });
	return { server, folder, run: (...args: readonly string[]) => runCommand(args, { workspace: folder }) };
}

/** The first line of each, without its code. */
const heads = (text: string, kind: string) =>
	Array.from(text.matchAll(new RegExp(`^${kind}\\[\\w+\\]: (.*)$`, "gm")), ([, line]) => line);

it("validate shows each warning as an error is shown, and ends with 0", async () => {
	const { run } = await setUp();
	const ended = await run("validate");
	expect(ended).toMatchObject({ code: 0, stderr: "" });
	expect(ended.stdout).toContain(
		"pipeline-hooks.toml is valid: 2 hooks, 1 of them disabled, on 1 event, with 4 warnings\n" +
			`warning[literal_secret]: ${LINES[0]}\n` +
			`    4 | url = •••\n  > 5 | routing_key = •••\n      | ^\n    6 | retry_delay_ms = 50\n` +
			"  → write ${ROUTING_KEY} in its place, and set that in the step's env from a secret of the repository\n",
	);
	expect(heads(ended.stdout, "warning")).toEqual(LINES);
	expect(ended.stdout).not.toContain(SECRET);
});

it("validate --json has them beside the rest", async () => {
	const { run } = await setUp();
	const { code, stdout } = await run("validate", "--json");
	expect(code).toBe(0);
	const { result, warnings } = JSON.parse(stdout);
	expect([result, warnings.length]).toEqual(["valid", 4]);
	expect(warnings[1]).toEqual({
		code: "short_time",
		message: "retry_delay_ms is 50 milliseconds",
		remedy: "for 50 seconds write retry_delay_ms = 50000",
		file: "pipeline-hooks.toml",
		line: 6,
		column: 1,
	});
	expect(stdout).not.toContain(SECRET);
});

it("validate --strict makes them errors", async () => {
	const { run } = await setUp();
	const ended = await run("validate", "--strict");
	expect(ended).toMatchObject({ code: 2, stdout: "" });
	expect(heads(ended.stderr, "error")).toEqual(LINES);
	const json = await run("validate", "--strict", "--json");
	expect(json.code).toBe(2);
	const { result, problems } = JSON.parse(json.stdout);
	expect(result).toBe("error");
	expect(problems.map(({ code }: { code: string }) => code)).toEqual([
		"literal_secret",
		"short_time",
		"unknown_field",
		"literal_secret",
	]);
});

it("validate --strict is content with a config that has none", async () => {
	const folder = workspace({ "pipeline-hooks.toml": '[[hook.ping]]\ncommand = "true"\n' });
	expect(await runCommand(["validate", "--strict"], { workspace: folder })).toMatchObject({ code: 0, stderr: "" });
});

it("a run does not repeat them", async () => {
	const { folder, run, server } = await setUp();
	const fired = await run("fire", "pipeline_error");
	expect(fired.code).toBe(0);
	expect(fired.stderr).toBe("");
	const action = await runAction({ inputs: { event: "pipeline_error" }, workspace: folder });
	expect(action.annotations).toEqual([]);
	expect(action.log).not.toContain("warning[");
	expect(fired.stderr + action.log).not.toContain(SECRET);
	expect(server.requests).toHaveLength(2);
});

it("a URL that is retired is a warning of validate, and a note of each delivery", async () => {
	const toml = '[hook.webhooks.ping]\npreset = "discord"\nurl = "URL/webhooks/1/slack"\n';
	const server = await startServer({ status: 200, body: "{}" });
	const folder = workspace({ "pipeline-hooks.toml": toml.replace("URL", server.url) });
	const note = "the url ends in /slack, where Discord accepts another service's messages";
	const checked = await runCommand(["validate"], { workspace: folder });
	expect(checked.stdout).toContain(`warning[unsuitable_url]: pipeline-hooks.toml:3:1: ${note}\n`);
	const fired = await runCommand(["fire", "ping"], { workspace: folder });
	expect(fired.stderr).toBe("");
	expect(fired.stdout).toContain(`note: ${note}: remove that part\n`);
});

it.each([
	["an array", '[{"event": "ping"},\n{"event": "ping"}]\n', "begins a JSON array"],
	["one object", '{\n"event": "ping"\n}\n', "begins an object of several lines"],
])("an events file that is %s says how to write it", async (_, text, what) => {
	const folder = workspace({ "pipeline-hooks.toml": '[[hook.ping]]\ncommand = "true"\n', "events.json": text });
	const ended = await runCommand(["fire", "--events-file", "events.json"], { workspace: folder });
	expect(ended.code).toBe(2);
	expect(ended.stderr).toContain(`error[events_file]: events.json:1:1: line 1 of events.json: ${what}`);
	expect(ended.stderr).toMatch(/`jq -c '.*'` writes the file so/);
});

it.each(["pipeline-hooks.yml", "pipeline-hooks.json"])(
	"%s is not taken for a config, and that is said",
	async (file) => {
		const folder = workspace({ [file]: file.endsWith("json") ? '{"hook": {}}' : "hook:\n  ping:\n    - command: x\n" });
		const none = await runCommand(["validate"], { workspace: folder });
		expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining(`; ${file} is not read\n  → it is `) });
		const named = await runCommand(["validate", "--config", file], { workspace: folder });
		expect(named.stderr).toMatch(/^error\[config_syntax\]: \S+:1:1: \S+ is (YAML|JSON), and a config is TOML\n/);
	},
);

it("validate shows no credential of a template beside the line that it warns of", async () => {
	const body = ['{"Authorization": "Bearer a-token-of-mine",', '"text": "{{piepline}}",', '"password": "hunter2"}'];
	const webhook = `[hook.webhooks.ping]\nurl = "https://example.com/x"\nbody_template = '''\n${body.join("\n")}'''\n`;
	const folder = workspace({ "pipeline-hooks.toml": webhook });
	const shown = await runCommand(["validate"], { workspace: folder });
	expect(shown.code).toBe(0);
	expect(shown.stdout).toContain('  4 | {"Authorization": "Bearer •••\n');
	expect(shown.stdout).toContain('  6 | "password": "•••\n');
	expect(shown.stdout + shown.stderr).not.toMatch(/a-token|hunter2/);
});
