// The telegram preset: HTML and its limit, where the token goes, and what the Bot API's responses mean.
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/lib/json.ts";
import { telegram } from "../../../src/presets/telegram.ts";
import { event } from "../../helpers/make.ts";
import { batch } from "../../helpers/presets.ts";
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
