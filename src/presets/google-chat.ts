// The google_chat preset: a card for incoming webhooks, in one thread a run.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { EventContext } from "../model/event.ts";
import type { Options, Preset } from "../model/preset.ts";
import { boundedKey, originParts, writeKey } from "./key.ts";
import { listEvents } from "./list.ts";
import { lineOption, mentionOption, mentions, text, withQuery } from "./options.ts";
import { type Story, storyBody } from "./story.ts";
import { type Escaping, escapeHtml, type Fact, type Truncator } from "./text.ts";

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
		thread_key: text("Key of the thread that messages go to; by default each run has its own thread"),
	},
	needs: { url: true, json: true },
	service: (options, url) => ({
		// https://developers.google.com/workspace/chat/quickstart/webhooks#start_or_reply_to_a_message_thread
		request: () => ({ url: withQuery(url, "messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD") }),
		body: storyBody("bytes", inert, (story, truncator) => {
			const { mark, cause } = story;
			const title = `${mark} ${truncator.text("title", story.headline, TITLE_LIMIT)}`;
			const card = { header: { title }, sections: sectionsOf(story, truncator) };
			const mentioned = mentions(options, truncator, mention);
			return {
				...(mentioned === "" ? {} : { text: mentioned }),
				fallbackText: cause === "" ? title : `${title} – ${inert(excerpt(cause, CAUSE_LIMIT))}`,
				cardsV2: [{ cardId: "event", card }],
				thread: { threadKey: threadKey(story.events[0].context, options) },
			};
		}),
		escape: inert,
	}),
});

/** Those that have a widget, as each must. */
function sectionsOf(story: Story, truncator: Truncator): readonly JsonObject[] {
	const { isBatch, link } = story;
	const main = isBatch ? [list(story, truncator)] : errorParagraph(story, truncator);
	const facts = truncator.list("facts", [...story.facts, ...story.details], FACTS_LIMIT);
	const texts = facts.map((fact) => decoratedText(fact, truncator));
	const [known, details] = [texts.slice(0, story.facts.length), texts.slice(story.facts.length)];
	const folded = details.length <= OPEN_DETAILS ? {} : { collapsible: true, uncollapsibleWidgetsCount: OPEN_DETAILS };
	const sections = [
		...(isBatch ? [{ widgets: main }, { widgets: known }] : [{ widgets: [...main, ...known] }]),
		{ widgets: link === undefined ? [] : [{ buttonList: { buttons: [button(link)] } }] },
		{ header: "Details", ...folded, widgets: details },
	];
	return sections.filter(({ widgets }) => widgets.length > 0);
}

function list({ events }: Story, truncator: Truncator): JsonObject {
	return { textParagraph: { text: listEvents(events, truncator, LIST, escapeText).lines.join("<br>") } };
}

function errorParagraph({ error }: Story, truncator: Truncator): readonly JsonObject[] {
	if (error === "") return [];
	// HTML shows runs of white space as one space: they are written with no-break spaces.
	const spaced = error.replaceAll(/^[ \t]+|[ \t]{2,}/gm, (space) => "\u00a0".repeat(space.length));
	return [{ textParagraph: { text: truncator.ends("error", spaced, ERROR_LIMIT, escapeText), maxLines: OPEN_LINES } }];
}

function decoratedText([label, value]: Fact, truncator: Truncator): JsonObject {
	const topLabel = truncator.text("fact name", label, FACT.label);
	const text = truncator.text(`fact ${excerpt(label, 40)}`, value, FACT.value, escapeText);
	return { decoratedText: { topLabel, text, wrapText: true } };
}

function button({ text, url }: NonNullable<Story["link"]>): JsonObject {
	return { text, onClick: { openLink: { url } } };
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
	const key = lineOption(options, "thread_key") || writeKey({ ...originParts(ci), pipeline, run });
	return boundedKey(key || "pipeline-hooks", THREAD_KEY_LIMIT);
}

/** Most texts of a card are HTML. https://developers.google.com/workspace/chat/format-messages#card-formatting */
const escapeText: Escaping = (text) => escapeHtml(text).replaceAll("\n", "<br>");

/**
 * For texts that Google Chat does not take for HTML, or that a template puts anywhere: with a zero-width space in it no
 * tag, mention (`<users/all>`) or link (`<https://…|text>`) begins, however the text is read.
 */
const inert: Escaping = (text) => text.replaceAll("<", "<\u200b");
