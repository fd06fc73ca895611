// The telegram preset: a message of a bot to a chat or channel, by the Bot API's sendMessage.

import { isObject, parseJson } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Events } from "../model/event.ts";
import type { Message, Options, Preset, Response, Verdict } from "../model/preset.ts";
import { listEvents } from "./list.ts";
import { textOption } from "./options.ts";
import { type Story, storyOf } from "./story.ts";
import { type Fact, oneLine, Truncator } from "./text.ts";

/** Counted without tags and entities there, here with all but the address of the link. https://core.telegram.org/bots/api#sendmessage */
const TEXT_LIMIT = 4096;
/** Ours: so that title, error, the facts that identify the event and the link all find room. */
const TITLE_LIMIT = 250;
const ERROR_LIMIT = 1400;
const FACT = { label: 40, value: 80 };
const LIST = { lines: 30, title: 150, error: 150 };

/** One line of facts: tags, name and value. */
const ITEM_LIMIT = FACT.label + FACT.value + "<b></b>: \n".length;

export const telegram = (): Preset => ({
	name: "telegram",
	title: "Telegram",
	options: {
		token: { kind: "string", secret: true, summary: "Token of the bot; required if there is no url" },
		chat_id: { kind: "string", required: true, summary: "ID of the chat, in quotes, or @name of a channel" },
		thread_id: { kind: "string", summary: "ID of the topic in a forum, in quotes" },
		silent: { kind: "boolean", summary: "Whether the message arrives without a sound; default false" },
	},
	needs: { url: "token", json: true },
	service: (options, url) => ({
		request: () => ({ url: url?.href ?? `https://api.telegram.org/bot${tokenOf(options)}/sendMessage` }),
		body: (events) => message(events, options),
		judge,
		explain,
		retryAfter,
		escape: (text) => [...text].map(literal).join(""),
	}),
});

/** Nothing of a token ends its part of the path. */
function tokenOf(options: Options): string {
	return encodeURIComponent(textOption(options, "token") ?? "").replaceAll("%3A", ":");
}

function message(events: Events, options: Options): Message {
	const truncator = new Truncator("characters", literal);
	const story = storyOf(events, truncator.notes);
	const thread = Number(textOption(options, "thread_id"));
	const body = {
		chat_id: oneLine(textOption(options, "chat_id") ?? ""),
		...(Number.isSafeInteger(thread) ? { message_thread_id: thread } : {}),
		text: (story.isBatch ? listed(story, truncator) : told(story, truncator)).join("\n"),
		parse_mode: "HTML",
		link_preview_options: { is_disabled: true },
		...(options["silent"] === true ? { disable_notification: true } : {}),
	};
	return { body, notes: truncator.notes };
}

function told(story: Story, truncator: Truncator): readonly string[] {
	const { error } = story;
	const parts = [
		titleOf(story, truncator),
		...(error === "" ? [] : [`<pre>${truncator.ends("error", error, ERROR_LIMIT)}</pre>`]),
		...items(story.facts, truncator),
	];
	const room = TEXT_LIMIT - [...parts, story.link?.text, ""].join("\n").length;
	const details = truncator.list("details", story.details, Math.floor(room / ITEM_LIMIT));
	return [...parts, ...items(details, truncator), ...linkTo(story)];
}

function listed(story: Story, truncator: Truncator): readonly string[] {
	const title = titleOf(story, truncator);
	const facts = items(story.facts, truncator);
	const size = TEXT_LIMIT - [title, ...facts, story.link?.text, ""].join("\n").length;
	return [title, ...listEvents(story.events, truncator, { ...LIST, size }, literal).lines, ...facts, ...linkTo(story)];
}

function titleOf({ mark, headline }: Story, truncator: Truncator): string {
	return `<b>${mark} ${truncator.text("title", headline, TITLE_LIMIT)}</b>`;
}

function items(facts: readonly Fact[], truncator: Truncator): readonly string[] {
	return truncator.facts(facts, FACT, (name, value) => `<b>${name}</b>: ${value}`);
}

function linkTo({ link }: Story): readonly string[] {
	return link === undefined ? [] : [`<a href="${[...link.url].map(escapeHtml).join("")}">${link.text}</a>`];
}

/** Telegram finds mentions in a text by itself: with a zero-width space in it none begins. */
function literal(point: string): string {
	return point === "@" ? "@\u200b" : escapeHtml(point);
}

const HTML: ReadonlyMap<string, string> = new Map([
	["&", "&amp;"],
	["<", "&lt;"],
	[">", "&gt;"],
	['"', "&quot;"],
]);

/** https://core.telegram.org/bots/api#html-style */
function escapeHtml(point: string): string {
	return HTML.get(point) ?? point;
}

/** https://core.telegram.org/bots/api#making-requests, and `parameters` as in #responseparameters */
function errorOf({ body }: Response) {
	const response = parseJson(body);
	const { ok, description, parameters } = isObject(response) ? response : {};
	const { retry_after: seconds, migrate_to_chat_id: chat } = isObject(parameters) ? parameters : {};
	return { ok, description: typeof description === "string" ? excerpt(description, 200) : "", seconds, chat };
}

function judge(response: Response): Verdict {
	if (response.body.trim() === "") return { ok: true, note: "not confirmed: Telegram's response is empty" };
	const { ok, description } = errorOf(response);
	if (ok === true) return { ok: true };
	return { ok: false, reason: `Telegram answered ${description || `"${excerpt(response.body, 100)}"`}` };
}

function explain(response: Response): string | undefined {
	const { description, chat } = errorOf(response);
	if (typeof chat === "number") return `${description}; set chat_id = "${chat}"`;
	return description || undefined;
}

function retryAfter(response: Response): number | undefined {
	const { seconds } = errorOf(response);
	return typeof seconds === "number" && seconds >= 0 ? Math.min(seconds * 1000, Number.MAX_SAFE_INTEGER) : undefined;
}
