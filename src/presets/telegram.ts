// The telegram preset: a message of a bot to a chat or channel, by the Bot API's sendMessage.

import { isObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Options, Preset, Response, Verdict } from "../model/preset.ts";
import { MESSAGE_OPTIONS, mentionOption } from "./custom.ts";
import { CHAT } from "./late.ts";
import { messageText, type TextFormat } from "./message-text.ts";
import { inRequest, lineOption, mentioned, required, secret, text, textOption } from "./options.ts";
import { fieldsOf, saidUnder, waitOf } from "./response.ts";
import { storyBody } from "./story-body.ts";
import { type Escaping, escapeHtml, muted } from "./text.ts";

/** Ours: so that all but the facts and the list always fit, and those have the rest. */
const TITLE_LIMIT = 250;
const LINKS_LIMIT = 8;
/** Telegram counts it without tags and entities. https://core.telegram.org/bots/api#sendmessage */
const MESSAGE_LIMIT = 4096;
const TEXT: TextFormat = {
	// Here all but the address of the link is counted.
	limit: MESSAGE_LIMIT,
	textLimit: 500,
	originLimit: 400,
	traceLimit: 1400,
	// Folded: an expandable quotation shows three lines. https://core.telegram.org/bots/api#html-style
	trace: (text) => `<blockquote expandable><pre>${text}</pre></blockquote>`,
	list: { lines: 30, title: 150, error: 150 },
	fact: { label: 40, value: 200 },
	item: (name, value) => `<b>${name}</b>: ${value}`,
};

export const telegram = (): Preset => ({
	name: "telegram",
	title: "Telegram",
	late: { ...CHAT, receiver: ["thread_id"] },
	options: {
		...MESSAGE_OPTIONS,
		...mentionOption("users by name or id"),
		token: inRequest(secret("Token of the bot; required if there is no url")),
		chat_id: required(text("ID of the chat, in quotes, or @name of a channel")),
		thread_id: text("ID of the topic in a forum, in quotes"),
		silent: { kind: "boolean", summary: "Whether the message arrives without a sound; default false" },
	},
	needs: { url: "token", json: true },
	limits: { text: { most: MESSAGE_LIMIT, unit: "characters", size: (text) => withoutTags(text).length } },
	mention,
	service: (options, url, fill) => ({
		request: () => ({ url: url?.href ?? `https://api.telegram.org/bot${tokenOf(options)}/sendMessage` }),
		body: storyBody("characters", literal, fill, (story, truncator) => {
			const named = mentioned(story.mentions, truncator, mention);
			const title = `<b>${story.mark} ${truncator.text("title", story.headline, TITLE_LIMIT)}</b>`;
			const links = truncator.list("links", story.links, LINKS_LIMIT);
			const line = {
				written: links.map(({ text, url }) => `<a href="${escapeText(url)}">${literal(text)}</a>`).join(" · "),
				counted: links.map(({ text }) => literal(text)).join(" · "),
			};
			const thread = Number(textOption(options, "thread_id"));
			return {
				chat_id: lineOption(options, "chat_id"),
				...(Number.isSafeInteger(thread) && thread > 0 ? { message_thread_id: thread } : {}),
				text: messageText(story, truncator, TEXT, `${title} ${named}`.trim(), line),
				parse_mode: "HTML",
				link_preview_options: { is_disabled: true },
				...(options["silent"] === true ? { disable_notification: true } : {}),
			};
		}),
		judge,
		explain,
		retryAfter: (response) => waitOf(parametersOf(response)["retry_after"]),
		escape: literal,
	}),
});

/**
 * A user name mentions by itself, an id by a link: https://core.telegram.org/bots/api#html-style. There is no mention of
 * everybody.
 */
function mention(who: string): string | undefined {
	const [, id] = /^(?:tg:\/\/user\?id=)?(\d{1,20})$/.exec(who) ?? [];
	if (id !== undefined) return `<a href="tg://user?id=${id}">${id}</a>`;
	return /^(?!(?:all|here|everyone|channel)$)[a-z]\w{3,31}$/i.test(who) ? `@${who}` : undefined;
}

/** Nothing of a token ends its part of the path. */
function tokenOf(options: Options): string {
	return encodeURIComponent(textOption(options, "token") ?? "").replaceAll("%3A", ":");
}

/** https://core.telegram.org/bots/api#html-style */
const escapeText: Escaping = (text) => escapeHtml(text).replaceAll('"', "&quot;");

/** A text as it is after its tags and entities have been parsed; each of those that are written here is one character. */
function withoutTags(text: string): string {
	return text.replaceAll(/<[^<>]*>/g, "").replaceAll(/&(?:\w+|#\d+);/g, " ");
}

/** Telegram finds mentions in a text by itself: with a zero-width space in it none begins. */
const literal: Escaping = (text) => muted(escapeText(text));

/** https://core.telegram.org/bots/api#making-requests */
function judge({ body }: Response): Verdict {
	if (body.trim() === "") return { ok: true, note: "not confirmed: Telegram's response is empty" };
	if (fieldsOf(body)["ok"] === true) return { ok: true };
	return {
		ok: false,
		reason: `Telegram responded with ${saidUnder("description", body) ?? `"${excerpt(body, 100)}"`}`,
	};
}

function explain(response: Response): string | undefined {
	const description = saidUnder("description", response.body);
	const chat = parametersOf(response)["migrate_to_chat_id"];
	return typeof chat === "number" ? `${description ?? "moved"}; set chat_id = "${chat}"` : description;
}

/** https://core.telegram.org/bots/api#responseparameters */
function parametersOf({ body }: Response): Readonly<Record<string, unknown>> {
	const { parameters } = fieldsOf(body);
	return isObject(parameters) ? parameters : {};
}
