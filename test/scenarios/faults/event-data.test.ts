// Event data of every kind, through every preset and a template: valid JSON arrives, and foreign text is text.
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { isObject } from "../../../src/lib/json.ts";
import { NAMES, sendAll, stringsOf } from "../../helpers/every-preset.ts";
import { cli, delivered, send } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

const ESC = String.fromCharCode(27);
const MEGABYTE = 1024 * 1024;

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

/** The texts of a message for Slack that are of the type `mrkdwn`, as its own first one is. */
function marked(value: unknown): readonly string[] {
	if (Array.isArray(value)) return value.flatMap(marked);
	if (!isObject(value)) return [];
	const { type = "mrkdwn", text } = value;
	return [...(type === "mrkdwn" && typeof text === "string" ? [text] : []), ...Object.values(value).flatMap(marked)];
}

describe("fault 30: event data of every kind arrives as valid JSON, as text and not as markup or code", () => {
	it.each(texts)("%s", async (_, text) => {
		const { got: received } = await sendAll({ error: text, metadata: { message: text, [text]: "as a key" } });
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
		// Slack reads marks and mentions in these texts alone.
		for (const name of ["slack", "slack_template"] as const) {
			expect(marked(received.get(name)?.body).join("\n")).not.toMatch(/<!(channel|here|everyone)|<@|<https:\/\/evil/);
		}
		for (const name of ["slack", "teams", "datadog"] as const) {
			expect(stringsOf(Object(received.get(name)?.body)), name).not.toContain(`${ESC}[31m`);
		}
	});

	it("lone surrogates, which give well-formed bodies", async () => {
		const { got: received } = await sendAll({
			error: "half \ud83d here",
			metadata: { message: "\udc00", "key \ud800": 1 },
		});
		for (const [name, { body }] of received) {
			expect(stringsOf(body).isWellFormed(), name).toBe(true);
			expect(stringsOf(body), name).toContain("half");
		}
		expect(received.get("generic")?.body).toMatchObject({ error: "half \ufffd here" });
	});

	it("__proto__ and constructor, which are keys like any other", async () => {
		const metadata: unknown = JSON.parse('{"__proto__": {"polluted": true}, "constructor": "mine"}');
		const { got: received } = await sendAll({ error: "e", metadata });
		expect(received.get("generic")?.text).toContain('"__proto__":{"polluted":true}');
		expect(received.get("generic")?.text).toContain('"constructor":"mine"');
	});

	it("names of JavaScript's own in a template, which are empty where the data has none", async () => {
		const server = await startServer({ status: 200 });
		const template = `{"a": "{{constructor.name}}{{metadata.toString}}{{metadata.__proto__.x}}", "b": {{{__proto__}}}}`;
		const run = await send(server.url, `body_template = '''${template}'''`);
		expect(run).toMatchObject(delivered());
		expect(server.requests[0]?.body).toBe('{"a":"","b":null}');
	});

	it("all of it from variables in a template", async () => {
		const server = await startServer({ status: 200 });
		// The environment of a process holds no NUL.
		const values = texts.map(([, text]) => text.replaceAll("\u0000", ""));
		const template = `[${values.map((_, index) => `"\${V${index}}"`).join(", ")}]`;
		const run = await send(server.url, `body_template = '''${template}'''`, {
			env: Object.fromEntries(values.map((value, index) => [`V${index}`, value])),
		});
		expect(run).toMatchObject(delivered());
		expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual(values);
	});

	it("a megabyte, which arrives whole where there is no limit", async () => {
		const text = `first words ${'𝔊é"\n'.repeat(MEGABYTE / 5)} last words`;
		const { got, notes } = await sendAll({ error: text, metadata: { message: text } });
		expect(got.get("generic")?.body).toMatchObject({ error: text, metadata: { message: text } });
		expect(got.get("template")?.body).toEqual({ text, all: { message: text }, [text]: [text] });
		expect(got.get("slack_template")?.body).toEqual({ text });
		for (const name of ["generic", "template", "slack_template"]) expect(notes.get(name), name).toEqual([]);
	});

	it("a megabyte, on the stdin of a command and in what that says last", async () => {
		const run = await cli(
			["fire", "pipeline_error", "--context", "@context.json"],
			"[[hook.pipeline_error]]\ncommand = \"wc -c; cat /dev/zero | head -c 3000000 | tr '\\\\0' x >&2; exit 1\"\n",
			{ files: { "context.json": JSON.stringify({ error: "x".repeat(MEGABYTE) }) } },
		);
		expect(run.code).toBe(0);
		expect(Number(/^\s*(\d+)$/m.exec(run.stdout)?.[1])).toBeGreaterThan(MEGABYTE);
		expect(run.stdout).toContain("xxx… (exit code 1)\n");
		expect(run.stdout.length).toBeLessThan(10_000);
	});
});
