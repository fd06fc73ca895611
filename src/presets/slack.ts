// The slack preset: Block Kit for incoming webhooks, and Slack's own way of saying no.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Preset, Response, Verdict } from "../model/preset.ts";
import { listEvents } from "./list.ts";
import { mentionOption, mentions } from "./options.ts";
import { fieldsOf } from "./response.ts";
import { type Story, storyBody } from "./story.ts";
import { escapeHtml, type Truncator } from "./text.ts";

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

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
export const escapeSlack = escapeHtml;

/** Posts to incoming webhooks and workflow triggers. */
export const slack = (): Preset => ({
	name: "slack",
	title: "Slack",
	options: { mention: mentionOption("channel, here, everyone, user ids (U…) and user group ids (S…)") },
	needs: { url: true, json: true },
	service: (options) => ({
		body: storyBody("characters", escapeSlack, (story, truncator) => {
			const { mark, cause } = story;
			const mentioned = mentions(options, truncator, mention);
			const header = `${mark} ${truncator.text("title", story.headline, HEADER_LIMIT - mark.length - 1)}`;
			const notified = cause === "" ? header : `${header} – ${escapeSlack(excerpt(cause, CAUSE_LIMIT))}`;
			return {
				text: mentioned === "" ? notified : `${mentioned} ${notified}`,
				blocks: [
					{ type: "header", text: { type: "plain_text", text: header } },
					...(story.isBatch ? list(story, mentioned, truncator) : [section(story, mentioned, truncator)]),
					contextBlock(story, truncator),
				],
			};
		}),
		judge,
		escape: escapeSlack,
	}),
});

function list({ events }: Story, mentioned: string, truncator: Truncator): readonly JsonObject[] {
	const { lines: whole } = listEvents(events, truncator, LIST);
	// Three backticks in one line would begin a block of code that hides the next ones.
	const lines = whole.map((line) => line.replaceAll("```", "'''"));
	const texts: string[] = [];
	for (const line of mentioned === "" ? lines : [mentioned, ...lines]) {
		const longer = [...texts.slice(-1), line].join("\n");
		if (longer.length <= SECTION_LIMIT) texts.splice(-1, 1, longer);
		else texts.push(line);
	}
	// Expanded, so that no failure hides behind "see more".
	return texts.map((text) => ({ type: "section", text: mrkdwn(text), expand: true }));
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
	const { ok, error } = fieldsOf(said);
	if (said === "" || said === "ok" || ok === true) return { ok: true };
	const shown = typeof error === "string" ? excerpt(error, 100) : `"${excerpt(said, 100)}"`;
	return { ok: false, reason: `Slack responded with ${shown}` };
}
