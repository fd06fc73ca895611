// The built command about one hook: shown whole, tried by itself, and asked about before it reaches people.
import { join } from "node:path";
import { expect, it, test } from "vitest";
import { BASE_ENV, type Ended, normalise, runCommand, runProgram, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const CLI = join(import.meta.dirname, "../../dist/cli/index.js");

const config = (url: string) => `[[hook.pipeline_start]]
name = "gate"
command = "exit 3"
on_failure = "abort"
fallback = "alert"

[hook.webhooks.pipeline_error]
name = "alert"
url = "${url}/alert"
preset = "slack"
mention = ["here"]
secret = "\${WEBHOOK_SECRET}"
headers = { X-Team = "data", Authorization = "Bearer \${TOKEN}" }
retry_count = 0
timeout_ms = 2500
then = ["page"]
filter = { include = ["model:orders"] }

[hook.webhooks.pipeline_complete]
name = "page"
preset = "pagerduty"
url = "${url}/page"
routing_key = "\${ROUTING_KEY}"

[hook.webhooks.pipeline_start]
name = "off"
url = "${url}/off"
enabled = false

[hook.webhooks.after_materialize]
name = "many"
url = "${url}/many"
batch_size = 50
`;

const ENV = {
	WEBHOOK_SECRET: "a-secret-of-this-test",
	TOKEN: "a-token-of-this-test",
	ROUTING_KEY: "R0UT1NG-KEY-OF-A-TEST",
};

async function setUp() {
	const server = await startServer({ status: 202, body: "ok" });
	const folder = workspace({ "pipeline-hooks.toml": config(server.url) });
	const run = (...args: readonly string[]) => runCommand(args, { workspace: folder, env: ENV });
	/** In a terminal of 60 columns, in which a person types. */
	const atTerminal = (args: string, typed = ""): Promise<Ended> =>
		runProgram("script", ["-qec", `stty cols 60; '${process.execPath}' '${CLI}' ${args}`, "/dev/null"], {
			cwd: folder,
			env: { ...BASE_ENV, ...ENV, NO_COLOR: "1" },
			input: typed,
		});
	return { server, run, atTerminal };
}

const WHOLE = `alert
  events             pipeline_error
  filter             model:orders
  kind               webhook
  preset             slack
  on failure         warn
  on success         page
  target             http://127.0.0.1:PORT/…
  place              pipeline-hooks.toml:7:1
  method             POST
  headers            X-Team, Authorization
  signature          rocky
  signature headers  X-Rocky-Signature
  retry count        0
  retry delay        1 s
  deadline           1 min 0 s
  timeout            2.5 s
  variables          TOKEN, WEBHOOK_SECRET
  reached from       gate
`;

it("list shows a hook whole, credentials by their variables", async () => {
	const { run } = await setUp();
	const shown = await run("list", "alert");
	expect(shown).toMatchObject({ code: 0, stderr: "" });
	expect(normalise(shown.stdout)).toBe(WHOLE);
	const { hook } = JSON.parse((await run("list", "gate", "--json")).stdout);
	expect(hook).toEqual({
		name: "gate",
		event: "pipeline_start",
		events: ["pipeline_start"],
		kind: "shell",
		on_failure: "abort",
		fallback: "alert",
		target: "exit 3",
		place: "pipeline-hooks.toml:1:1",
		timeout_ms: 30_000,
	});
	expect(await run("list", "alrt")).toMatchObject({
		code: 2,
		stderr: expect.stringContaining('did you mean "alert"?'),
	});
	expect(await run("list", "nowhere-near")).toMatchObject({
		code: 2,
		stderr:
			'error[event]: no event or hook is named "nowhere-near"\n  → `pipeline-hooks list` shows all hooks, `pipeline-hooks events` all events\n',
	});
});

test.each([
	["whose filter the event does not match", "alert", "ping", "/alert"],
	["that is disabled", "off", "pipeline_start", "/off"],
	["that waits for others", "many", "ping", "/many"],
])("test --hook reaches a hook %s, and nothing else", async (_, hook, event, path) => {
	const { server, run } = await setUp();
	const ended = await run("test", event, "--hook", hook, "--json");
	expect(ended).toMatchObject({ code: 0 });
	expect(JSON.parse(ended.stdout)).toMatchObject({ results: [{ hook, status: "delivered" }] });
	expect(server.requests.map((request) => request.path)).toEqual([path]);
});

it("test --hook leaves held what is held, also with a final event", async () => {
	const { server, run } = await setUp();
	await run("fire", "after_materialize");
	await run("test", "pipeline_complete", "--hook", "alert");
	expect(server.requests.map(({ path }) => path)).toEqual(["/alert"]);
	await run("flush");
	expect(server.requests.map(({ path }) => path)).toEqual(["/alert", "/many"]);
});

it("test --hook asks a gate alone, not its fallback, and knows no hook of another name", async () => {
	const { server, run } = await setUp();
	expect(await run("test", "ping", "--hook", "gate")).toMatchObject({ code: 1 });
	expect(server.requests).toEqual([]);
	expect(await run("test", "ping", "--hook", "alrt")).toMatchObject({
		code: 2,
		stderr: 'error[input]: no hook in pipeline-hooks.toml is named "alrt"\n  → did you mean "alert"?\n',
	});
});

it("test says whom it reaches, also by what follows, and goes on where nobody can be asked", async () => {
	const { server, run } = await setUp();
	const ended = await run("test", "pipeline_error", "--model", "orders");
	expect(ended).toMatchObject({
		code: 0,
		stderr: "this test would reach people: alert mentions here; page pages through PagerDuty\n",
	});
	expect((await run("test", "ping", "--hook", "page")).stderr).toBe(
		"this test would reach people: page pages through PagerDuty\n",
	);
	expect(server.requests).toHaveLength(3);
	for (const quiet of [
		["test", "ping", "--hook", "page", "--dry-run"],
		["render", "ping", "--hook", "page"],
	]) {
		expect(await run(...quiet)).toMatchObject({ code: 0, stderr: "" });
	}
});

it.each([
	["pipeline_complete", "", ["/page"]],
	["pipeline_error --model other", "", []],
	["pipeline_start --model other", "", []],
	["pipeline_start --model orders", "this test would reach people: alert mentions here\n", []],
	["pipeline_start --hook page", "", []],
])("test %s says only whom it may reach", async (args, stderr, paths) => {
	const { server, run } = await setUp();
	expect((await run("test", ...args.split(" "))).stderr).toBe(stderr);
	expect(server.requests.map(({ path }) => path)).toEqual(paths);
});

it.each([
	["n\n", "", 1, 0],
	["\n", "", 1, 0],
	["yes\n", "", 0, 1],
	["", " --yes", 0, 1],
])(
	"test asks on a terminal; with %j typed and the flag %j it ends with %i after %i requests",
	async (typed, flag, code, sent) => {
		const { server, atTerminal } = await setUp();
		const ended = await atTerminal(`test ping --hook page${flag}`, typed);
		expect(ended).toMatchObject({ code });
		expect(ended.stdout.includes("send it? [y/N]")).toBe(flag === "");
		expect(ended.stdout.includes("error[cancelled]: nothing was sent")).toBe(code === 1);
		expect(server.requests).toHaveLength(sent);
	},
);

test.each(["list", "list pipeline_error", "list alert", "events"])("%s fits a terminal of 60 columns", async (args) => {
	const { atTerminal } = await setUp();
	const { code, stdout } = await atTerminal(args);
	expect(code).toBe(0);
	const lines = stdout.split(/\r?\n/);
	expect(lines.length).toBeGreaterThan(8);
	expect(lines.filter((line) => Array.from(line).length > 60)).toEqual([]);
	if (args === "list") expect(stdout).toContain("  ON FAILURE  abort\r\n");
});

test("hooks list and hooks test are list and test", async () => {
	const { server, run } = await setUp();
	expect(normalise((await run("hooks", "list", "alert")).stdout)).toBe(WHOLE);
	expect(await run("hooks", "test", "ping", "--hook", "many")).toMatchObject({ code: 0 });
	expect(server.requests).toHaveLength(1);
});

test("secret prints one that its signature takes, another each time", async () => {
	const { run } = await setUp();
	const [first, second, standard] = await Promise.all([run("secret"), run("secret"), run("secret", "--standard")]);
	expect(first).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/) });
	expect(JSON.parse((await run("secret", "--json")).stdout)).toEqual({
		secret: expect.stringMatching(/^[0-9a-f]{64}$/),
	});
	expect(second.stdout).not.toBe(first.stdout);
	const folder = workspace({
		"pipeline-hooks.toml":
			'[hook.webhooks.ping]\nurl = "https://example.com"\nsignature = "standard"\nsecret = "${SECRET}"\n',
	});
	const env = { SECRET: standard.stdout.trim() };
	const ended = await runCommand(["render", "ping"], { workspace: folder, env });
	expect(ended.stdout).toContain("webhook-signature: ");
	expect(ended.stdout).not.toContain("would fail");
});
