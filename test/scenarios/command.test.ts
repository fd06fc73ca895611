// The built command as a person and a script use it: flags, JSON, exit codes, help that holds what it says.
import { appendFileSync, chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { CATALOG } from "../../src/model/catalog.ts";
import { BASE_ENV, normalise, runCommand, runProgram, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const CLI = join(import.meta.dirname, "../../dist/cli/index.js");

const config = (url: string) => `[[hook.pipeline_start]]
name = "gate"
command = "test ! -e frozen || { echo frozen until Monday >&2; false; }"
on_failure = "abort"

[[hook.pipeline_error]]
name = "log"
command = "cat > context.json"

[hook.webhooks.pipeline_error]
name = "alert"
url = "${url}/alert"
preset = "slack"
secret = "\${WEBHOOK_SECRET}"

[hook.webhooks.pipeline_complete]
name = "broken"
url = "\${NOT_SET}"

[event.deploy_approved]
title = "Deploy approved"
`;

/** docs/events.md has them in this order: readme.test.ts. */
const NAMES = CATALOG.map(({ name }) => name);

const SECRETS = { WEBHOOK_SECRET: "a-secret-of-this-test" };

async function setUp(files: Readonly<Record<string, string>> = {}) {
	const server = await startServer({ status: 200, body: "ok" });
	const folder = workspace({ ".github/pipeline-hooks.toml": config(server.url), ...files });
	const run = (args: readonly string[], more: { env?: Readonly<Record<string, string>>; input?: string } = {}) =>
		runCommand(args, { workspace: folder, ...more, env: { ...SECRETS, ...more.env } });
	return { server, folder, run };
}

/** A shell in which `pipeline-hooks` is the built command. */
function inShell(script: string, folder: string) {
	const bin = workspace({ "pipeline-hooks": `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n` });
	chmodSync(join(bin, "pipeline-hooks"), 0o755);
	const env = { ...BASE_ENV, ...SECRETS, PATH: `${bin}:${BASE_ENV["PATH"]}` };
	return runProgram("/bin/bash", ["-c", script], { cwd: folder, env });
}

describe("fire", () => {
	it("takes every input of the action as a flag", async () => {
		const { server, folder, run } = await setUp();
		const flags = {
			"--run-id": "run_7",
			"--pipeline": "etl",
			"--model": "customers",
			"--table": "orders",
			"--error": "no disk",
			"--status": "cancelled",
			"--duration-ms": "1500",
			"--context": '{"owners": ["data"], "metadata": {"c": 3}}',
			"--config": ".github/pipeline-hooks.toml",
		};
		const metadata = ["--metadata", "a=1=one\nand two", "--metadata", '{"b": 2}'];
		const ended = await run(["fire", "pipeline_error", ...Object.entries(flags).flat(), ...metadata]);
		expect(ended).toMatchObject({ code: 0, stderr: "" });
		expect(JSON.parse(readFileSync(join(folder, "context.json"), "utf8"))).toMatchObject({
			event: "pipeline_error",
			run_id: "run_7",
			pipeline: "etl",
			status: "cancelled",
			model: "customers",
			table: "orders",
			error: "no disk",
			duration_ms: 1500,
			owners: ["data"],
			metadata: { a: "1=one\nand two", b: 2, c: 3 },
			ci: { provider: "local" },
		});
		expect(server.requests.length).toBe(1);
		// The two run side by side.
		expect(normalise(ended.stdout).trimEnd().split("\n").toSorted()).toEqual(
			[
				"▸ log: cat > context.json",
				"✓ log · TIME",
				"✓ alert → http://127.0.0.1:PORT/… · 200 · TIME",
				"pipeline_error: passed · 2 delivered, 0 failed, 0 skipped",
			].toSorted(),
		);
	});

	it("--dry-run shows, and sends nothing", async () => {
		const { server, run } = await setUp();
		const ended = await run(["fire", "pipeline_error", "--error", "no disk", "--dry-run"]);
		expect(ended).toMatchObject({ code: 0, stderr: "" });
		expect(ended.stdout).toContain("▸ log\n  $ cat > context.json\n");
		expect(ended.stdout).toContain(`▸ alert\n  POST ${server.url}/…\n  Content-Type: application/json\n`);
		expect(ended.stdout).toContain("\n  X-Rocky-Signature: (made when sent)\n");
		expect(ended.stdout).toMatch(/pipeline_error: dry run, nothing was sent\n$/);
		expect(server.requests).toEqual([]);
	});

	it("--json writes one document to stdout, and everything else to stderr", async () => {
		const { run } = await setUp();
		const ended = await run(["fire", "pipeline_complete", "--json"]);
		expect(ended.code).toBe(0);
		expect(JSON.parse(ended.stdout)).toEqual({
			result: "warned",
			event: "pipeline_complete",
			event_id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
			truncated: false,
			results: [
				{
					hook: "broken",
					kind: "webhook",
					target: `\${NOT_SET}`,
					status: "failed",
					attempts: 0,
					duration_ms: 0,
					cause: "unset_variable",
					error: "variable NOT_SET is unset or empty; set it in the step's env",
				},
			],
		});
		expect(ended.stderr).toBe(`✗ broken → \${NOT_SET}: variable NOT_SET is unset or empty; set it in the step's env\n`);
	});

	it.each([
		["passed", "pipeline_start", {}, 0, "pipeline_start: passed · 1 delivered, 0 failed, 0 skipped\n"],
		["warned", "pipeline_complete", {}, 0, "pipeline_complete: warned · 0 delivered, 1 failed, 0 skipped\n"],
		[
			"aborted",
			"pipeline_start",
			{ frozen: "" },
			1,
			"pipeline_start: aborted · gate gate denied: frozen until Monday (exit code 1) · 0 delivered, 1 failed, 0 skipped\n",
		],
		["nothing to do", "ping", {}, 0, "ping: no hook in .github/pipeline-hooks.toml is attached to it\n"],
		[
			"its own event",
			"deploy_approved",
			{},
			0,
			"deploy_approved: no hook in .github/pipeline-hooks.toml is attached to it\n",
		],
	])("%s: the exit code and the last line", async (_, event, files, code, last) => {
		const { run } = await setUp(files);
		const ended = await run(["fire", event]);
		expect(ended).toMatchObject({ code, stderr: "" });
		expect(ended.stdout.endsWith(last), ended.stdout).toBe(true);
		if (code === 1) expect(ended.stdout).toContain("✗ gate · ");
		if (code === 1) expect(ended.stdout).toContain(": frozen until Monday (exit code 1)\n");
	});

	it("reads the context from stdin and from a file", async () => {
		const { folder, run } = await setUp({ "ctx.json": '{"table": "from a file"}' });
		const read = () => JSON.parse(readFileSync(join(folder, "context.json"), "utf8"));
		await run(["fire", "pipeline_error", "--context", "-"], { input: '{"table": "from stdin"}\n' });
		expect(read()).toMatchObject({ table: "from stdin" });
		await run(["fire", "pipeline_error", "--context", "@ctx.json"]);
		expect(read()).toMatchObject({ table: "from a file" });
		const missing = await run(["fire", "pipeline_error", "--context", "@nowhere.json"]);
		expect(missing).toMatchObject({ code: 2, stdout: "" });
		expect(missing.stderr).toContain("error[input]: context: the file nowhere.json does not exist");
	});

	it("in a step of a workflow has GitHub's facts, and its hooks' output commands nothing", async () => {
		const { folder, run } = await setUp({
			"own.toml":
				"[[hook.pipeline_error]]\ncommand = \"cat > context.json; printf '::error::x\\\\n  ::set-output name=a::b\\\\n##[group]y\\\\r::warning::z\\\\n'\"\n",
		});
		const ended = await run(["fire", "pipeline_error", "--config", "own.toml"], {
			env: {
				GITHUB_ACTIONS: "true",
				GITHUB_EVENT_NAME: "push",
				GITHUB_RUN_ID: "42",
				GITHUB_REPOSITORY: "acme/warehouse",
				GITHUB_WORKFLOW: "nightly",
			},
		});
		expect(ended.code).toBe(0);
		expect(ended.stdout).toContain("set-output");
		expect(ended.stdout.split(/[\r\n]+/).filter((line) => /^\s*::/.test(line) || line.includes("##["))).toEqual([]);
		expect(JSON.parse(readFileSync(join(folder, "context.json"), "utf8"))).toMatchObject({
			run_id: "42-1",
			pipeline: "nightly",
			ci: { provider: "github", repository: "acme/warehouse" },
		});
	});
});

describe("a reader that leaves early", () => {
	it("does not stop what was begun, and the exit code still counts", async () => {
		const { folder } = await setUp({
			"own.toml":
				'[[hook.pipeline_start]]\ncommand = "seq 1 50000; sleep 0.2; touch done; exit 1"\non_failure = "abort"\n',
		});
		const ended = await inShell(
			"pipeline-hooks fire pipeline_start --config own.toml | head -n 1; echo ${PIPESTATUS[*]}; ls done",
			folder,
		);
		expect(ended.stderr).toBe("");
		expect(ended.stdout).toBe("▸ pipeline_start-shell-1: seq 1 50000; sleep 0.2; touch done; exit 1\n1 0\ndone\n");
	});

	it("of stderr as well does no harm", async () => {
		const { folder } = await setUp();
		const ended = await inShell(
			"(sleep 0.3; pipeline-hooks fire nothing_known; echo $? > code) 2>&1 | true; while ! test -s code; do sleep 0.1; done; cat code",
			folder,
		);
		expect(ended.stdout).toBe("2\n");
	});
});

describe("test", () => {
	it("fires for real with a made-up context, which flags replace", async () => {
		const { server, folder, run } = await setUp();
		const ended = await run(["test", "pipeline_error", "--table", "mine"]);
		expect(ended).toMatchObject({ code: 0, stderr: "" });
		expect(JSON.parse(readFileSync(join(folder, "context.json"), "utf8"))).toMatchObject({
			event: "pipeline_error",
			table: "mine",
			error: "this is a test: nothing has failed",
			metadata: { test: true },
		});
		expect(server.requests.length).toBe(1);
	});

	it.each([
		["pipeline_start", undefined],
		["deploy_failed", "this is a test: nothing has failed"],
	])("gives %s the error %s, whoever declares the event", async (event, error) => {
		const { run } = await setUp({
			"own.toml":
				'[event.deploy_failed]\nstatus = "failure"\n[[hook.deploy_failed]]\ncommand = "true"\n[[hook.pipeline_start]]\ncommand = "true"\n',
		});
		const ended = await run(["test", event, "--config", "own.toml", "--dry-run", "--json"]);
		const { messages } = JSON.parse(ended.stdout);
		expect(JSON.parse(messages[0].stdin).error).toBe(error);
	});
});

describe("list", () => {
	it("shows the hooks of the config, or those of an event", async () => {
		const { run } = await setUp();
		const all = await run(["list"]);
		expect(all).toMatchObject({ code: 0, stderr: "" });
		expect(normalise(all.stdout)).toBe(
			[
				"NAME    EVENT              KIND     ON FAILURE  TARGET                                            WHERE",
				"gate    pipeline_start     shell    abort       test ! -e frozen || { echo frozen until Monday …  .github/pipeline-hooks.toml:1:1",
				"log     pipeline_error     shell    warn        cat > context.json                                .github/pipeline-hooks.toml:6:1",
				"alert   pipeline_error     slack    warn        http://127.0.0.1:PORT/…                          .github/pipeline-hooks.toml:10:1",
				"broken  pipeline_complete  generic  warn        ${NOT_SET}                                        .github/pipeline-hooks.toml:16:1",
				"",
			].join("\n"),
		);
		const one = await run(["list", "on_pipeline_error", "--json"]);
		expect(JSON.parse(normalise(one.stdout))).toEqual({
			config: ".github/pipeline-hooks.toml",
			hooks: [
				{
					name: "log",
					event: "pipeline_error",
					events: ["pipeline_error"],
					kind: "shell",
					on_failure: "warn",
					target: "cat > context.json",
					place: ".github/pipeline-hooks.toml:6:1",
				},
				{
					name: "alert",
					event: "pipeline_error",
					events: ["pipeline_error"],
					kind: "webhook",
					preset: "slack",
					on_failure: "warn",
					target: "http://127.0.0.1:PORT/…",
					place: ".github/pipeline-hooks.toml:10:1",
				},
			],
			not_matched: [
				{ hook: "gate", reason: "its events are pipeline_start" },
				{ hook: "broken", reason: "its events are pipeline_complete" },
			],
		});
		expect((await run(["list", "ping"])).stdout).toBe(
			[
				"no hook in .github/pipeline-hooks.toml is attached to ping",
				"",
				"not matched:",
				"  – gate: its events are pipeline_start",
				"  – log: its events are pipeline_error",
				"  – alert: its events are pipeline_error",
				"  – broken: its events are pipeline_complete",
				"",
			].join("\n"),
		);
		expect(await run(["list", "pong"])).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('did you mean "ping"?'),
		});
	});
});

describe("validate", () => {
	it("says that the config is right and which variables it needs", async () => {
		const { run } = await setUp();
		const unset =
			".github/pipeline-hooks.toml is valid: 4 hooks on 3 events\n  ${NOT_SET} is not set here\n  ${WEBHOOK_SECRET} is set\n";
		expect(await run(["validate"])).toEqual({ code: 0, signal: null, stdout: unset, stderr: "" });
		const json = await run(["validate", "--json"], { env: { NOT_SET: "x" } });
		expect(JSON.parse(json.stdout)).toEqual({
			result: "valid",
			config: ".github/pipeline-hooks.toml",
			hooks: 4,
			disabled: 0,
			events: 3,
			variables: [
				{ name: "NOT_SET", set: true },
				{ name: "WEBHOOK_SECRET", set: true },
			],
			warnings: [],
			unsent: [],
		});
	});

	it("tells every mistake at its line, with its frame", async () => {
		const { run } = await setUp({
			"own.toml":
				'[hook.webhooks.pipeline_eror]\nurl = "https://example.com"\n\n[[hook.ping]]\ncommand = ""\ntimeout = 3\n',
		});
		const ended = await run(["validate", "--config", "own.toml"]);
		expect(ended).toMatchObject({ code: 2, stdout: "" });
		expect(ended.stderr.match(/^error\[\w+\]: own\.toml:\d+:\d+/gm)).toEqual([
			"error[config_value]: own.toml:1:1",
			"error[config_value]: own.toml:5:1",
			"error[config_shape]: own.toml:6:1",
		]);
		expect(ended.stderr).toContain('  > 6 | timeout = •••\n      | ^\n  → did you mean "timeout_ms"?\n');
	});
});

describe("events", () => {
	it("lists the whole catalog", async () => {
		const { run } = await setUp();
		const json = JSON.parse((await run(["events", "--json"])).stdout);
		expect(json.map(({ name }: { name: string }) => name)).toEqual(NAMES);
		for (const event of json) {
			expect(event).toEqual({
				name: expect.stringMatching(/^[A-Za-z][\w.]*$/),
				phase: expect.any(String),
				status: expect.stringMatching(/^(started|success|failure|cancelled|info|warning)$/),
				title: expect.stringMatching(/^[A-Z]/),
			});
		}
		const table = (await run(["events"])).stdout.trimEnd().split("\n");
		expect(table.slice(1).map((line) => line.split(/\s/)[0])).toEqual(NAMES);
	});
});

describe("help", async () => {
	const { stdout } = await runProgram(process.execPath, [CLI, "--help"], { cwd: "/", env: BASE_ENV });
	const commands = [...stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map((match) => match[1] ?? "");
	/** These end only when they are told to, or have scenarios of their own. */
	const apart = ["listen", "verify", "demo", "import", "export", "work"];

	/** What the examples of some commands name. */
	const MORE = '\n[store]\n[hook.webhooks.state_synced]\nname = "tell-slack"\nurl = "https://example.com/"\n';

	test("names every command of this build", () => {
		expect(commands).toEqual(expect.arrayContaining(["fire", "test", "render", "list", "validate", "events"]));
	});

	it.each(["", ...commands])("of %j has an example, which works", async (command) => {
		const { folder, run } = await setUp();
		appendFileSync(join(folder, ".github/pipeline-hooks.toml"), MORE);
		const help = await run([...(command === "" ? [] : [command]), "--help"]);
		expect(help).toMatchObject({ code: 0, stderr: "" });
		if (command !== "" && command !== "work") expect(help.stdout).toContain(" --json ");
		const example = /\nExample:\n {2}\$ (pipeline-hooks .*)\n/.exec(help.stdout)?.[1] ?? "";
		expect(example).toMatch(new RegExp(`^pipeline-hooks ${command}`));
		for (const line of help.stdout.split("\n")) if (line !== `  $ ${example}`) expect(line.length).toBeLessThan(81);
		if (apart.includes(command)) return;
		expect(await inShell(example, folder)).toMatchObject({ code: 0, stderr: "" });
	});
});

describe("the command help", () => {
	it.each([
		["help", []],
		["help fire", ["fire"]],
		["hooks help list", ["hooks", "list"]],
	])("%s shows what --help does, and succeeds", async (args, command) => {
		const { run } = await setUp();
		expect(await run(args.split(" "))).toEqual(await run([...command, "--help"]));
	});

	it("of an unknown command ends with exit code 2", async () => {
		const { run } = await setUp();
		expect(await run(["help", "fyre"])).toMatchObject({ code: 2, stdout: "" });
	});
});

describe("usage", () => {
	it.each([
		["no command", [], "Usage: pipeline-hooks"],
		["an unknown command", ["fyre"], "error[usage]: unknown command 'fyre'"],
		["an unknown flag", ["fire", "ping", "--tabel", "x"], "error[usage]: unknown option '--tabel'"],
		["no event", ["fire"], "error[input]: no event was given"],
		["an event too many", ["fire", "ping", "pong"], "error[usage]: too many arguments"],
		["a flag without its value", ["fire", "ping", "--table"], "error[usage]: option '--table <name>' argument missing"],
	])("%s ends with exit code 2", async (_, args, message) => {
		const { run } = await setUp();
		const ended = await run(args);
		expect(ended).toMatchObject({ code: 2, stdout: "" });
		expect(ended.stderr).toContain(message);
	});

	it("what was typed is quoted without secrets of the environment and without terminal sequences", async () => {
		const { run } = await setUp();
		const [secret, url] = ["hunter2-Zq9xK4", "https://hooks.example.com/services/T0AB12CD/x9Yz8Wq7"];
		const typed = `\u001b[31m${secret}\u001b]8;;${url}\u0007\u202e${url}`;
		for (const args of [
			[typed],
			["fire", `--${typed}`],
			["validate", "--config", typed, "--json"],
			["fire", "ping", "--events-file", typed],
			["fire", "ping", "--context", `@${typed}`],
			["fire", "ping", "--duration-ms", secret],
			["fire", "ping", "--context", JSON.stringify({ event: secret })],
			["fire", typed, "--json"],
		]) {
			const ended = await run(args, { env: { DB_PASSWORD: secret, SLACK: url } });
			const told = ended.stdout + ended.stderr;
			expect(ended.code).toBe(2);
			expect(told).toContain("***");
			expect(told).not.toMatch(/hunter2|T0AB12CD|x9Yz8Wq7|[^\P{Cc}\n]|\u202e/u);
		}
	});

	it.each([
		["fire", "ping", "--context", '{"a\\n::error::x\\u001b[31m": 1}'],
		["fire", "ping", "--config", "x\n::error::y"],
		["fire", "ping\n::error::z"],
		["fire", "--x\n::error::y"],
	])("%j says what is wrong, and none of it acts as a workflow command", async (...args) => {
		const { run } = await setUp();
		const ended = await run(args);
		expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error\[\w+\]: /) });
		expect(ended.stdout + ended.stderr).not.toMatch(/^\s*::|\p{Cc}(?<!\n)/mu);
	});

	it("a key of a megabyte is shown in a line", async () => {
		const { run } = await setUp();
		const ended = await run(["fire", "ping", "--context", "-"], { input: `{"${"k".repeat(1_000_000)}": 1}` });
		expect(ended.code).toBe(2);
		expect(ended.stderr.length).toBeLessThan(500);
	});

	it("--version", async () => {
		const { run } = await setUp();
		expect(await run(["--version"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
	});

	it("a mistake with --json is JSON too", async () => {
		const { folder, run } = await setUp();
		writeFileSync(join(folder, "own.toml"), "[[hook.ping]]\n");
		const ended = await run(["fire", "ping", "--config", "own.toml", "--json"]);
		expect(ended.code).toBe(2);
		expect(JSON.parse(ended.stdout)).toEqual({
			result: "error",
			problems: [
				{
					code: "config_shape",
					message: "command is missing",
					remedy: expect.any(String),
					file: "own.toml",
					line: 1,
					column: 1,
				},
			],
		});
	});
});
