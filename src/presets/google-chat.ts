// The google_chat preset: a card for incoming webhooks, in one thread a run.

import { fitting } from "../lib/fitting.ts";
import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Fill, Preset } from "../model/preset.ts";
import { MESSAGE_OPTIONS, mentionOption, template } from "./custom.ts";
import { originParts } from "./key.ts";
import { boundedKey, writeKey } from "./key-text.ts";
import { CHAT } from "./late.ts";
import type { Link } from "./links.ts";
import { listEvents } from "./list.ts";
import { originLine } from "./message-text.ts";
import { mentioned, text, withQuery } from "./options.ts";
import type { Story } from "./story.ts";
import { storyBody, storyView } from "./story-body.ts";
import { type Escaping, escapeHtml, type Fact, jsonBytes, oneLine, Truncator } from "./text.ts";

/**
 * Bytes of all. These parts (bytes of JSON) and the frame around them stay below it together, and facts have the rest.
 * https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create
 */
const MESSAGE_LIMIT = 32_000;
const TITLE_LIMIT = 600;
const TEXT_LIMIT = 1500;
const TRACE_LIMIT = 6000;
const ORIGIN_LIMIT = 1500;
const FACT = { label: 100, value: 400 };
/** A card shows 100 widgets. https://developers.google.com/workspace/chat/api/reference/rest/v1/cards */
const FACTS_LIMIT = 25;
const LINKS_LIMIT = 10;
const LINKS_SIZE = 5000;
/** The size of a list counts 1 for a line break, and `<br>` is longer. */
const LIST = { lines: 50, size: 15_000 - 50 * "br>".length, title: 600, error: 400 };
/**
 * Characters; a key may have 4000.
 * https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages#Thread
 */
const THREAD_KEY_LIMIT = 200;
/** Ours: of what went wrong in a notification, and of what a card shows before it is unfolded. */
const CAUSE_LIMIT = 300;
const OPEN_LINES = 5;
const OPEN_FACTS = 8;

/**
 * Its messages have no `text` but mentions, since Google Chat finds mentions and links in it that nothing escapes;
 * notifications show the `fallbackText`.
 */
export const googleChat = (): Preset => ({
	name: "google_chat",
	title: "Google Chat",
	late: CHAT,
	options: {
		...MESSAGE_OPTIONS,
		...mentionOption("all, and users by id or e-mail address"),
		thread_key: template(text("Key of the thread that messages go to; by default each run has its own thread")),
	},
	needs: { url: true, json: true },
	limits: { bytes: MESSAGE_LIMIT, "thread.threadKey": 4000 },
	mention,
	service: (_, url, fill) => ({
		// https://developers.google.com/workspace/chat/quickstart/webhooks#start_or_reply_to_a_message_thread
		request: () => ({ url: withQuery(url, "messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD") }),
		body: storyBody("bytes", inert, fill, (story, truncator) => {
			const { mark, telling } = story;
			const title = `${mark} ${truncator.text("title", story.headline, TITLE_LIMIT)}`;
			const named = mentioned(story.mentions, truncator, mention);
			const [above, below] = [sectionsAbove(story, truncator), sectionsBelow(story, truncator)];
			const message = (facts: readonly JsonObject[]) => ({
				...(named === "" ? {} : { text: named }),
				fallbackText: telling === "" ? title : `${title} – ${inert(excerpt(telling, CAUSE_LIMIT))}`,
				cardsV2: [{ cardId: "event", card: { header: { title }, sections: [...above, ...folded(facts), ...below] } }],
				thread: { threadKey: threadKey(story, fill) },
			});
			return message(factsWithin(MESSAGE_LIMIT - jsonBytes(message([])), story, truncator));
		}),
		escape: inert,
	}),
});

/** What happened, and what leads on. */
function sectionsAbove(story: Story, truncator: Truncator): readonly JsonObject[] {
	const text = story.text === "" ? [] : [truncator.text("text", story.text, TEXT_LIMIT, escapeText)];
	const list = story.isBatch ? listEvents(story.events, truncator, LIST, escapeText).lines : [];
	const buttons = story.links.slice(0, LINKS_LIMIT).map(button);
	const links = truncator.list("links", story.links, fitting(buttons, LINKS_SIZE, jsonBytes)).map(button);
	return [
		...section([...text, ...(list.length === 0 ? [] : [list.join("<br>")])].map(paragraph)),
		...section(links.length === 0 ? [] : [{ buttonList: { buttons: links } }]),
	];
}

/** The trace and the origin. */
function sectionsBelow(story: Story, truncator: Truncator): readonly JsonObject[] {
	const origin = paragraph(truncator.text("origin", originLine(story), ORIGIN_LIMIT, escapeText));
	return [...section(trace(story, truncator)), ...section([origin])];
}

/** Each must have a widget. */
function section(widgets: readonly JsonObject[], folding: JsonObject = {}): readonly JsonObject[] {
	return widgets.length === 0 ? [] : [{ ...folding, widgets }];
}

/** Shows some facts, and the others when it is unfolded. */
function folded(facts: readonly JsonObject[]): readonly JsonObject[] {
	const isLong = facts.length > OPEN_FACTS;
	return section(facts, isLong ? { collapsible: true, uncollapsibleWidgetsCount: OPEN_FACTS } : {});
}

function factsWithin(room: number, { facts }: Story, truncator: Truncator): readonly JsonObject[] {
	const size = (fact: Fact) => jsonBytes(decoratedText(fact, new Truncator("bytes", inert))) + ",".length;
	const frame = jsonBytes({ collapsible: true, uncollapsibleWidgetsCount: OPEN_FACTS, widgets: [] }) + ",".length;
	const most = fitting(facts.slice(0, FACTS_LIMIT), room - frame, size);
	return truncator.list("facts", facts, most).map((fact) => decoratedText(fact, truncator));
}

function paragraph(text: string): JsonObject {
	return { textParagraph: { text } };
}

function trace(story: Story, truncator: Truncator): readonly JsonObject[] {
	if (story.trace === "") return [];
	// HTML shows runs of white space as one space: they are written with no-break spaces.
	const spaced = story.trace.replaceAll(/^[ \t]+|[ \t]{2,}/gm, (space) => "\u00a0".repeat(space.length));
	return [{ textParagraph: { text: truncator.ends("error", spaced, TRACE_LIMIT, escapeText), maxLines: OPEN_LINES } }];
}

function decoratedText([label, value]: Fact, truncator: Truncator): JsonObject {
	const topLabel = truncator.text("fact name", label, FACT.label);
	const text = truncator.text(`fact ${excerpt(label, 40)}`, value, FACT.value, escapeText);
	return { decoratedText: { topLabel, text, wrapText: true } };
}

function button({ text, url }: Link): JsonObject {
	return { text: inert(text), onClick: { openLink: { url } } };
}

/**
 * https://developers.google.com/workspace/chat/format-messages#messages-@mention, and who can be named by an address:
 * https://developers.google.com/workspace/chat/identify-reference-users
 */
function mention(who: string): string | undefined {
	const id = who.replace(/^<?users\/([^>]*)>?$/, "$1");
	return /^(?:all|\d{1,30}|[\w.+-]{1,40}@[\w.-]{1,40})$/.test(id) ? `<users/${id}>` : undefined;
}

function threadKey(story: Story, fill: Fill | undefined): string {
	const { ci, pipeline, run_id: run } = story.events[0].context;
	const own = fill?.("thread_key", () => storyView(story)).map(([, written]) => oneLine(written))[0];
	return boundedKey(own || writeKey({ ...originParts(ci), pipeline, run }) || "pipeline-hooks", THREAD_KEY_LIMIT);
}

/** Most texts of a card are HTML. https://developers.google.com/workspace/chat/format-messages#card-formatting */
const escapeText: Escaping = (text) => escapeHtml(text).replaceAll("\n", "<br>");

/**
 * For texts that Google Chat does not take for HTML, or that a template puts anywhere: with a zero-width space in it no
 * tag, mention (`<users/all>`) or link (`<https://…|text>`) begins, however the text is read.
 */
const inert: Escaping = (text) => text.replaceAll("<", "<\u200b");
