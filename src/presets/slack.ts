// The slack preset: Block Kit for incoming webhooks, and Slack's own way of saying no.

import { isObject, type JsonObject, parseJson } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { EventContext, Events, PipelineEvent } from "../model/event.ts";
import type { Answer, Message, Options, Preset, Verdict } from "../model/preset.ts";
import { aloneOr, summarize } from "./batch.ts";
import { type BatchLine, listEvents, MARKS, showLine } from "./batch-list.ts";
import { details, type Fact, headline, headlineAndError, identity, origin, runUrl } from "./facts.ts";
import { codeBlock } from "./markdown.ts";
import { mentionOption, mentions } from "./mention.ts";
import { Cuts, plain } from "./text.ts";

/** https://docs.slack.dev/reference/block-kit/blocks/header-block */
const HEADER_LIMIT = 150;
/** https://docs.slack.dev/reference/block-kit/blocks/section-block */
const SECTION_LIMIT = 3000;
const FIELDS_LIMIT = 10;
/** Slack takes 2000 a field; all blocks together must stay below some 12 000 (slackapi/bolt-js issues 2509, 2867). */
const LABEL_LIMIT = 80;
const VALUE_LIMIT = 300;
/** Ours: of one item of the context line, and of the error in a notification's one line. */
const ORIGIN_LIMIT = 100;
const NOTIFIED_ERROR_LIMIT = 300;
/** Ours: as many lines as people read; with the title and the context line all of them stay far below 12 000. */
const LIST = { lines: 25, size: 6000, title: 150, error: 200 };

/** Posts to incoming webhooks and workflow triggers. */
export const slack: Preset = {
	name: "slack",
	title: "Slack",
	options: {
		mention: mentionOption("channel, here, everyone, user ids (U…) and user group ids (S…)"),
	},
	jsonOnly: true,
	mustReadAnswer: true,
	judge,
	escape: escapeSlack,
	render,
	renderBatch: aloneOr(render, renderBatch),
};

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeSlack(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function render(event: PipelineEvent, options: Options): Message {
	const cuts = new Cuts("characters");
	const mentioned = mentions(options, cuts, mention, escapeSlack);
	const error = plain(event.context.error ?? "");
	const mark = MARKS[event.context.status];
	const header = `${mark} ${cuts.text("header", headline(event), HEADER_LIMIT - mark.length - 1, escapeSlack)}`;
	const notified = error === "" ? header : `${header} – ${escapeSlack(excerpt(error, NOTIFIED_ERROR_LIMIT))}`;
	const body: JsonObject = {
		text: mentioned === "" ? notified : `${mentioned} ${notified}`,
		blocks: [
			{ type: "header", text: { type: "plain_text", text: header } },
			section(mentioned, error, event.context, cuts),
			contextBlock(link(runUrl(event.context, cuts), "View run"), origin(event.context), event.context.timestamp, cuts),
		],
	};
	return { body, cut: cuts.phrases };
}

function renderBatch(events: Events, options: Options): Message {
	const cuts = new Cuts("characters");
	const mentioned = mentions(options, cuts, mention, escapeSlack);
	const batch = summarize(events, cuts);
	const mark = MARKS[batch.status];
	const header = `${mark} ${cuts.text("header", batch.headline, HEADER_LIMIT - mark.length - 1, escapeSlack)}`;
	const failed = batch.status === "failure" ? excerpt(headlineAndError(batch.lead), NOTIFIED_ERROR_LIMIT) : "";
	const notified = failed === "" ? header : `${header} – ${escapeSlack(failed)}`;
	const { lines, more } = listEvents(events, cuts, LIST, escapeSlack, batchLine);
	const facts = batch.facts.filter(([label]) => label !== "Pipeline");
	const texts = [mentioned, ...lines, more ?? ""].filter((text) => text !== "");
	const body: JsonObject = {
		text: mentioned === "" ? notified : `${mentioned} ${notified}`,
		blocks: [
			{ type: "header", text: { type: "plain_text", text: header } },
			// Expanded, so that no failure hides behind "see more".
			...paragraphs(texts).map((text) => ({ type: "section", text: mrkdwn(text), expand: true })),
			contextBlock(link(batch.link?.url, batch.link?.text), facts, batch.period, cuts),
		],
	};
	return { body, cut: cuts.phrases };
}

/** Three backticks in one line would begin a block of code that hides the next ones. */
function batchLine(line: BatchLine): string {
	return showLine(line).replaceAll("```", "'''");
}

/** The lines, in as few texts as sections take. */
function paragraphs(lines: readonly string[]): readonly string[] {
	const texts: string[] = [];
	for (const line of lines) {
		const longer = [...texts.slice(-1), line].join("\n");
		if (longer.length <= SECTION_LIMIT) texts.splice(-1, 1, longer);
		else texts.push(line);
	}
	return texts;
}

/** `verbatim`, because else Slack itself turns names in plain text into mentions. */
function mrkdwn(text: string): JsonObject {
	return { type: "mrkdwn", text, verbatim: true };
}

function section(mentioned: string, error: string, context: EventContext, cuts: Cuts): JsonObject {
	const text = [
		mentioned,
		error === "" ? "" : codeBlock(cuts, "error", error, SECTION_LIMIT - mentioned.length - 1, escapeSlack),
	];
	const main = text.filter((part) => part !== "").join("\n");
	const fields = cuts
		.list("fields", [...identity(context), ...details(context)], FIELDS_LIMIT)
		.map(([label, value]) => {
			const name = cuts.text("field name", label, LABEL_LIMIT, escapeSlack);
			return mrkdwn(`*${name}*\n${cuts.text(`field ${excerpt(label, 40)}`, value, VALUE_LIMIT, escapeSlack)}`);
		});
	return { type: "section", ...(main === "" ? {} : { text: mrkdwn(main) }), fields };
}

function link(url: string | undefined, text = ""): readonly string[] {
	return url === undefined ? [] : [`<${escapeSlack(url)}|${text}>`];
}

function contextBlock(links: readonly string[], facts: readonly Fact[], time: string, cuts: Cuts): JsonObject {
	const values = facts.map(([label, value]) => cuts.text(label.toLowerCase(), value, ORIGIN_LIMIT, escapeSlack));
	const text = [...links, ...values, escapeSlack(excerpt(time, ORIGIN_LIMIT))].join(" · ");
	return { type: "context", elements: [mrkdwn(text)] };
}

/** https://docs.slack.dev/messaging/formatting-message-text#advanced */
function mention(id: string): string | undefined {
	if (/^(channel|here|everyone)$/.test(id)) return `<!${id}>`;
	if (/^[UW][A-Z0-9]{1,20}$/.test(id)) return `<@${id}>`;
	if (/^S[A-Z0-9]{1,20}$/.test(id)) return `<!subteam^${id}>`;
	return undefined;
}

/**
 * A success is the text `ok`, JSON with `ok: true`, or nothing (workflow triggers): anything else in a 200 is an error.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
 */
function judge({ body }: Answer): Verdict {
	const said = body.trim();
	if (said === "" || said === "ok") return { ok: true };
	const answer = parseJson(said);
	if (isObject(answer) && answer["ok"] === true) return { ok: true };
	const error = isObject(answer) ? answer["error"] : undefined;
	return {
		ok: false,
		reason: `Slack answered ${typeof error === "string" ? excerpt(error, 100) : `"${excerpt(said, 100)}"`}`,
	};
}
