// Foreign text of every kind, through every preset and a template, into valid JSON inside every service's limits.
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, test } from "vitest";
import { runAction, runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const ESC = String.fromCharCode(27);

const HOOKS = {
	generic: "",
	slack: 'preset = "slack"',
	teams: 'preset = "teams"',
	pagerduty: 'preset = "pagerduty"\nrouting_key = "R0123456789ABCDEF0123456789ABCDE"',
	datadog: 'preset = "datadog"\napi_key = "0123456789abcdef0123456789abcdef"',
	template: 'body_template = """{"text": "{{error}}", "all": {{{metadata}}}, "{{metadata.message}}": [{{{error}}}]}"""',
	slack_template: 'preset = "slack"\nbody_template = """{"text": "{{error}}"}"""',
} as const;

type Name = keyof typeof HOOKS;
const NAMES: readonly Name[] = ["generic", "slack", "teams", "pagerduty", "datadog", "template", "slack_template"];

/** Fires an event with this context through every hook, and gives what each receiver got. */
async function sendAll(context: unknown): Promise<ReadonlyMap<string, { body: unknown; raw: Buffer; text: string }>> {
	const server = await startServer({ status: 200, body: "ok" });
	const config = NAMES.map(
		(name) => `[[hook.webhooks.pipeline_error]]\nname = "${name}"\nurl = "${server.url}/${name}"\n${HOOKS[name]}\n`,
	).join("\n");
	const folder = workspace({ "pipeline-hooks.toml": config });
	const run = await runCommand(["fire", "pipeline_error", "--context", "-", "--json"], {
		workspace: folder,
		input: JSON.stringify(context),
	});
	expect(run.code).toBe(0);
	expect(JSON.parse(run.stdout)).toMatchObject({ result: "passed" });
	const received = server.requests.map(({ path, raw, body }) => {
		expect(raw.equals(Buffer.from(body)), `${path} is UTF-8`).toBe(true);
		return [path.slice(1), { body: JSON.parse(body), raw, text: body }] as const;
	});
	expect(received.length).toBe(NAMES.length);
	return new Map(received);
}

/** All strings of a JSON value, joined; where keys are, they count too. */
function stringsOf(value: unknown): string {
	if (typeof value === "string") return value;
	if (typeof value !== "object" || value === null) return "";
	return Object.entries(value)
		.map(([key, item]) => `${key}\n${stringsOf(item)}`)
		.join("\n");
}

const texts: readonly (readonly [name: string, text: string])[] = [
	["quotes and backslashes", `it's "so" \\ \`there\` \\n \\u0041`],
	["line breaks of every kind", "one\ntwo\r\nthree\rfour\u2028five\u2029six\u0085seven"],
	["emoji, combined and right-to-left", "🚚👨‍👩‍👧‍👦 é ﷽ עברית"],
	["Slack's control sequences", "<!channel> <@U0123456789> <https://evil.example|click> &amp; &"],
	["this language's own tags", `{{event}} {{{metadata}}} {{#if error}}x{{/if}} \${WEBHOOK_SECRET} \${HOME}`],
	["terminal sequences and control characters", `${ESC}[31mred${ESC}[0m \u0000\u0007\b bell`],
	["workflow commands", "::error::no\n##[error]no\n::set-output name=a::b"],
	["Markdown, HTML and tables", "| a | b |\n<script>alert(1)</script> **bold** [x](y) @team"],
	["names of JavaScript's own", '{"__proto__": {"constructor": "toString"}}'],
];

describe.each(texts)("%s", (_, text) => {
	it("arrive through every preset", async () => {
		const received = await sendAll({ error: text, metadata: { message: text, [text]: "as a key" } });
		expect(received.get("generic")?.body).toMatchObject({
			error: text,
			metadata: { message: text, [text]: "as a key" },
		});
		expect(received.get("template")?.body).toEqual({
			text,
			all: { message: text, [text]: "as a key" },
			[text]: [text],
		});
		const slack = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
		expect(received.get("slack_template")?.body).toEqual({ text: slack });
		// The words of the text, which escapes and line breaks may stand between, are all there in those made for people.
		const words = stripVTControlCharacters(text).match(/\p{L}{3,}/gu) ?? [];
		for (const name of NAMES) {
			const shown = stringsOf(received.get(name)?.body);
			expect(
				words.filter((word) => !shown.includes(word)),
				name,
			).toEqual([]);
		}
		for (const name of ["slack", "slack_template"] as const) {
			expect(received.get(name)?.text).not.toMatch(/<!(channel|here|everyone)|<@|<https:\/\/evil/);
		}
		for (const name of ["slack", "teams", "datadog"] as const) {
			expect(stringsOf(Object(received.get(name)?.body)), name).not.toContain(`${ESC}[31m`);
		}
	});
});

test("lone surrogates give well-formed bodies", async () => {
	const received = await sendAll({ error: "half \ud83d here", metadata: { message: "\udc00", "key \ud800": 1 } });
	for (const [name, { body }] of received) {
		expect(stringsOf(body).isWellFormed(), name).toBe(true);
		expect(stringsOf(body), name).toContain("half");
	}
	expect(received.get("generic")?.body).toMatchObject({ error: "half \ufffd here" });
});

test("a __proto__ in metadata is only a key", async () => {
	const metadata: unknown = JSON.parse('{"__proto__": {"polluted": true}, "constructor": "mine"}');
	const received = await sendAll({ error: "e", metadata });
	expect(received.get("generic")?.text).toContain('"__proto__":{"polluted":true}');
	expect(received.get("generic")?.text).toContain('"constructor":"mine"');
});

describe("a megabyte", () => {
	const MEGABYTE = 1024 * 1024;

	it("arrives whole where there is no limit, and visibly cut where there is", async () => {
		const text = `first words ${'𝔊é"\n'.repeat(MEGABYTE / 5)} last words`;
		const received = await sendAll({ error: text, table: "orders", metadata: { message: text } });
		expect(received.get("generic")?.body).toMatchObject({ error: text, metadata: { message: text } });
		expect(received.get("template")?.body).toMatchObject({ text });
		expect(received.get("slack_template")?.body).toEqual({ text });

		const limits = { slack: 40_000, teams: 28 * 1024, pagerduty: 512_000, datadog: 100_000 } as const;
		for (const name of ["slack", "teams", "pagerduty", "datadog"] as const) {
			const { body, raw } = received.get(name) ?? { body: undefined, raw: Buffer.alloc(0) };
			expect(raw.byteLength, name).toBeLessThanOrEqual(limits[name]);
			const shown = stringsOf(body);
			expect(shown, name).toContain("first words");
			expect(shown, name).not.toContain("last words");
			expect(shown, name).toContain("…");
			expect(shown, name).toContain("orders");
			expect(shown.isWellFormed(), name).toBe(true);
		}
	});

	it("from a file; what was cut is said in the log", async () => {
		const server = await startServer({ status: 200, body: "ok" });
		const folder = workspace({
			"pipeline-hooks.toml": `[hook.webhooks.pipeline_error]\nurl = "${server.url}"\npreset = "slack"\n`,
			"context.json": JSON.stringify({ error: "x".repeat(MEGABYTE) }),
		});
		const run = await runCommand(["fire", "pipeline_error", "--context", "@context.json"], { workspace: folder });
		expect(run).toMatchObject({ code: 0, stderr: "" });
		expect(run.stdout).toMatch(/note: error cut to \d+ characters/);
		expect(run.stdout.length).toBeLessThan(1000);
	});

	it("on the stdin of a command, and in what that says last", async () => {
		const folder = workspace({
			"pipeline-hooks.toml":
				"[[hook.pipeline_error]]\ncommand = \"wc -c; cat /dev/zero | head -c 3000000 | tr '\\\\0' x >&2; exit 1\"\n",
			"context.json": JSON.stringify({ error: "x".repeat(MEGABYTE) }),
		});
		const run = await runCommand(["fire", "pipeline_error", "--context", "@context.json"], { workspace: folder });
		expect(run.code).toBe(0);
		expect(Number(/^\s*(\d+)$/m.exec(run.stdout)?.[1])).toBeGreaterThan(MEGABYTE);
		expect(run.stdout).toContain("xxx… (exit code 1)\n");
		expect(run.stdout.length).toBeLessThan(10_000);
	});
});

test("in log, annotation and summary of the action foreign text is text", async () => {
	const server = await startServer({
		status: 400,
		body: `${ESC}[31m::error::gotcha\r##[error]x | <b>&</b> \`code\`\n::stop-commands::t`,
	});
	const run = await runAction({
		inputs: { event: "pipeline_error", pipeline: "a|b\n::error::x <img src=x>" },
		workspace: workspace({ "pipeline-hooks.toml": `[hook.webhooks.pipeline_error]\nurl = "${server.url}"\n` }),
	});
	expect(run.annotations).toEqual([
		{
			kind: "warning",
			properties: { title: "pipeline_error-webhook-1", file: "pipeline-hooks.toml", line: "1" },
			message: "the webhook failed: 400 Bad Request: ::error::gotcha ##[error]x | <b>&</b> `code` ::stop-commands::t",
		},
	]);
	expect(run.commands.map((line) => line.split(/[ :]/)[2])).toEqual(["warning"]);
	expect(run.log.split("\n")[0]).toContain("✗ pipeline_error-webhook-1 → ");
	const table = run.summary.split("\n").filter((line) => line.startsWith("|"));
	expect(table.map((row) => row.split("|").length)).toEqual([8, 8, 8]);
	expect(run.summary).not.toMatch(/<b>|<img|`code`/);
});
