// The discord preset: the embed and its limits, whom it never mentions, and what Discord's responses mean.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { isJsonObject, type Json, type JsonObject } from "../../../src/lib/json.ts";
import type { Response } from "../../../src/model/preset.ts";
import { discord } from "../../../src/presets/discord.ts";
import { event } from "../../helpers/make.ts";
import { hostileEvent, monstrousEvent } from "../../helpers/presets.ts";
import { renderBatch, renderEvent, requestOf, textsOf, UNSEEN } from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

/** Discord takes white space off both ends, and refuses what is then empty. */
const text = (maxLength: number) => ({ type: "string", maxLength, pattern: "^\\S(?:[\\s\\S]*\\S)?$" });
const ids = { type: "array", minItems: 1, maxItems: 100, uniqueItems: true, items: { pattern: "^\\d{15,20}$" } };
const address = { type: "string", pattern: "^https?://", maxLength: 2048 };

/** https://docs.discord.com/developers/resources/webhook#execute-webhook */
const conforms = new Ajv().compile({
	type: "object",
	required: ["embeds", "allowed_mentions"],
	additionalProperties: false,
	properties: {
		content: text(2000),
		allowed_mentions: {
			type: "object",
			required: ["parse"],
			additionalProperties: false,
			properties: { parse: { enum: [[], ["everyone"]] }, users: ids, roles: ids },
		},
		embeds: {
			type: "array",
			minItems: 1,
			maxItems: 1,
			items: {
				type: "object",
				required: ["title", "color", "fields"],
				additionalProperties: false,
				properties: {
					title: text(256),
					url: address,
					description: text(4096),
					color: { type: "integer", minimum: 0, maximum: 0xffffff },
					fields: {
						type: "array",
						maxItems: 25,
						items: {
							type: "object",
							required: ["name", "value", "inline"],
							additionalProperties: false,
							properties: { name: text(256), value: text(1024), inline: { type: "boolean" } },
						},
					},
					footer: {
						type: "object",
						required: ["text"],
						additionalProperties: false,
						properties: { text: text(2048) },
					},
					timestamp: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z$" },
				},
			},
		},
	},
});

const [USER, ROLE] = ["80351110224678912", "165511591545143296"];

function validate(body: JsonObject): void {
	conforms(body);
	expect(conforms.errors).toBe(null);
}

function embedOf(body: Json): JsonObject {
	const embed: Json | undefined = isJsonObject(body) && Array.isArray(body["embeds"]) ? body["embeds"][0] : undefined;
	if (!isJsonObject(embed)) throw new Error("no embed");
	return embed;
}

/** The texts that count together, and in which Discord sees Markdown (but the footer's). */
function textsIn(body: Json): { readonly marked: readonly string[]; readonly footer: string } {
	const { title, description, fields, footer } = embedOf(body);
	const strings = (values: readonly (Json | undefined)[]) => values.filter((value) => typeof value === "string");
	const all = (Array.isArray(fields) ? fields : []).flatMap((field) => Object.values(Object(field)));
	return {
		marked: strings([title, description, ...all.filter((value) => typeof value === "string")]),
		footer: isJsonObject(footer) ? String(footer["text"]) : "",
	};
}

function literal(body: JsonObject): void {
	expect(body["allowed_mentions"]).toEqual({ parse: [] });
	expect(body).not.toHaveProperty("content");
	const { marked, footer } = textsIn(body);
	for (const text of marked) {
		expect(text).not.toMatch(UNSEEN);
		const [before = "", , after = "", ...more] = text.split("```");
		expect(more).toEqual([]);
		const shown = `${before}${after}`.replaceAll(/\\[\\`*_~|[\]<>#/]/g, "");
		expect(shown).not.toMatch(/[\\`*_~|[\]<>#/]|@(?!\u200b)/);
	}
	expect(footer).not.toMatch(UNSEEN);
}

presetSuite(discord(), {
	options: {},
	secretsAt: [],
	validate,
	literal,
	limits: (body) => {
		const { marked, footer } = textsIn(body);
		return [{ what: "characters", size: [...marked, footer].join("").length, max: 6000 }];
	},
});

const response = (status: number, body: Json | string, headers: Response["headers"] = {}): Response => ({
	status,
	headers,
	body: typeof body === "string" ? body : JSON.stringify(body),
});

describe("the discord preset", () => {
	it("shows no more than there is", () => {
		const embed = embedOf(renderEvent(discord(), event("ping"), {}).body);
		for (const key of ["url", "description", "footer"]) expect(embed).not.toHaveProperty(key);
	});

	it.each([
		["everyone", { content: "@everyone", allowed_mentions: { parse: ["everyone"] } }],
		["@here", { content: "@here", allowed_mentions: { parse: ["everyone"] } }],
		["80351110224678912", { content: "<@80351110224678912>", allowed_mentions: { parse: [], users: [USER] } }],
		[`<@!${USER}>`, { content: "<@80351110224678912>", allowed_mentions: { parse: [], users: [USER] } }],
		["&165511591545143296", { content: `<@&${ROLE}>`, allowed_mentions: { parse: [], roles: [ROLE] } }],
		[`<@&${ROLE}>`, { content: `<@&${ROLE}>`, allowed_mentions: { parse: [], roles: [ROLE] } }],
		["data team", { content: "@\u200bdata team", allowed_mentions: { parse: [] } }],
		["everyone else", { content: "@\u200beveryone else", allowed_mentions: { parse: [] } }],
		["<@1> @here", { content: "@\u200b\\<@\u200b1\\> @\u200bhere", allowed_mentions: { parse: [] } }],
	])("mentions %j on purpose, and nobody else", (mention, expected) => {
		const hostile = hostileEvent(`@everyone <@${ROLE}>`);
		for (const { body } of [
			renderEvent(discord(), hostile, { mention }),
			renderBatch(discord(), [event("ping"), hostile], { mention }),
		]) {
			const { embeds: _, ...rest } = Object(body);
			expect(rest).toEqual(expected);
		}
	});

	it("mentions several, each allowed once, and as many as find room", () => {
		const mention = [USER, `@${USER}`, "here", "everyone", `&${ROLE}`];
		const { content, allowed_mentions: allowed } = renderEvent(discord(), event("ping"), { mention }).body;
		expect(content).toBe(`<@${USER}> <@${USER}> @here @everyone <@&${ROLE}>`);
		expect(allowed).toEqual({ parse: ["everyone"], users: [USER], roles: [ROLE] });
		const many = renderEvent(discord(), event("ping"), { mention: Array.from({ length: 30 }, () => "x".repeat(200)) });
		expect(many.notes.slice(0, 2)).toEqual(["10 of 30 mentions left out", "mention truncated to 80 characters"]);
	});

	it("lets no value begin a list", () => {
		const metadata = { a: "- x", b: "1. x", c: "-5", d: "3.14", e: "-# small" };
		const values = textsOf(renderEvent(discord(), event("ping", { metadata }), {}).body);
		for (const value of ["\u200b- x", "\u200b1. x", "-5", "3.14", "-\\# small"]) expect(values).toContain(value);
	});

	it("takes as many fields as find room beside the error, and counts the others", () => {
		const metadata = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key${index}`, "v".repeat(290)]));
		const fields = (error: string) => renderEvent(discord(), event("pipeline_error", { error, metadata }), {});
		const [short, long] = [fields(""), fields("e".repeat(3000))];
		expect(short.notes).toEqual(["20 of 43 facts left out"]);
		expect(long.notes).toEqual(["error truncated to 1992 characters", "27 of 43 facts left out"]);
		const few = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key${index}`, "v"]));
		expect(renderEvent(discord(), event("ping", { metadata: few }), {}).notes).toEqual(["18 of 43 facts left out"]);
	});

	it("keeps every fact that identifies the event when all of them are too long", () => {
		const names = textsOf(renderEvent(discord(), monstrousEvent(), {}).body);
		for (const name of ["Status", "Pipeline", "Model", "Table", "Entity", "Project", "Duration", "Run"]) {
			expect(names).toContain(name);
		}
	});

	it("asks Discord to wait until the message is saved", () => {
		expect(requestOf(discord(), {}, "https://discord.com/api/webhooks/1/x").url).toBe(
			"https://discord.com/api/webhooks/1/x?wait=true",
		);
	});

	it.each([
		[200, { id: "1", type: 0, content: "", channel_id: "2" }, { ok: true }],
		[204, "", { ok: true, note: "not confirmed: the url asks Discord not to wait" }],
		[
			200,
			{ message: "Unknown Webhook", code: 10015 },
			"Discord responded with 200, but with error 10015: Unknown Webhook",
		],
		[202, { code: 0, message: "\n::error::\u001b[31mno" }, "Discord responded with 202, but with error 0: ::error::no"],
		[200, "<!DOCTYPE html>", "Discord responded with 200 without the message: <!DOCTYPE html>"],
		[200, "ok", "Discord responded with 200 without the message: ok"],
		[200, { id: 5 }, 'Discord responded with 200 without the message: {"id":5}'],
		[200, "null", "Discord responded with 200 without the message: null"],
	])("judges %d with %j", (status, body, verdict) => {
		const expected = typeof verdict === "string" ? { ok: false, reason: verdict } : verdict;
		expect(discord().service({}).judge?.(response(status, body))).toEqual(expected);
	});

	it("says that a deleted webhook is one", () => {
		const unknown = { message: "Unknown Webhook", code: 10015 };
		expect(discord().service({}).explain?.(response(404, unknown))).toBe(
			"the webhook has been deleted, remove the hook or change its url",
		);
		expect(
			discord()
				.service({})
				.explain?.(response(404, { message: "Unknown Channel", code: 10003 })),
		).toBeUndefined();
		expect(discord().service({}).explain?.(response(404, "404: Not Found"))).toBeUndefined();
		expect(discord().service({}).explain?.(response(400, unknown))).toBeUndefined();
	});

	it.each<[string, Json | string, Response["headers"], number | undefined]>([
		[
			"a fraction of seconds",
			{ retry_after: 64.57 },
			{ "retry-after": "65", "x-ratelimit-reset-after": "64.57" },
			64_570,
		],
		["seconds of a limit that many share", { retry_after: 1336.57 }, { "x-ratelimit-reset-after": "64.57" }, 1_336_570],
		["whole seconds", { retry_after: 2 }, { "retry-after": "2", "x-ratelimit-reset-after": "2" }, 2000],
		["whole seconds with nothing to compare", { retry_after: 600 }, { "retry-after": "600" }, 600_000],
		[
			"milliseconds of old versions",
			{ retry_after: 6457 },
			{ "retry-after": "6457", "x-ratelimit-reset-after": "7" },
			6457,
		],
		["few milliseconds", { retry_after: 300 }, { "retry-after": "300", "x-ratelimit-reset-after": "0.3" }, 300],
		["seconds in the body, milliseconds in the header", { retry_after: 0.3 }, { "retry-after": "300" }, 300],
		["nothing to wait", { retry_after: 0 }, {}, 0],
		["no number", { retry_after: "1" }, { "retry-after": "1" }, undefined],
		["less than nothing", { retry_after: -1 }, {}, undefined],
		["an age", '{"retry_after": 1e999}', {}, Number.MAX_SAFE_INTEGER],
		["no JSON, as of a proxy", "<html>", { "retry-after": "600" }, undefined],
	])("reads how long to wait: %s", (_, body, headers, milliseconds) => {
		expect(
			discord()
				.service({})
				.retryAfter?.(response(429, body, headers)),
		).toBe(milliseconds);
	});

	it("breaks mentions and links in templates by a character that nobody sees, also where text is in code", () => {
		expect(discord().service({}).escape?.("@everyone <@1> [x](https://e.example) [y] *b*")).toBe(
			"@\u200beveryone <\u200b@\u200b1> [x]\u200b(https://e.example) [y] *b*",
		);
	});
});
