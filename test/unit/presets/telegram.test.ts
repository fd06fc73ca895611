// The telegram preset: HTML and its limit, where the token goes, and what the Bot API's responses mean.
import { describe, expect, it } from "vitest";
import { sizesOf } from "../../../src/deliver/sizes.ts";
import type { Json, JsonObject } from "../../../src/lib/json.ts";
import { telegram } from "../../../src/presets/telegram.ts";
import { event } from "../../helpers/make.ts";
import { batch, failedPipeline, hostileEvent } from "../../helpers/presets.ts";
import { renderBatch, renderEvent, requestOf, UNSEEN } from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const TOKEN = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11";
const OPTIONS = { token: TOKEN, chat_id: "-1001234567890" };

/** The text as the Bot API parses it, for the tags that it knows. https://core.telegram.org/bots/api#html-style */
function parsed(text: string): string {
	const open: string[] = [];
	const tags = /<(\/?)(b|pre|a|blockquote)(?: expandable| href="(?:https?:\/\/[^"<>]+|tg:\/\/user\?id=\d+)")?>/g;
	const plain = text.replaceAll(tags, (_, end: string, tag: string) => {
		if (end === "") open.push(tag);
		else expect(open.pop()).toBe(tag);
		return "";
	});
	expect(open).toEqual([]);
	expect(plain).not.toMatch(/[<>]|&(?!(?:lt|gt|amp|quot);)/);
	return plain.replaceAll(/&(lt|gt|amp|quot);/g, "x");
}

function validate({ chat_id, text, parse_mode, ...rest }: JsonObject): void {
	expect(chat_id).toBeTypeOf("string");
	expect(parse_mode).toBe("HTML");
	expect(parsed(String(text)).trim()).not.toBe("");
	expect(rest["link_preview_options"]).toEqual({ is_disabled: true });
}

presetSuite(telegram(), {
	literal: ({ text }) => {
		expect(String(text).replaceAll(/<a href="[^"]*">/g, "")).not.toMatch(/@(?!\u200b)/);
		expect(text).not.toMatch(UNSEEN);
	},
	options: OPTIONS,
	secretsAt: [],
	validate,
	limits: ({ text }) => [{ what: "text", size: parsed(String(text)).length, max: 4096 }],
});

const textOf = (body: Json) => String(Object(body).text);
const response = (status: number, body: Json) => ({ status, headers: {}, body: JSON.stringify(body) });

describe("the telegram preset", () => {
	it.each(["", "-0", "0", "-7", "1.5", "General"])("posts to no topic where thread_id is %j", (thread_id) => {
		expect(renderEvent(telegram(), event("ping"), { ...OPTIONS, thread_id }).body).not.toHaveProperty(
			"message_thread_id",
		);
	});

	it.each([
		["jane_doe", "@jane_doe"],
		["@jane_doe", "@jane_doe"],
		["123456789", '<a href="tg://user?id=123456789">123456789</a>'],
		["tg://user?id=123456789", '<a href="tg://user?id=123456789">123456789</a>'],
		["here", "@\u200bhere"],
		["everyone", "@\u200beveryone"],
		["Jane Doe", "@\u200bJane Doe"],
		["x<y>", "@\u200bx&lt;y&gt;"],
	])("mentions %j as %j, beside the headline, and nobody else", (mention, written) => {
		const hostile = hostileEvent("@jane_doe");
		const { body } = renderEvent(telegram(), hostile, { ...OPTIONS, mention });
		const [first = "", ...rest] = textOf(body).split("\n");
		expect(first.endsWith(`</b> ${written}`)).toBe(true);
		expect([first.slice(0, -written.length), ...rest].join("\n")).not.toMatch(/@(?!\u200b)/);
	});

	it("says what happened, what leads on, the facts, the folded trace and the origin, in paragraphs", () => {
		expect(textOf(renderEvent(telegram(), failedPipeline(), OPTIONS).body).split("\n\n")).toEqual([
			expect.stringMatching(
				/^<b>❌ etl failed on main<\/b>\nTable `dim_orders` not found\n<a href=.*>View run<\/a> · <a /,
			),
			"<b>Duration</b>: 45.2s\n<b>tables_copied</b>: 20\n<b>shards</b>: 1, 2",
			expect.stringMatching(/^<blockquote expandable><pre>Table [\s\S]*more<\/pre><\/blockquote>$/u),
			"acme/shop · 1a2b3c4 · octocat · 2026-04-02 14:30:00 UTC",
		]);
	});

	it("stays inside of its limit with the longest of everything", () => {
		const mention = Array.from({ length: 30 }, () => "&".repeat(200));
		const links = Object.fromEntries(
			Array.from({ length: 20 }, (_, index) => [`${index}${"&".repeat(90)}`, "https://wiki.example/"]),
		);
		for (const text of ["&".repeat(5000), "x ".repeat(5000), "日".repeat(5000)]) {
			const options = { ...OPTIONS, mention, links, title: text, text };
			const { body, notes } = renderEvent(telegram(), event("pipeline_error", { error: `${text}\n${text}` }), options);
			expect(parsed(textOf(body)).length).toBeLessThanOrEqual(4096);
			expect(textOf(body)).toContain("blockquote");
			expect(notes).toContain("12 of 20 links left out");
		}
	});

	it("fills a long batch up to the limit", () => {
		const many = batch(100, (index) =>
			event("model_error", { model: `${index}${"m".repeat(90)}`, error: "e".repeat(90) }),
		);
		const { body } = renderBatch(telegram(), many, OPTIONS);
		expect(parsed(textOf(body)).length).toBeGreaterThan(3700);
	});

	it("posts to the bot's own address, and to a server of one's own", () => {
		expect(requestOf(telegram(), OPTIONS).url).toBe(`https://api.telegram.org/bot${TOKEN}/sendMessage`);
		expect(requestOf(telegram(), { token: "1:a/../b?c" }).url).toBe(
			"https://api.telegram.org/bot1:a%2F..%2Fb%3Fc/sendMessage",
		);
		expect(requestOf(telegram(), {}, "https://bots.example/bot1/sendMessage").url).toBe(
			"https://bots.example/bot1/sendMessage",
		);
	});

	it("takes for a success only what says so", () => {
		const { judge } = telegram().service(OPTIONS);
		expect(judge?.(response(200, { ok: true, result: { message_id: 1 } }))).toEqual({ ok: true });
		expect(judge?.({ status: 204, headers: {}, body: "" })).toEqual({
			ok: true,
			note: "not confirmed: Telegram's response is empty",
		});
		expect(judge?.(response(200, { ok: false, description: "Bad Request: chat not found" }))).toEqual({
			ok: false,
			reason: "Telegram responded with Bad Request: chat not found",
		});
		expect(judge?.({ status: 200, headers: {}, body: "<html>" })).toEqual({
			ok: false,
			reason: 'Telegram responded with "<html>"',
		});
	});

	it("says of an error what Telegram says, and which id a group has now", () => {
		const { explain } = telegram().service(OPTIONS);
		const said = (more: JsonObject) => explain?.(response(400, { ok: false, error_code: 400, ...more }));
		expect(said({ description: "Bad Request: chat not found" })).toBe("Bad Request: chat not found");
		expect(
			said({
				description: "Bad Request: group chat was upgraded to a supergroup chat",
				parameters: { migrate_to_chat_id: -1001 },
			}),
		).toBe('Bad Request: group chat was upgraded to a supergroup chat; set chat_id = "-1001"');
		expect(explain?.({ status: 502, headers: {}, body: "<html>" })).toBeUndefined();
	});

	it("waits as long as Telegram asks", () => {
		const { retryAfter } = telegram().service(OPTIONS);
		const asked = (parameters: Json) => retryAfter?.(response(429, { ok: false, parameters }));
		expect(asked({ retry_after: 34 })).toBe(34_000);
		for (const other of [{}, null, { retry_after: "34" }, { retry_after: -1 }]) expect(asked(other)).toBeUndefined();
	});

	it("escapes what a template inserts", () => {
		expect(telegram().service({}).escape?.('<b> & "@all"')).toBe("&lt;b&gt; &amp; &quot;@\u200ball&quot;");
	});
});

it("has a text that is measured without its tags and entities, as Telegram does", () => {
	const { body } = renderEvent(telegram(), event("pipeline_error", { error: 'a < b & "c"' }), OPTIONS);
	const [, { size = 0, ...text } = {}] = sizesOf(JSON.stringify(body), telegram().limits);
	expect(text).toEqual({ of: "text", unit: "characters", most: 4096 });
	expect(String(body["text"])).toContain("a &lt; b &amp; &quot;c&quot;");
	expect(size).toBe('❌ etl failed\na < b & "c"\n\n2026-04-02 14:30:00 UTC'.length);
});
