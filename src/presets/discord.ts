// The discord preset: a message for webhooks, which mentions nobody but whom its option names.

import { fitting } from "../lib/fitting.ts";
import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { AddressNote, Preset, Response, Verdict } from "../model/preset.ts";
import { COLOR_OPTION, MESSAGE_OPTIONS, mentionOption, template } from "./custom.ts";
import { CHAT } from "./late.ts";
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
const FIELDS_LIMIT = 25;
const CONTENT_LIMIT = 2000;
/** Ours: Discord takes 4096 in a description, 256 and 1024 a field and 2048 in the footer, and these leave each other room. */
const TITLE_LIMIT = 256;
const TEXT_LIMIT = 500;
const LIST = { lines: 40, size: 2500, title: 200, error: 150 };
const LINKS_LIMIT = 1000;
const FIELD = { label: 80, value: 300 };
const TRACE_LIMIT = 1500;
const FOOTER_LIMIT = 400;
const THREAD_LIMIT = 100;

/** https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
const UNKNOWN_WEBHOOK = 10015;

/** Posts to a channel's webhook. */
export const discord = (): Preset => ({
	name: "discord",
	title: "Discord",
	late: CHAT,
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
		content: CONTENT_LIMIT,
		thread_name: THREAD_LIMIT,
		embeds: 10,
		[TEXTS]: MESSAGE_LIMIT,
		"embeds.*.title": 256,
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
			const content = contentOf(story, truncator);
			const embeds = embedsOf(story, truncator);
			const thread = fill?.("thread_name", () => storyView(story)).map(([, written]) => oneLine(written))[0];
			return {
				content,
				embeds,
				allowed_mentions: allowedIn(story.mentions),
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

/**
 * Who is mentioned, the headline and the telling line. Notifications on a phone show no more than this, and nothing of
 * embeds, in which nobody is mentioned either.
 */
function contentOf({ mark, headline, telling, mentions }: Story, truncator: Truncator): string {
	const named = mentioned(mentions, truncator, mention);
	const title = [named, `${mark} **${truncator.text("title", headline, TITLE_LIMIT)}**`].filter((part) => part !== "");
	const room = CONTENT_LIMIT - title.join(" ").length - 1;
	const text = truncator.text("text", unlisted(telling), Math.min(TEXT_LIMIT, room));
	return [title.join(" "), text].filter((part) => part !== "").join("\n");
}

/** What leads on and the facts, the trace below them, and the origin under the last. */
function embedsOf(story: Story, truncator: Truncator): readonly JsonObject[] {
	const description = describe(story, truncator);
	const trace = story.trace === "" ? "" : truncator.codeBlock(story.trace, TRACE_LIMIT, unescaped);
	const footer = footerOf(story, truncator);
	const shown = fields(story, MESSAGE_LIMIT - description.length - trace.length - footer.length, truncator);
	const above = {
		...(description === "" ? {} : { description }),
		...(shown.length === 0 ? {} : { fields: shown }),
	};
	const parts = [above, trace === "" ? {} : { description: trace }].filter((part) => Object.keys(part).length > 0);
	if (parts.length === 0 && footer !== "") parts.push({});
	const color = Number.parseInt(story.color.slice(1), 16);
	const [time, end] = story.times;
	const under = {
		...(footer === "" ? {} : { footer: { text: footer } }),
		...(end === undefined ? { timestamp: time } : {}),
	};
	return parts.map((part, index) => ({ color, ...part, ...(index === parts.length - 1 ? under : {}) }));
}

/** The list of a batch, from when to when, and the links. Discord shows each time in the reader's own zone. */
function describe({ isBatch, events, links, times }: Story, truncator: Truncator): string {
	const list = isBatch ? listEvents(events, truncator, LIST).lines : [];
	const shown = times.map((time) => `<t:${Math.floor(Date.parse(time) / 1000)}:f>`);
	const written = links.map((link) => `[${literal(link.text)}](${link.url})`);
	const most = fitting(written, LINKS_LIMIT, (link) => `${link} · `.length);
	const line = truncator.list("links", written, most).join(" · ");
	return [...list, shown.length === 1 ? "" : shown.join(" – "), line].filter((part) => part !== "").join("\n");
}

/** Discord shows no Markdown in it. */
function footerOf({ origin }: Story, truncator: Truncator): string {
	return truncator.text("origin", origin.map(([, value]) => value).join(" · "), FOOTER_LIMIT, unescaped);
}

/** As many facts as there is room for. */
function fields(story: Story, room: number, truncator: Truncator): readonly JsonObject[] {
	const facts = story.facts.map(([label, value]) => [label, unlisted(value)] as const);
	const size = (fact: Fact) => new Truncator("characters", literal).fact(fact, FIELD).join("").length;
	const most = fitting(facts.slice(0, FIELDS_LIMIT), room, size);
	return truncator.facts(facts, { ...FIELD, most }, (name, value) => ({ name, value, inline: true }));
}

/** No text begins a list: a zero-width space comes before the mark of one. */
function unlisted(text: string): string {
	return text.replace(/^(?=(?:-|\d+\.)\s)/, "\u200b");
}

/**
 * Whom the option names, and nobody else, whatever is in the texts.
 * https://docs.discord.com/developers/resources/message#allowed-mentions-object
 */
function allowedIn(names: readonly string[]): JsonObject {
	const written = names.map(mention).join(" ");
	const ids = (pattern: RegExp) => [...new Set(Array.from(written.matchAll(pattern), ([, id = ""]) => id))];
	const [users, roles] = [ids(/<@(\d+)>/g), ids(/<@&(\d+)>/g)];
	return {
		parse: /@(?:everyone|here)/.test(written) ? ["everyone"] : [],
		...(users.length === 0 ? {} : { users }),
		...(roles.length === 0 ? {} : { roles }),
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
