// The slack preset: Block Kit for incoming webhooks, and Slack's own way of saying no.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { AddressNote, Preset, Response, Verdict } from "../model/preset.ts";
import { COLOR_OPTION, MESSAGE_OPTIONS, mentionOption } from "./custom.ts";
import { CHAT } from "./late.ts";
import { listEvents } from "./list.ts";
import { mentioned } from "./options.ts";
import { fieldsOf } from "./response.ts";
import type { Story } from "./story.ts";
import { storyBody } from "./story-body.ts";
import { escapeHtml, type Truncator, unescaped } from "./text.ts";

/** https://docs.slack.dev/reference/block-kit/blocks/header-block */
const HEADER_LIMIT = 150;
/** https://docs.slack.dev/reference/block-kit/blocks/section-block */
const SECTION_LIMIT = 3000;
/**
 * All blocks together must stay below some 13,000 characters, not only of text but of their JSON (slackapi/bolt-js issues
 * 2509, 2867): these parts do.
 */
const TEXT_LIMIT = 600;
const LINKS_LIMIT = 1000;
const FACT = { label: 60, value: 250, most: 12 };
const TRACE_LIMIT = 2400;
const ORIGIN_LIMIT = 400;
/** Ours: as many lines as people read, and the facts below them. */
const LIST = { lines: 25, size: 4500, title: 150, error: 200 };
const BATCH_FACTS = 6;
/** Ours: of what went wrong in a notification's one line. */
const CAUSE_LIMIT = 300;

/** https://docs.slack.dev/reference/block-kit/blocks */
const BLOCK_LIMITS = {
	"header.text.text": HEADER_LIMIT,
	"section.text.text": SECTION_LIMIT,
	"section.fields": 10,
	"section.fields.*.text": 2000,
	"context.elements": 10,
};

/** With a colour the blocks are in an attachment. */
const LIMITS = Object.fromEntries(
	["blocks", "attachments.*.blocks"].flatMap((place) => [
		[place, 50],
		...Object.entries(BLOCK_LIMITS).map(([path, most]) => [`${place}.${path}`, most] as const),
	]),
);

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
export const escapeSlack = escapeHtml;

/** Posts to incoming webhooks. */
export const slack = (): Preset => ({
	name: "slack",
	title: "Slack",
	late: CHAT,
	options: {
		...MESSAGE_OPTIONS,
		...COLOR_OPTION,
		...mentionOption("channel, here, everyone, user ids (U…) and user group ids (S…)"),
	},
	needs: { url: true, json: true },
	limits: LIMITS,
	showcase: blockKitBuilder,
	mention,
	address: forWorkflow,
	service: (_, __, fill) => ({
		body: storyBody("characters", unescaped, fill, (story, truncator) => {
			const { mark, telling } = story;
			const named = mentioned(story.mentions, truncator, mention, escapeSlack);
			const title = `${mark} ${truncator.text("title", story.headline, HEADER_LIMIT - mark.length - 1)}`;
			const told = telling === "" ? title : `${title} – ${excerpt(telling, CAUSE_LIMIT)}`;
			const top = [
				{ type: "header", text: { type: "plain_text", text: title } },
				...(named === "" ? [] : [section(named)]),
			];
			const rest = [
				...textBlock(story, truncator),
				...listBlock(story, truncator),
				...linksBlock(story, truncator),
				...factsBlock(story, truncator),
				...traceBlock(story, truncator),
				originBlock(story, truncator),
			];
			return {
				text: [named, escapeSlack(told)].filter((part) => part !== "").join(" "),
				// Only an attachment has a colour. A mention in one notifies nobody.
				...(story.hasOwnColor
					? { blocks: top, attachments: [{ color: story.color, blocks: rest }] }
					: { blocks: [...top, ...rest] }),
			};
		}),
		judge,
		escape: escapeSlack,
	}),
});

/** Marks such as `*` and backticks mean nothing in rich text. */
function richText(elements: readonly JsonObject[]): JsonObject {
	return { type: "rich_text", elements: [{ type: "rich_text_section", elements }] };
}

/** `verbatim`, because else Slack itself turns names in plain text into mentions. */
function section(text: string): JsonObject {
	return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

function textBlock({ text }: Story, truncator: Truncator): readonly JsonObject[] {
	if (text === "") return [];
	return [richText([{ type: "text", text: truncator.text("text", text, TEXT_LIMIT) }])];
}

function listBlock({ isBatch, events }: Story, truncator: Truncator): readonly JsonObject[] {
	if (!isBatch) return [];
	const { lines } = listEvents(events, truncator, LIST);
	return [richText([{ type: "text", text: lines.join("\n") }])];
}

/** Text links: a button shows a warning sign unless an app acknowledges it (slackapi/slack-github-action issue 513). */
function linksBlock({ links }: Story, truncator: Truncator): readonly JsonObject[] {
	const written = links.map(({ url, text }) => `<${escapeSlack(url)}|${escapeSlack(text)}>`);
	const sizes = written.map((_, index) => written.slice(0, index + 1).join(" · ").length);
	const fitting = sizes.filter((size) => size <= LINKS_LIMIT).length;
	const shown = truncator.list("links", written, fitting);
	return shown.length === 0 ? [] : [section(shown.join(" · "))];
}

function factsBlock({ facts, isBatch }: Story, truncator: Truncator): readonly JsonObject[] {
	const limits = isBatch ? { ...FACT, most: BATCH_FACTS } : FACT;
	const pairs = truncator.facts(facts, limits, (name, value) => [name, value] as const);
	if (pairs.length === 0) return [];
	const elements = pairs.flatMap(([name, value], index) => [
		{ type: "text", text: name, style: { bold: true } },
		{ type: "text", text: `  ${value}${index === pairs.length - 1 ? "" : "\n"}` },
	]);
	return [richText(elements)];
}

/** Slack folds a long section. */
function traceBlock({ trace }: Story, truncator: Truncator): readonly JsonObject[] {
	return trace === "" ? [] : [section(truncator.codeBlock(trace, TRACE_LIMIT, escapeSlack))];
}

/** With the time in the reader's own zone. https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
function originBlock({ origin, times }: Story, truncator: Truncator): JsonObject {
	const values = origin.map(([, value]) => value).join(" · ");
	const text = truncator.text("origin", values, ORIGIN_LIMIT);
	const shown = times.map((time) => {
		const seconds = Math.floor(Date.parse(time) / 1000);
		return `<!date^${seconds}^{date_short_pretty} {time}|${escapeSlack(time)}>`;
	});
	return {
		type: "context",
		elements: [
			...(text === "" ? [] : [{ type: "plain_text", text, emoji: false }]),
			{ type: "mrkdwn", text: shown.join(" – "), verbatim: true },
		],
	};
}

/**
 * In Slack's spelling, with or without the name that it ignores, or in ours.
 * https://docs.slack.dev/messaging/formatting-message-text#advanced
 */
function mention(who: string): string | undefined {
	const id = who.replace(/^<(?:@|!subteam\^|!)(\w+)(?:\|[^<>|]*)?>$/, "$1").replace(/^[@!]/, "");
	if (/^(channel|here|everyone)$/.test(id)) return `<!${id}>`;
	if (/^[UW][A-Z0-9]{1,20}$/.test(id)) return `<@${id}>`;
	if (/^S[A-Z0-9]{1,20}$/.test(id)) return `<!subteam^${id}>`;
	return undefined;
}

/** https://docs.slack.dev/tools/block-kit-builder */
function blockKitBuilder({ blocks, attachments }: JsonObject): string | undefined {
	if (blocks === undefined && attachments === undefined) return undefined;
	const payload = JSON.stringify({ blocks, attachments });
	return `https://app.slack.com/block-kit-builder/#${encodeURIComponent(payload)}`;
}

/**
 * Such a URL takes an object of texts under the names that the workflow declares.
 * https://docs.slack.dev/tools/node-slack-sdk/reference/webhook/interfaces/WebhookTriggerSendArguments/
 */
function forWorkflow({ hostname, pathname }: URL, isTemplate: boolean): AddressNote | undefined {
	const isWorkflow = /^hooks\.slack(-gov)?\.com$/.test(hostname) && /^\/(triggers|workflows)\//.test(pathname);
	if (isTemplate || !isWorkflow) return undefined;
	const what = "the url starts a workflow, which takes the texts that it declares and no message";
	return { what, remedy: 'write a body_template with them, as {"error": "{{telling_line}}"}' };
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
