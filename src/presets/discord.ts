// The discord preset: one embed for webhooks, which mentions nobody but whom its option names.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { AddressNote, Preset, Response, Verdict } from "../model/preset.ts";
import { COLOR_OPTION, MESSAGE_OPTIONS, mentionOption, template } from "./custom.ts";
import { listEvents } from "./list.ts";
import { mentioned, text, withQuery } from "./options.ts";
import { fieldsOf, waitOf } from "./response.ts";
import type { Story } from "./story.ts";
import { storyBody, storyView } from "./story-body.ts";
import { type Escaping, type Fact, oneLine, Truncator, unescaped } from "./text.ts";

/** All texts of a message together. https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const MESSAGE_LIMIT = 6000;
const TEXTS = ["title", "description", "fields.*.name", "fields.*.value", "footer.text", "author.name"]
	.map((path) => `embeds.*.${path}`)
	.join(" + ");
const TITLE_LIMIT = 256;
const FIELDS_LIMIT = 25;
/** Discord takes 4096 in the description, 256 and 1024 a field and 2048 in the footer: these leave each other room. */
const TRACE_LIMIT = 1500;
const TEXT_LIMIT = 500;
const LINKS_LIMIT = 1000;
const THREAD_LIMIT = 100;
const FIELD = { label: 80, value: 300 };
const FOOTER_LIMIT = 400;
const LIST = { lines: 40, size: 2500, title: 200, error: 150 };

/** https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
const UNKNOWN_WEBHOOK = 10015;

/** Posts to a channel's webhook. */
export const discord = (): Preset => ({
	name: "discord",
	title: "Discord",
	options: {
		...MESSAGE_OPTIONS,
		...COLOR_OPTION,
		...mentionOption("everyone, here, user ids, and role ids after an &"),
		thread_name: template(
			text("Title of the thread that a message begins, which the webhook of a forum channel needs"),
		),
	},
	needs: { url: true, json: true },
	limits: {
		content: 2000,
		thread_name: THREAD_LIMIT,
		embeds: 10,
		[TEXTS]: MESSAGE_LIMIT,
		"embeds.*.title": TITLE_LIMIT,
		"embeds.*.description": 4096,
		"embeds.*.fields": FIELDS_LIMIT,
		"embeds.*.fields.*.name": 256,
		"embeds.*.fields.*.value": 1024,
		"embeds.*.footer.text": 2048,
	},
	mention,
	address: forOthers,
	service: (_, url, fill) => ({
		// Without it no message that is lost is an error. https://docs.discord.com/developers/resources/webhook#execute-webhook
		request: () => ({ url: withQuery(url, "wait", "true") }),
		body: storyBody("characters", literal, fill, (story, truncator) => {
			const title = truncator.text("title", story.headline, TITLE_LIMIT);
			const description = describe(story, truncator);
			const footer = footerOf(story, truncator);
			const room = MESSAGE_LIMIT - title.length - description.length - footer.length;
			const embed = {
				title,
				...(story.links[0] === undefined ? {} : { url: story.links[0].url }),
				...(description === "" ? {} : { description }),
				color: Number.parseInt(story.color.slice(1), 16),
				fields: fields(story, room, truncator),
				...(footer === "" ? {} : { footer: { text: footer } }),
				timestamp: story.times[0],
			};
			const thread = fill?.("thread_name", () => storyView(story)).map(([, written]) => oneLine(written))[0];
			return {
				embeds: [embed],
				...mentioning(story.mentions, truncator),
				...(thread ? { thread_name: truncator.text("thread_name", thread, THREAD_LIMIT, unescaped) } : {}),
			};
		}),
		judge,
		explain,
		retryAfter,
		escape: inert,
	}),
});

function forOthers({ pathname }: URL, isTemplate: boolean): AddressNote | undefined {
	const suffix = /\/webhooks\/.+\/(slack|github)\/?$/.exec(pathname)?.[1];
	if (suffix === undefined || isTemplate) return undefined;
	const what = `the url ends in /${suffix}, where Discord accepts another service's messages`;
	return { what, remedy: "remove that part" };
}

/** The list or the line below the title, the links, and the trace. */
function describe({ isBatch, events, text, links, trace }: Story, truncator: Truncator): string {
	const list = isBatch ? listEvents(events, truncator, LIST).lines.join("\n") : "";
	const line = text === "" ? "" : truncator.text("text", text, TEXT_LIMIT);
	const written = links.map((link) => `[${literal(link.text)}](${link.url})`);
	const fitting = written.filter((_, index) => written.slice(0, index + 1).join(" · ").length <= LINKS_LIMIT);
	const code = trace === "" ? "" : truncator.codeBlock(trace, TRACE_LIMIT, unescaped);
	return [line, list, fitting.join(" · "), code].filter((part) => part !== "").join("\n");
}

/** Discord shows no Markdown in it. */
function footerOf({ origin }: Story, truncator: Truncator): string {
	return truncator.text("footer", origin.map(([, value]) => value).join(" · "), FOOTER_LIMIT, unescaped);
}

/** As many facts as there is room for. */
function fields(story: Story, size: number, truncator: Truncator): readonly JsonObject[] {
	const facts = story.facts.map(unlisted);
	let room = size;
	const fitting = facts.slice(0, FIELDS_LIMIT).findIndex((fact) => {
		room -= new Truncator("characters", literal).fact(fact, FIELD).join("").length;
		return room < 0;
	});
	const most = fitting === -1 ? FIELDS_LIMIT : fitting;
	return truncator.facts(facts, { ...FIELD, most }, (name, value) => ({ name, value, inline: true }));
}

/** No value begins a list: a zero-width space comes before the mark of one. */
function unlisted([label, value]: Fact): Fact {
	return [label, value.replace(/^(?=(?:-|\d+\.)\s)/, "\u200b")];
}

/**
 * Whom the option names, and nobody else, whatever is in the texts. Embeds mention nobody, so there is a content.
 * https://docs.discord.com/developers/resources/message#allowed-mentions-object
 */
function mentioning(names: readonly string[], truncator: Truncator): JsonObject {
	const content = mentioned(names, truncator, mention);
	const ids = (pattern: RegExp) => [...new Set(Array.from(content.matchAll(pattern), ([, id = ""]) => id))];
	const [users, roles] = [ids(/<@(\d+)>/g), ids(/<@&(\d+)>/g)];
	return {
		...(content === "" ? {} : { content }),
		allowed_mentions: {
			parse: names.some((name) => /^(?:everyone|here)$/.test(name)) ? ["everyone"] : [],
			...(users.length === 0 ? {} : { users }),
			...(roles.length === 0 ? {} : { roles }),
		},
	};
}

/** https://docs.discord.com/developers/reference#message-formatting */
function mention(who: string): string | undefined {
	if (/^(?:everyone|here)$/.test(who)) return `@${who}`;
	const [, sign = "", id] = /^(?:<@)?([!&]?)(\d{15,20})>?$/.exec(who) ?? [];
	return id === undefined ? undefined : sign === "&" ? `<@&${id}>` : `<@${id}>`;
}

/**
 * Literally: no Markdown, mention, emoji or time. Slashes too: a link with escapes in it would lead elsewhere, so there
 * must be none. https://support.discord.com/hc/en-us/articles/210298617
 */
const literal: Escaping = (text) => text.replaceAll(/[\\`*_~|[\]<>#/]/g, "\\$&").replaceAll("@", "@\u200b");

/** For templates, where text may be in code, which shows escapes: no mention and no link with a text of its own. */
const inert: Escaping = (text) => text.replaceAll(/[@<]|\](?=\()/g, "$&\u200b");

/** A success is the message that was saved; an error may have any status. */
function judge({ status, body }: Response): Verdict {
	const said = body.trim();
	if (said === "") return { ok: true, note: "not confirmed: the url asks Discord not to wait" };
	if (typeof fieldsOf(said)["id"] === "string") return { ok: true };
	const error = errorOf(body);
	const reason =
		error === undefined
			? `Discord responded with ${status} without the message: ${excerpt(said, 100)}`
			: `Discord responded with ${status}, but with error ${error.code}: ${excerpt(error.message, 100)}`;
	return { ok: false, reason };
}

/** What a deleted webhook's 404 means; undefined for any other response. */
function explain({ status, body }: Response): string | undefined {
	const deleted = status === 404 && errorOf(body)?.code === UNKNOWN_WEBHOOK;
	return deleted ? "the webhook has been deleted, remove the hook or change its url" : undefined;
}

/** https://docs.discord.com/developers/reference#error-messages */
function errorOf(body: string): { readonly code: number; readonly message: string } | undefined {
	const { code, message } = fieldsOf(body);
	return typeof code === "number" && typeof message === "string" ? { code, message } : undefined;
}

/**
 * `retry_after` is in seconds since version 8 of Discord's API, and a whole number of milliseconds before it, as in
 * `Retry-After`. Discord hands out addresses without a version, so a whole number is taken for whichever is nearer to
 * `X-RateLimit-Reset-After`, which is always in seconds. https://docs.discord.com/developers/topics/rate-limits,
 * https://github.com/discord/discord-api-docs/issues/2360
 */
function retryAfter({ headers, body }: Response): number | undefined {
	const asked = fieldsOf(body)["retry_after"];
	const reset = Number(headers["x-ratelimit-reset-after"]);
	const isMilliseconds =
		typeof asked === "number" && Number.isInteger(asked) && Math.abs(asked / 1000 - reset) < Math.abs(asked - reset);
	return waitOf(isMilliseconds ? asked / 1000 : asked);
}
