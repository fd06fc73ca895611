// The slack preset: Block Kit for incoming webhooks, and Slack's own way of saying no.
import type { EventContext, PipelineEvent, Status } from "../event/event.ts";
import { isObject, type JsonObject, parseJson } from "../json.ts";
import { excerpt } from "../text.ts";
import { details, headline, identity, origin, runUrl } from "./facts.ts";
import { codeBlock } from "./markdown.ts";
import { textsOption } from "./options.ts";
import type { Answer, Message, Options, Preset, Verdict } from "./preset.ts";
import { Cuts, oneLine, plain } from "./text.ts";

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
const MENTIONS_LIMIT = 20;
const MENTION_LIMIT = 80;

const MARKS: Readonly<Record<Status, string>> = {
	started: "▶️",
	success: "✅",
	failure: "❌",
	cancelled: "⏹️",
	info: "ℹ️",
	warning: "⚠️",
};

/** Posts to incoming webhooks and workflow triggers. */
export const slack: Preset = {
	name: "slack",
	title: "Slack",
	options: {
		mention: {
			kind: "strings",
			secret: false,
			required: false,
			summary: "Who is mentioned: channel, here, everyone, user ids (U…) and user group ids (S…)",
		},
	},
	jsonOnly: true,
	mustReadAnswer: true,
	judge,
	escape: escapeSlack,
	render,
	renderBatch: ([event], options) => render(event, options),
};

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeSlack(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function render(event: PipelineEvent, options: Options): Message {
	const cuts = new Cuts("characters");
	const wanted = textsOption(options, "mention").map(oneLine);
	const mentions = cuts
		.list(
			"mentions",
			wanted.filter((who) => who !== ""),
			MENTIONS_LIMIT,
		)
		.map((who) => mention(who, cuts))
		.join(" ");
	const error = plain(event.context.error ?? "");
	const mark = MARKS[event.context.status];
	const header = `${mark} ${cuts.text("header", headline(event), HEADER_LIMIT - mark.length - 1, escapeSlack)}`;
	const notified = error === "" ? header : `${header} – ${escapeSlack(excerpt(error, NOTIFIED_ERROR_LIMIT))}`;
	const body: JsonObject = {
		text: mentions === "" ? notified : `${mentions} ${notified}`,
		blocks: [
			{ type: "header", text: { type: "plain_text", text: header } },
			section(mentions, error, event.context, cuts),
			{ type: "context", elements: [mrkdwn(contextLine(event.context, cuts))] },
		],
	};
	return { body, cut: cuts.phrases };
}

/** `verbatim`, because else Slack itself turns names in plain text into mentions. */
function mrkdwn(text: string): JsonObject {
	return { type: "mrkdwn", text, verbatim: true };
}

function section(mentions: string, error: string, context: EventContext, cuts: Cuts): JsonObject {
	const text = [
		mentions,
		error === "" ? "" : codeBlock(cuts, "error", error, SECTION_LIMIT - mentions.length - 1, escapeSlack),
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

function contextLine(context: EventContext, cuts: Cuts): string {
	const url = runUrl(context, cuts);
	const link = url === undefined ? [] : [`<${escapeSlack(url)}|View run>`];
	const facts = origin(context).map(([label, value]) =>
		cuts.text(label.toLowerCase(), value, ORIGIN_LIMIT, escapeSlack),
	);
	return [...link, ...facts, escapeSlack(excerpt(context.timestamp, ORIGIN_LIMIT))].join(" · ");
}

/** https://docs.slack.dev/messaging/formatting-message-text#advanced; a name that is no id stays plain text. */
function mention(who: string, cuts: Cuts): string {
	const id = who.replace(/^@/, "");
	if (/^(channel|here|everyone)$/.test(id)) return `<!${id}>`;
	if (/^[UW][A-Z0-9]{1,20}$/.test(id)) return `<@${id}>`;
	if (/^S[A-Z0-9]{1,20}$/.test(id)) return `<!subteam^${id}>`;
	return `@${cuts.text("mention", id, MENTION_LIMIT - 1, escapeSlack)}`;
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
