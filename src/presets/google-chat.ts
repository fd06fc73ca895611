// The google_chat preset: a card for incoming webhooks, in one thread a run.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { EventContext, Events, PipelineEvent } from "../model/event.ts";
import type { Message, Options, Preset } from "../model/preset.ts";
import { aloneOr, summarize } from "./batch.ts";
import { listEvents, MARKS } from "./batch-list.ts";
import { boundedKey, originParts, writeKey } from "./correlation.ts";
import { details, type Fact, headline, headlineAndError, identity, origin, runUrl } from "./facts.ts";
import { mentionOption, mentions } from "./mention.ts";
import { textOption } from "./options.ts";
import { Cuts, oneLine, plain } from "./text.ts";

/**
 * A message has 32,000 bytes in all. These parts (bytes of JSON), the link and the frame around them stay below it
 * together. https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create
 */
const TITLE_LIMIT = 600;
const ERROR_LIMIT = 8000;
const LABEL_LIMIT = 100;
const VALUE_LIMIT = 400;
/** A card shows 100 widgets. https://developers.google.com/workspace/chat/api/reference/rest/v1/cards */
const FACTS_LIMIT = 30;
const LIST_LINES = 50;
/** The size of a list counts 1 for a line break, and `<br>` is longer. */
const LIST_SIZE = 18_000 - LIST_LINES * "br>".length;
const LIST = { lines: LIST_LINES, size: LIST_SIZE, title: 600, error: 400 };
/**
 * Characters; a key may have 4000.
 * https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages#Thread
 */
const THREAD_KEY_LIMIT = 200;
/** Ours: of the error in a notification, and of what a card shows before it is unfolded. */
const NOTIFIED_ERROR_LIMIT = 300;
const OPEN_LINES = 20;
const OPEN_DETAILS = 5;

/**
 * Its messages have no `text` but mentions, since Google Chat finds mentions and links in it that nothing escapes;
 * notifications show the `fallbackText`.
 */
export const googleChat: Preset = {
	name: "google_chat",
	title: "Google Chat",
	options: {
		mention: mentionOption("all, and users by id or e-mail address"),
		thread_key: {
			kind: "string",
			secret: false,
			required: false,
			summary: "Key of the thread that messages go to; by default each run has a thread of its own",
		},
	},
	jsonOnly: true,
	mustReadAnswer: false,
	// https://developers.google.com/workspace/chat/quickstart/webhooks#start_or_reply_to_a_message_thread
	query: { messageReplyOption: "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD" },
	escape: inert,
	render,
	renderBatch: aloneOr(render, renderBatch),
};

function render(event: PipelineEvent, options: Options): Message {
	const { context } = event;
	const cuts = new Cuts("bytes");
	const title = `${MARKS[context.status]} ${cuts.text("title", headline(event), TITLE_LIMIT, inert)}`;
	const error = plain(context.error ?? "");
	const known = [...identity(context), ...origin(context)];
	const facts = cuts
		.list("facts", [...known, ...details(context)], FACTS_LIMIT)
		.map((fact) => decoratedText(fact, cuts));
	const url = runUrl(context, cuts);
	const sections = [
		{
			widgets: [
				...(error === "" ? [] : [errorParagraph(cuts.ends("error", spaced(error), ERROR_LIMIT, escapeHtml))]),
				...facts.slice(0, known.length),
			],
		},
		{ widgets: url === undefined ? [] : [button("View run", url)] },
		{
			header: "Details",
			...(facts.length - known.length <= OPEN_DETAILS
				? {}
				: { collapsible: true, uncollapsibleWidgetsCount: OPEN_DETAILS }),
			widgets: facts.slice(known.length),
		},
	];
	const notified = error === "" ? title : `${title} – ${inert(excerpt(error, NOTIFIED_ERROR_LIMIT))}`;
	return { body: message(title, notified, sections, context, options, cuts), cut: cuts.phrases };
}

function renderBatch(events: Events, options: Options): Message {
	const cuts = new Cuts("bytes");
	const { headline: said, status, lead, facts, period, link } = summarize(events, cuts);
	const title = `${MARKS[status]} ${cuts.text("title", said, TITLE_LIMIT, inert)}`;
	const { lines, more } = listEvents(events, cuts, LIST, escapeHtml);
	const sections = [
		{ widgets: [{ textParagraph: { text: [...lines, ...(more === undefined ? [] : [more])].join("<br>") } }] },
		{ widgets: [...facts, ["Time", period] as const].map((fact) => decoratedText(fact, cuts)) },
		{ widgets: link === undefined ? [] : [button(link.text, link.url)] },
	];
	const failed = status === "failure" ? ` – ${inert(excerpt(headlineAndError(lead), NOTIFIED_ERROR_LIMIT))}` : "";
	return { body: message(title, title + failed, sections, events[0].context, options, cuts), cut: cuts.phrases };
}

/** A section must have a widget: those without are left out. */
function message(
	title: string,
	fallbackText: string,
	sections: readonly (JsonObject & { readonly widgets: readonly JsonObject[] })[],
	context: EventContext,
	options: Options,
	cuts: Cuts,
): JsonObject {
	const text = mentions(options, cuts, mention, inert);
	const card = { header: { title }, sections: sections.filter(({ widgets }) => widgets.length > 0) };
	return {
		...(text === "" ? {} : { text }),
		fallbackText,
		cardsV2: [{ cardId: "event", card }],
		thread: { threadKey: threadKey(context, options) },
	};
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

function errorParagraph(text: string): JsonObject {
	return { textParagraph: { text, maxLines: OPEN_LINES } };
}

function decoratedText([label, value]: Fact, cuts: Cuts): JsonObject {
	const topLabel = cuts.text("fact name", label, LABEL_LIMIT, inert);
	const text = cuts.text(`fact ${excerpt(label, 40)}`, value, VALUE_LIMIT, escapeHtml);
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
