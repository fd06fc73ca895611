// `render` is the truth: what it shows is what a run with the same facts sends, and it lists what it made up.
import { describe, expect, it } from "vitest";
import { PICTURED } from "../../scripts/pictured.ts";
import { stripTerminal } from "../../src/lib/text.ts";
import { NAMES, sendAll } from "../helpers/every-preset.ts";
import { runCommand, workspace } from "../helpers/runner.ts";
import { cli } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

/** All that is new in each run otherwise. */
const FACTS = {
	id: "evt_1",
	run_id: "run_1",
	timestamp: "2026-04-02T03:12:10Z",
	pipeline: "nightly",
	error: 'column "customer_tier" does not exist\n<b>\u202e\u009b31m ##[error]x',
	metadata: { rows: 48210, big: 1, message: "é 🙂" },
};

/** The secrets that `sendAll` puts into bodies. */
const SECRETS = /R0123456789ABCDEF0123456789ABCDE|a-topic-nobody-guesses/;

const CONFIG = `
[[hook.pipeline_error]]
name = "log"
command = "cat"
env = { MODE = "\${MODE}" }

[[hook.webhooks.pipeline_error]]
name = "alert"
url = "\${ALERT_URL}"
preset = "slack"

[[hook.webhooks.pipeline_error]]
name = "page"
preset = "pagerduty"
routing_key = "\${PAGER_KEY}"

[[hook.webhooks.after_materialize]]
name = "built"
url = "https://example.com/built"
`;

const render = (args: readonly string[], env: Readonly<Record<string, string>> = {}, config = CONFIG) =>
	cli(["render", ...args], config, { env });

describe("render --raw", () => {
	it("writes the bytes that a real run posts, for every preset", async () => {
		const folder = workspace({});
		const { got } = await sendAll(FACTS, {}, folder);
		const ended = await runCommand(["render", "pipeline_error", "--context", "-", "--raw"], {
			workspace: folder,
			input: JSON.stringify(FACTS),
		});
		expect(ended.code).toBe(0);
		const bodies = ended.stdout.split("\n");
		expect(bodies).toHaveLength(NAMES.length);
		const redacted: string[] = [];
		for (const [index, name] of NAMES.entries()) {
			const sent = got.get(name)?.text ?? "";
			const isRedacted = ended.stderr.includes(`${name}: note: its secrets are redacted`);
			if (isRedacted) redacted.push(name);
			expect(bodies[index], name).toBe(isRedacted ? stripTerminal(sent).replace(SECRETS, "***") : sent);
		}
		expect(redacted).toEqual(["pagerduty", "ntfy"]);
	});

	it("writes one body without a line break after it, and everything else to stderr", async () => {
		const server = await startServer({ status: 200, body: "ok" });
		const config = `[[hook.webhooks.ping]]\nname = "a"\nurl = "${server.url}"\nbody_template = "##[x]\\n::y::"\nheaders = { Content-Type = "text/plain" }\n`;
		const rendered = await render(
			["ping", "--raw", "--context", '{"id": "e", "timestamp": "2026-04-02T03:12:10Z", "run_id": "r"}'],
			{},
			config,
		);
		expect(rendered).toMatchObject({ code: 0, stdout: "##[x]\n::y::", stderr: "ping: dry run, nothing was sent\n" });
		await cli(["fire", "ping"], config);
		expect(server.requests.map(({ body }) => body)).toEqual([rendered.stdout]);
	});

	it("commands nothing in the log of a workflow's step", async () => {
		const config =
			'[[hook.webhooks.ping]]\nurl = "https://example.com"\nbody_template = "##[x]\\n::y::"\nheaders = { Content-Type = "text/plain" }\n';
		const { stdout, stderr } = await render(["ping", "--raw"], PICTURED.env, config);
		expect(stdout).not.toMatch(/##\[|^::/m);
		expect(stderr).toContain("note: made inert, since this may be shown");
		const plain = await render(["ping", "--raw"], PICTURED.env, config.replace("##[x]\\n::y::", "x"));
		expect(plain.stdout).toBe("x");
		expect(plain.stderr).not.toContain("note:");
	});

	it("fails where a message is missing", async () => {
		const config = '[[hook.webhooks.ping]]\nname = "a"\nurl = "ftp://example.com"\n';
		const failed = await render(["ping", "--raw"], {}, config.replace("ftp://example.com", "${URL}"));
		expect(failed).toMatchObject({ code: 0, stderr: expect.stringContaining("a: note: variable URL is unset here") });
		const bad = await render(
			["ping", "--raw"],
			{ URL: "ftp://example.com" },
			config.replace("ftp://example.com", "${URL}"),
		);
		expect(bad).toMatchObject({ code: 1, stdout: "" });
		expect(bad.stderr).toMatch(/^a: would fail: url has the scheme ftp/);
		expect(bad.stderr).toContain("error[input]: 1 message could not be made\n");
		const none = await render(["pong_is_none", "--raw"]);
		expect(none.code).toBe(2);
		const unmatched = await render(["pipeline_start", "--raw"]);
		expect(unmatched).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("no message to write") });
	});

	it("is not for JSON", async () => {
		expect(await render(["ping", "--raw", "--json"])).toMatchObject({ code: 2, stdout: "" });
	});
});

describe("render", () => {
	it("makes up only what an event of its kind hardly comes without, and lists it", async () => {
		const { stdout } = await render(["pipeline_error"]);
		expect(stdout).toContain("made up: id, run_id, timestamp, error\n");
		const table = await render(["after_materialize", "--json"]);
		const { made_up, messages } = JSON.parse(table.stdout);
		expect(made_up).toEqual(["id", "run_id", "timestamp", "table"]);
		expect(Object.keys(JSON.parse(messages[0].body))).toEqual([
			"id",
			"event",
			"run_id",
			"pipeline",
			"timestamp",
			"status",
			"table",
			"ci",
		]);
		const whole = await render(["pipeline_error", "--context", JSON.stringify(FACTS)]);
		expect(whole.stdout).not.toContain("made up");
	});

	it("lists the variables that are unset, for webhooks and for commands", async () => {
		const { stdout } = await render(["pipeline_error", "--json"], { ALERT_URL: "https://example.com/x" });
		const { messages } = JSON.parse(stdout);
		expect(messages.map(({ hook, placeholders }: Record<string, unknown>) => [hook, placeholders])).toEqual([
			["log", ["MODE"]],
			["alert", []],
			["page", ["PAGER_KEY"]],
		]);
		expect(JSON.parse(messages[2].body).routing_key).toBe("${PAGER_KEY}");
		const text = await render(["pipeline_error"]);
		for (const name of ["MODE", "ALERT_URL", "PAGER_KEY"]) {
			expect(text.stdout).toContain(`  note: variable ${name} is unset here, and shown as \${${name}}\n`);
		}
	});

	it("indents JSON for people, and says how large it is", async () => {
		const { stdout } = await render(["pipeline_error", "--error", "no disk"], { PAGER_KEY: "0123456789abcdef" });
		expect(stdout).toContain('\n  {\n    "routing_key": "***",\n');
		expect(stdout).toMatch(/\n {2}size: \d+\/512000 bytes, payload.summary \d+\/1024, dedup_key \d+\/255\n/);
	});

	it.each([
		["telegram", 'chat_id = "1"', /, text 4\d\/4096\n/],
		["ntfy", 'topic = "t"', /, message 32\/4096\n/],
	])("measures a message for %s as the service does", async (preset, option, size) => {
		const config = `[[hook.webhooks.pipeline_error]]\nurl = "https://example.com"\npreset = "${preset}"\n${option}\n`;
		const { stdout } = await render(["pipeline_error", "--pipeline", "<etl>", "--error", "no disk"], {}, config);
		expect(stdout).toMatch(size);
	});

	it("says what is too large for the service", async () => {
		const config =
			'[[hook.webhooks.ping]]\nurl = "https://example.com"\npreset = "slack"\nbody_template = \'{"blocks": [{"type": "header", "text": {"text": "{{metadata.x}}"}}]}\'\n';
		const { stdout } = await render(["ping", "--metadata", `x=${"y".repeat(151)}`], {}, config);
		expect(stdout).toContain("  too large for the service: blocks.header.text.text 151/150\n");
	});

	it("--json holds each exact message", async () => {
		const { stdout, code } = await render(["pipeline_error", "--error", "no disk", "--json"]);
		expect(code).toBe(0);
		const document = JSON.parse(stdout);
		expect(document).toMatchObject({
			result: "skipped",
			messages: [
				{ hook: "log", kind: "shell", command: "cat", stdin: expect.stringMatching(/^\{.*\}\n$/) },
				{
					hook: "alert",
					kind: "webhook",
					method: "POST",
					target: "${ALERT_URL}",
					headers: { "Content-Type": "application/json" },
					notes: [],
				},
				{ hook: "page" },
			],
		});
		expect(JSON.parse(document.messages[1].body)).toMatchObject({ text: expect.stringContaining("no disk") });
	});
});

describe("the link to Slack's Block Kit Builder", () => {
	const linkIn = (stdout: string) => /^ {2}preview: (.*)$/m.exec(stdout)?.[1] ?? "";

	it("has the blocks in its fragment, which no browser sends", async () => {
		const args = [
			"pipeline_error",
			"--hook",
			"alert",
			"--context",
			JSON.stringify({ ...FACTS, error: 'a "b" #c & %20' }),
		];
		const url = new URL(linkIn((await render(args)).stdout));
		expect(url.origin + url.pathname + url.search).toBe("https://app.slack.com/block-kit-builder/");
		const { blocks } = JSON.parse((await render([...args, "--raw"])).stdout);
		expect(JSON.parse(decodeURIComponent(url.hash.slice(1)))).toEqual({ blocks });
	});

	it("is left out of a message with a secret, and where it would be too long", async () => {
		const config =
			'[[hook.webhooks.ping]]\nurl = "https://example.com"\npreset = "slack"\nbody_template = \'{"blocks": [{"type": "section", "text": {"text": "${API_TOKEN} {{metadata.x}}"}}]}\'\n';
		const secret = await render(["ping"], { API_TOKEN: "s3cr3t-t0ken" }, config);
		expect(linkIn(secret.stdout)).toBe("no link, because the message has a secret in it");
		const json = await render(["ping", "--json"], { API_TOKEN: "s3cr3t-t0ken" }, config);
		expect(json.stdout).not.toContain("showcase");
		const long = await render(["ping", "--metadata", `x=${"y".repeat(8000)}`], { API_TOKEN: "" }, config);
		expect(linkIn(long.stdout)).toBe("no link, because it would be longer than 8000 characters");
		const none = await render(["ping"], {}, '[[hook.webhooks.ping]]\nurl = "https://example.com"\n');
		expect(linkIn(none.stdout)).toBe("");
	});
});
