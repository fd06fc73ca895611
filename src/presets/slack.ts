// The slack preset: Block Kit for incoming webhooks, and Slack's own way of saying no.

import { isObject, type JsonObject, parseJson } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Events } from "../model/event.ts";
import type { Message, Options, Preset, Response, Verdict } from "../model/preset.ts";
import { listEvents } from "./list.ts";
import { mentionOption, mentions } from "./options.ts";
import { type Story, storyOf } from "./story.ts";
import { Truncator } from "./text.ts";

/** https://docs.slack.dev/reference/block-kit/blocks/header-block */
const HEADER_LIMIT = 150;
/** https://docs.slack.dev/reference/block-kit/blocks/section-block */
const SECTION_LIMIT = 3000;
/** Slack takes 2000 a field; all blocks together must stay below some 12 000 (slackapi/bolt-js issues 2509, 2867). */
const FIELD = { label: 80, value: 300, most: 10 };
/** Ours: of one item of the context line, and of what went wrong in a notification's one line. */
const ORIGIN_LIMIT = 100;
const CAUSE_LIMIT = 300;
/** Ours: as many lines as people read; with the title and the context line all of them stay far below 12 000. */
const LIST = { lines: 25, size: 6000, title: 150, error: 200 };

/** Posts to incoming webhooks and workflow triggers. */
export const slack = (): Preset => ({
	name: "slack",
	title: "Slack",
	options: { mention: mentionOption("channel, here, everyone, user ids (U…) and user group ids (S…)") },
	needs: { url: true, json: true },
	service: (options) => ({ body: (events) => message(events, options), judge, escape: escapeSlack }),
});

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
export function escapeSlack(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function message(events: Events, options: Options): Message {
	const truncator = new Truncator("characters", escapeSlack);
	const mentioned = mentions(options, truncator, mention);
	const story = storyOf(events, truncator.notes);
	const { mark, cause } = story;
	const header = `${mark} ${truncator.text("title", story.headline, HEADER_LIMIT - mark.length - 1)}`;
	const notified = cause === "" ? header : `${header} – ${escapeSlack(excerpt(cause, CAUSE_LIMIT))}`;
	const body = {
		text: mentioned === "" ? notified : `${mentioned} ${notified}`,
		blocks: [
			{ type: "header", text: { type: "plain_text", text: header } },
			...(story.isBatch ? list(story, mentioned, truncator) : [section(story, mentioned, truncator)]),
			contextBlock(story, truncator),
		],
	};
	return { body, notes: truncator.notes };
}

function list({ events }: Story, mentioned: string, truncator: Truncator): readonly JsonObject[] {
	const { lines: whole } = listEvents(events, truncator, LIST, escapeSlack);
	// Three backticks in one line would begin a block of code that hides the next ones.
	const lines = whole.map((line) => line.replaceAll("```", "'''"));
	const texts = paragraphs(mentioned === "" ? lines : [mentioned, ...lines]);
	// Expanded, so that no failure hides behind "see more".
	return texts.map((text) => ({ type: "section", text: mrkdwn(text), expand: true }));
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

function section({ error, subject, details }: Story, mentioned: string, truncator: Truncator): JsonObject {
	const code = error === "" ? "" : truncator.codeBlock(error, SECTION_LIMIT - mentioned.length - 1);
	const main = [mentioned, code].filter((part) => part !== "").join("\n");
	const fields = truncator.facts([...subject, ...details], FIELD, (name, value) => mrkdwn(`*${name}*\n${value}`));
	return { type: "section", ...(main === "" ? {} : { text: mrkdwn(main) }), fields };
}

function contextBlock({ isBatch, subject, origin, link, period }: Story, truncator: Truncator): JsonObject {
	const facts = isBatch ? [...subject.filter(([label]) => label !== "Pipeline"), ...origin] : origin;
	const links = link === undefined ? [] : [`<${escapeSlack(link.url)}|${link.text}>`];
	const values = facts.map(([label, value]) => truncator.text(label.toLowerCase(), value, ORIGIN_LIMIT));
	const text = [...links, ...values, escapeSlack(excerpt(period, ORIGIN_LIMIT))].join(" · ");
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
function judge({ body }: Response): Verdict {
	const said = body.trim();
	if (said === "" || said === "ok") return { ok: true };
	const response = parseJson(said);
	if (isObject(response) && response["ok"] === true) return { ok: true };
	const error = isObject(response) ? response["error"] : undefined;
	const shown = typeof error === "string" ? excerpt(error, 100) : `"${excerpt(said, 100)}"`;
	return { ok: false, reason: `Slack answered ${shown}` };
}
