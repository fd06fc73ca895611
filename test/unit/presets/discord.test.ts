// The discord preset: content and embeds with their limits, whom it never mentions, and what Discord's responses mean.
import { EmbedBuilder } from "@discordjs/builders";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/lib/json.ts";
import type { Response } from "../../../src/model/preset.ts";
import { discord } from "../../../src/presets/discord.ts";
import { event } from "../../helpers/make.ts";
import { failedPipeline, finishedRun, hostileEvent, monstrousEvent } from "../../helpers/presets.ts";
import {
	type Checked,
	renderBatch,
	renderChecked,
	renderEvent,
	requestOf,
	textsOf,
	UNSEEN,
} from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

/** Discord takes white space off both ends, and refuses what is then empty. */
const text = (maxLength: number) => ({ type: "string", maxLength, pattern: "^\\S(?:[\\s\\S]*\\S)?$" });
const ids = {
	type: "array",
	minItems: 1,
	maxItems: 100,
	uniqueItems: true,
	items: { type: "string", pattern: "^\\d{15,20}$" },
};

/** https://docs.discord.com/developers/resources/webhook#execute-webhook */
const conforms = new Ajv().compile({
	type: "object",
	required: ["content", "embeds", "allowed_mentions"],
	additionalProperties: false,
	properties: {
		content: text(2000),
		allowed_mentions: {
			type: "object",
			required: ["parse"],
			additionalProperties: false,
			properties: { parse: { enum: [[], ["everyone"]] }, users: ids, roles: ids },
		},
		thread_name: text(100),
		embeds: { type: "array", maxItems: 10, items: { type: "object" } },
	},
});

/** Each embed as the builder of discord.js makes it, which checks every part: it must come out as it was. */
function validate(body: JsonObject): void {
	conforms(body);
	expect(conforms.errors).toBe(null);
	for (const embed of embedsOf(body)) {
		const { description, color, fields, footer, timestamp, ...rest } = embed;
		expect(rest).toEqual({});
		for (const given of [description, footer?.text, ...(fields ?? []).flatMap(({ name, value }) => [name, value])]) {
			if (given !== undefined) expect(given).toMatch(/^\S(?:[\s\S]*\S)?$/);
		}
		const built = new EmbedBuilder().setColor(color).setDescription(description ?? null);
		if (fields !== undefined) built.addFields(...fields);
		if (footer !== undefined) built.setFooter(footer);
		if (timestamp !== undefined) built.setTimestamp(new Date(timestamp));
		const json = built.toJSON();
		expect(JSON.parse(JSON.stringify({ ...json, timestamp }))).toEqual(embed);
		expect(json.timestamp === undefined ? undefined : Date.parse(json.timestamp)).toBe(
			timestamp === undefined ? undefined : Date.parse(timestamp),
		);
	}
}

interface Embed {
	readonly description?: string;
	readonly color: number;
	readonly fields?: readonly { readonly name: string; readonly value: string; readonly inline: boolean }[];
	readonly footer?: { readonly text: string };
	readonly timestamp?: string;
}

function embedsOf(body: Json): readonly Embed[] {
	const { embeds } = Object(body);
	return Array.isArray(embeds) ? embeds : [];
}

const [USER, ROLE] = ["80351110224678912", "165511591545143296"];

/** The texts in which Discord sees Markdown, and those in which it does not. */
function textsIn(body: Json): { readonly marked: readonly string[]; readonly plain: readonly string[] } {
	const embeds = embedsOf(body);
	const parts = embeds.flatMap(({ description = "", fields = [] }) => [
		description,
		...fields.flatMap(({ name, value }) => [name, value]),
	]);
	return { marked: parts, plain: embeds.map(({ footer }) => footer?.text ?? "") };
}

/** No mark means anything but those of the preset: the bold headline, links of known addresses, times and code. */
function literal(body: JsonObject): void {
	expect(body["allowed_mentions"]).toEqual({ parse: [] });
	const { marked, plain } = textsIn(body);
	const content = String(body["content"]).replace(/^(\S+ )\*\*(.*)\*\*(\n|$)/, "$1$2$3");
	for (const text of [content, ...marked]) {
		expect(text).not.toMatch(UNSEEN);
		const [before = "", , after = "", ...more] = text.split("```");
		expect(more).toEqual([]);
		const shown = `${before}${after}`
			.replaceAll(/(^|\n| · )\[((?:[^\\\]]|\\.)*)\]\(https?:\/\/[^\s()]*\)/g, "$1$2")
			.replaceAll(/<t:-?\d+:f>/g, "")
			.replaceAll(/\\[\\`*_~|[\]<>#/]/g, "");
		expect(shown).not.toMatch(/[\\`*_~|[\]<>#/]|@(?!\u200b)/);
	}
	expect(plain.join("")).not.toMatch(UNSEEN);
}

const CHECKED: Checked = {
	validate,
	limits: (body) => {
		const { marked, plain } = textsIn(body);
		return [{ what: "characters", size: [...marked, ...plain].join("").length, max: 6000 }];
	},
};

presetSuite(discord(), { options: {}, secretsAt: [], literal, ...CHECKED });

const response = (status: number, body: Json | string, headers: Response["headers"] = {}): Response => ({
	status,
	headers,
	body: typeof body === "string" ? body : JSON.stringify(body),
});

describe("the discord preset", () => {
	it("says in the content what a phone shows, and nothing twice", () => {
		const error = 'Traceback (most recent call last):\n  File "x"\nKeyError: "tier_id"';
		const { body } = renderEvent(discord(), event("pipeline_error", { error, ci: { branch: "main" } }), {});
		expect(body["content"]).toBe('❌ **etl failed on main**\nKeyError: "tier\\_id"');
		expect(embedsOf(body).map(({ description }) => description)).toEqual([`\`\`\`\n${error}\n\`\`\``]);
		const [first, ...more] = finishedRun();
		const batch = renderBatch(discord(), [first, ...more], {});
		expect(batch.body).toHaveProperty(
			"content",
			"❌ **5 events: 2 failed, 1 warning, 1 succeeded, 1 started – etl on main**\nModel failed: dim\\_orders: Table \\`raw\\_orders\\` not found",
		);
	});

	it("puts facts above the trace and the origin below it", () => {
		const [above, below, ...more] = embedsOf(renderEvent(discord(), failedPipeline(), {}).body);
		expect(above?.description).toMatch(/^\[View run\]\(https:.*\) · \[Commit 1a2b3c4\]\(https:.*\)$/);
		expect(above?.fields?.map(({ name }) => name)).toEqual(["Duration", "tables\\_copied", "shards"]);
		expect(above).not.toHaveProperty("footer");
		expect(below?.description).toMatch(/^```\nTable /);
		expect(below?.footer).toEqual({ text: "acme/shop · 1a2b3c4 · octocat" });
		expect(below?.timestamp).toBe("2026-04-02T14:30:00Z");
		expect(more).toEqual([]);
	});

	it("shows no more than there is", () => {
		const { body } = renderEvent(discord(), event("ping"), {});
		expect(body["content"]).toBe("ℹ️ **Ping: etl**");
		expect(embedsOf(body)).toEqual([{ color: 0x3498db, footer: { text: "etl" }, timestamp: "2026-04-02T14:30:00Z" }]);
		const { definition, context } = event("ping");
		const nothing = { definition, context: { ...context, pipeline: "" } };
		expect(embedsOf(renderEvent(discord(), nothing, {}).body)).toEqual([]);
	});

	it("shows from when to when a batch was, in the reader's own zone", () => {
		const [first, ...more] = finishedRun();
		const [embed] = embedsOf(renderBatch(discord(), [first, ...more], {}).body);
		expect(embed?.description).toContain("\n<t:1775140200:f> – <t:1775140330:f>\n[View run]");
		expect(embed).not.toHaveProperty("timestamp");
	});

	it("begins a thread of the option's title, and none where that gives nothing", () => {
		const threadOf = (thread_name: string) =>
			renderEvent(discord(), event("pipeline_error", { table: " a\nb " }), { thread_name });
		expect(threadOf("{{pipeline}} {{table}}").body["thread_name"]).toBe("etl a b");
		expect(threadOf("{{metadata.none}}").body).not.toHaveProperty("thread_name");
		const { body, notes } = threadOf("t".repeat(200));
		expect(body["thread_name"]).toBe(`${"t".repeat(99)}…`);
		expect(notes).toEqual(["thread_name truncated to 100 characters"]);
	});

	it.each([
		["everyone", "@everyone", { parse: ["everyone"] }],
		["@here", "@here", { parse: ["everyone"] }],
		["80351110224678912", "<@80351110224678912>", { parse: [], users: [USER] }],
		[`<@!${USER}>`, "<@80351110224678912>", { parse: [], users: [USER] }],
		["&165511591545143296", `<@&${ROLE}>`, { parse: [], roles: [ROLE] }],
		[`<@&${ROLE}>`, `<@&${ROLE}>`, { parse: [], roles: [ROLE] }],
		["data team", "@\u200bdata team", { parse: [] }],
		["everyone else", "@\u200beveryone else", { parse: [] }],
		["<@1> @here", "@\u200b\\<@\u200b1\\> @\u200bhere", { parse: [] }],
	])("mentions %j on purpose, and nobody else", (mention, written, allowed) => {
		const hostile = hostileEvent(`@everyone <@${ROLE}>`);
		for (const { body } of [
			renderEvent(discord(), hostile, { mention }),
			renderBatch(discord(), [event("ping"), hostile], { mention }),
		]) {
			const { content, allowed_mentions } = Object(body);
			expect(allowed_mentions).toEqual(allowed);
			expect(content.startsWith(`${written} ❌ **`)).toBe(true);
			expect(content.slice(written.length)).not.toMatch(/@(?!\u200b)|(?<!\\)</);
		}
	});

	it("mentions several, each allowed once, and as many as find room", () => {
		const mention = [USER, `@${USER}`, "here", "everyone", `&${ROLE}`];
		const { content, allowed_mentions: allowed } = renderEvent(discord(), event("ping"), { mention }).body;
		expect(content).toBe(`<@${USER}> <@${USER}> @here @everyone <@&${ROLE}> ℹ️ **Ping: etl**`);
		expect(allowed).toEqual({ parse: ["everyone"], users: [USER], roles: [ROLE] });
		const long = Array.from({ length: 30 }, () => "x".repeat(200));
		const many = renderChecked(discord(), monstrousEvent(), { mention: long }, CHECKED);
		expect(many.notes).toEqual(
			expect.arrayContaining(["10 of 30 mentions left out", "mention truncated to 80 characters"]),
		);
	});

	it("lets no value begin a list", () => {
		const metadata = { a: "- x", b: "1. x", c: "-5", d: "3.14", e: "-# small" };
		const values = textsOf(renderEvent(discord(), event("ping", { metadata }), {}).body);
		for (const value of ["\u200b- x", "\u200b1. x", "-5", "3.14", "-\\# small"]) expect(values).toContain(value);
	});

	it("takes as many fields as find room beside the trace, and counts the others", () => {
		const metadata = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key${index}`, "v".repeat(290)]));
		const fields = (error: string) => renderEvent(discord(), event("pipeline_error", { error, metadata }), {});
		const [short, long] = [fields(""), fields("e".repeat(3000))];
		expect(short.notes).toEqual(["20 of 40 facts left out"]);
		expect(long.notes).toEqual([
			"text truncated to 500 characters",
			"error truncated to 1492 characters",
			"25 of 40 facts left out",
		]);
		const few = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key${index}`, "v"]));
		expect(renderEvent(discord(), event("ping", { metadata: few }), {}).notes).toEqual(["15 of 40 facts left out"]);
	});

	it("keeps what helps most when everything is too long", () => {
		const names = textsOf(renderEvent(discord(), monstrousEvent(), {}).body);
		for (const name of ["Duration", "Owners", "Model", "Table", "Entity", "Project"]) expect(names).toContain(name);
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
