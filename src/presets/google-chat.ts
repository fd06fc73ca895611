// The google_chat preset: a card for incoming webhooks, in one thread a run.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { EventContext, Events } from "../model/event.ts";
import type { Message, Options, Preset } from "../model/preset.ts";
import { boundedKey, originParts, writeKey } from "./key.ts";
import { listEvents } from "./list.ts";
import { mentionOption, mentions, textOption, withQuery } from "./options.ts";
import { type Story, storyOf } from "./story.ts";
import { type Fact, oneLine, Truncator } from "./text.ts";

/**
 * A message has 32,000 bytes in all. These parts (bytes of JSON), the link and the frame around them stay below it
 * together. https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create
 */
const TITLE_LIMIT = 600;
const ERROR_LIMIT = 8000;
const FACT = { label: 100, value: 400 };
/** A card shows 100 widgets. https://developers.google.com/workspace/chat/api/reference/rest/v1/cards */
const FACTS_LIMIT = 30;
/** The size of a list counts 1 for a line break, and `<br>` is longer. */
const LIST = { lines: 50, size: 18_000 - 50 * "br>".length, title: 600, error: 400 };
/**
 * Characters; a key may have 4000.
 * https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages#Thread
 */
const THREAD_KEY_LIMIT = 200;
/** Ours: of what went wrong in a notification, and of what a card shows before it is unfolded. */
const CAUSE_LIMIT = 300;
const OPEN_LINES = 20;
const OPEN_DETAILS = 5;

/**
 * Its messages have no `text` but mentions, since Google Chat finds mentions and links in it that nothing escapes;
 * notifications show the `fallbackText`.
 */
export const googleChat = (): Preset => ({
	name: "google_chat",
	title: "Google Chat",
	options: {
		mention: mentionOption("all, and users by id or e-mail address"),
		thread_key: {
			kind: "string",
			summary: "Key of the thread that messages go to; by default each run has its own thread",
		},
	},
	needs: { url: true, json: true },
	service: (options, url) => ({
		// https://developers.google.com/workspace/chat/quickstart/webhooks#start_or_reply_to_a_message_thread
		request: () => ({ url: withQuery(url, "messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD") }),
		body: (events) => message(events, options),
		escape: inert,
	}),
});

function message(events: Events, options: Options): Message {
	const truncator = new Truncator("bytes", inert);
	const story = storyOf(events, truncator.notes);
	const { mark, cause, link } = story;
	const title = `${mark} ${truncator.text("title", story.headline, TITLE_LIMIT)}`;
	const main = story.isBatch ? [list(story, truncator)] : errorParagraph(story, truncator);
	const { known, details } = factsOf(story, truncator);
	const sections = [
		...(story.isBatch ? [{ widgets: main }, { widgets: known }] : [{ widgets: [...main, ...known] }]),
		{ widgets: link === undefined ? [] : [button(link.text, link.url)] },
		{
			header: "Details",
			...(details.length <= OPEN_DETAILS ? {} : { collapsible: true, uncollapsibleWidgetsCount: OPEN_DETAILS }),
			widgets: details,
		},
	];
	const text = mentions(options, truncator, mention);
	// A section must have a widget.
	const card = { header: { title }, sections: sections.filter(({ widgets }) => widgets.length > 0) };
	const body = {
		...(text === "" ? {} : { text }),
		fallbackText: cause === "" ? title : `${title} – ${inert(excerpt(cause, CAUSE_LIMIT))}`,
		cardsV2: [{ cardId: "event", card }],
		thread: { threadKey: threadKey(events[0].context, options) },
	};
	return { body, notes: truncator.notes };
}

function list({ events }: Story, truncator: Truncator): JsonObject {
	return { textParagraph: { text: listEvents(events, truncator, LIST, escapeHtml).lines.join("<br>") } };
}

function errorParagraph({ error }: Story, truncator: Truncator): readonly JsonObject[] {
	if (error === "") return [];
	const text = truncator.ends("error", spaced(error), ERROR_LIMIT, escapeHtml);
	return [{ textParagraph: { text, maxLines: OPEN_LINES } }];
}

function factsOf(story: Story, truncator: Truncator) {
	const facts = truncator.list("facts", [...story.facts, ...story.details], FACTS_LIMIT);
	const texts = facts.map((fact) => decoratedText(fact, truncator));
	return { known: texts.slice(0, story.facts.length), details: texts.slice(story.facts.length) };
}

/**
 * https://developers.google.com/workspace/chat/format-messages#messages-@mention, and who can be named by an address:
 * https://developers.google.com/workspace/chat/identify-reference-users
 */
function mention(name: string): string | undefined {
	const id = name.replace(/^users\//, "");
	return /^(?:all|\d{1,30}|[\w.+-]{1,40}@[\w.-]{1,40})$/.test(id) ? `<users/${id}>` : undefined;
}

function threadKey({ ci, pipeline, run_id: run }: EventContext, options: Options): string {
	const own = oneLine(textOption(options, "thread_key") ?? "");
	if (own !== "") return boundedKey(own, THREAD_KEY_LIMIT);
	return boundedKey(writeKey({ ...originParts(ci), pipeline, run }) || "pipeline-hooks", THREAD_KEY_LIMIT);
}

function decoratedText([label, value]: Fact, truncator: Truncator): JsonObject {
	const topLabel = truncator.text("fact name", label, FACT.label);
	const text = truncator.text(`fact ${excerpt(label, 40)}`, value, FACT.value, escapeHtml);
	return { decoratedText: { topLabel, text, wrapText: true } };
}

function button(text: string, url: string): JsonObject {
	return { buttonList: { buttons: [{ text, onClick: { openLink: { url } } }] } };
}

/** HTML shows runs of blank space as one: they are written with no-break spaces. */
function spaced(text: string): string {
	return text.replaceAll(/^[ \t]+|[ \t]{2,}/gm, (space) => "\u00a0".repeat(space.length));
}

const HTML: ReadonlyMap<string, string> = new Map([
	["&", "&amp;"],
	["<", "&lt;"],
	[">", "&gt;"],
	["\n", "<br>"],
]);

/** Most texts of a card are HTML. https://developers.google.com/workspace/chat/format-messages#card-formatting */
function escapeHtml(point: string): string {
	return HTML.get(point) ?? point;
}

/**
 * For texts that Google Chat does not take for HTML, or that a template puts nobody knows where: with a zero-width space
 * in it no tag, mention (`<users/all>`) or link (`<https://…|text>`) begins, however the text is read.
 */
function inert(text: string): string {
	return text.replaceAll("<", "<\u200b");
}
