// The teams preset: an Adaptive Card for Teams Workflows, and the retired connectors' way of saying no.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Events, PipelineEvent, Status } from "../model/event.ts";
import type { Answer, Message, Options, Preset, Verdict } from "../model/preset.ts";
import { aloneOr, summarize } from "./batch.ts";
import { listEvents } from "./batch-list.ts";
import { details, type Fact, headline, identity, origin, runUrl } from "./facts.ts";
import { escapeMarkdown } from "./markdown.ts";
import { textOption } from "./options.ts";
import { Cuts, plain } from "./text.ts";

/**
 * A message has 28 KB in all. These parts (bytes of JSON), the link and the frame around them stay below it together.
 * https://learn.microsoft.com/microsoftteams/limits-specifications-teams
 */
const TITLE_LIMIT = 600;
const ERROR_LIMIT = 8000;
const LABEL_LIMIT = 100;
const VALUE_LIMIT = 400;
const FACTS_LIMIT = 30;
/** Each line is an element of its own, whose frame the size does not count. */
const LIST = { lines: 40, size: 18_000, title: 500, error: 500 };

/** https://adaptivecards.io/explorer/TextBlock.html: the colours are words, which each theme shows in its own way. */
const COLORS: Readonly<Record<Status, "accent" | "good" | "attention" | "warning">> = {
	started: "accent",
	success: "good",
	failure: "attention",
	cancelled: "warning",
	info: "accent",
	warning: "warning",
};

/** Posts to the URL of a Workflow, on whichever host it lives. */
export const teams: Preset = {
	name: "teams",
	title: "Microsoft Teams",
	options: {
		card: {
			kind: "choice",
			choices: ["message", "bare"],
			secret: false,
			required: false,
			summary: "Whether the card comes in a message (the default) or bare, as some flows want it",
		},
	},
	jsonOnly: true,
	mustReadAnswer: true,
	judge,
	warnUrl: ({ hostname }) =>
		/(^|\.)webhook\.office\.com$/.test(hostname)
			? "connector URLs of webhook.office.com are retired: make a Workflow in Teams and use its URL"
			: undefined,
	render,
	renderBatch: aloneOr(render, renderBatch),
};

function render(event: PipelineEvent, options: Options): Message {
	const { context } = event;
	const cuts = new Cuts("bytes");
	const url = runUrl(context, cuts);
	const error = plain(context.error ?? "");
	const facts = [...identity(context), ...origin(context), ...details(context)];
	const body = [
		title(headline(event), context.status, cuts),
		...(error === ""
			? []
			: [{ ...textBlock(cuts.ends("error", literal(error), ERROR_LIMIT, escapeCard)), fontType: "Monospace" }]),
		factSet(facts, cuts),
	];
	return card(body, url === undefined ? undefined : { url, text: "View run" }, options, cuts);
}

function renderBatch(events: Events, options: Options): Message {
	const cuts = new Cuts("bytes");
	const batch = summarize(events, cuts);
	const { lines, more } = listEvents(events, cuts, LIST, escapeCard);
	const body = [
		title(batch.headline, batch.status, cuts),
		...lines.map((line) => ({ ...textBlock(line), spacing: "Small" })),
		...(more === undefined ? [] : [{ ...textBlock(more), spacing: "Small", isSubtle: true }]),
		factSet([...batch.facts, ["Time", batch.period]], cuts),
	];
	return card(body, batch.link, options, cuts);
}

function title(text: string, status: Status, cuts: Cuts): JsonObject {
	const block = textBlock(cuts.text("title", literal(text), TITLE_LIMIT, escapeCard));
	return { ...block, size: "Large", weight: "Bolder", color: COLORS[status] };
}

function textBlock(text: string): JsonObject {
	return { type: "TextBlock", text, wrap: true };
}

function factSet(facts: readonly Fact[], cuts: Cuts): JsonObject {
	return { type: "FactSet", facts: cuts.list("facts", facts, FACTS_LIMIT).map((fact) => cardFact(fact, cuts)) };
}

function card(
	body: readonly JsonObject[],
	link: { readonly url: string; readonly text: string } | undefined,
	options: Options,
	cuts: Cuts,
): Message {
	const content: JsonObject = {
		$schema: "http://adaptivecards.io/schemas/adaptive-card.json",
		type: "AdaptiveCard",
		version: "1.4",
		body,
		...(link === undefined ? {} : { actions: [{ type: "Action.OpenUrl", title: link.text, url: link.url }] }),
		msteams: { width: "Full" },
	};
	return { body: textOption(options, "card") === "bare" ? content : message(content), cut: cuts.phrases };
}

/** https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook */
function message(card: JsonObject): JsonObject {
	const contentType = "application/vnd.microsoft.card.adaptive";
	return { type: "message", attachments: [{ contentType, contentUrl: null, content: card }] };
}

function cardFact([label, value]: Fact, cuts: Cuts): JsonObject {
	return {
		title: cuts.text("fact name", literal(label), LABEL_LIMIT, escapeCard),
		value: cuts.text(`fact ${excerpt(label, 40)}`, literal(value), VALUE_LIMIT, escapeCard),
	};
}

/**
 * A line that begins with blank space or with a mark of Markdown's (list, quote, heading) begins with no-break
 * spaces instead: the indentation stays, and no block can begin after one.
 */
function literal(text: string): string {
	return text.replaceAll(/^([ \t]+)|^(?=>|(?:[-+#]+|\d+[.)])(?:\s|$))/gm, (indent) =>
		"\u00a0".repeat(indent.length || 1),
	);
}

/** https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features: a Markdown subset, without line breaks. */
function escapeCard(point: string): string {
	return point === "\n" ? "\n\n" : escapeMarkdown(point);
}

/** Connectors told errors inside a 200: `… endpoint returned HTTP error 429 …`. */
function judge({ status, body }: Answer): Verdict {
	const error = /returned HTTP error (\d{3})/.exec(body)?.[1];
	if (error !== undefined)
		return { ok: false, reason: `Teams answered ${status}, but with HTTP error ${error} in its text` };
	return status === 202 ? { ok: true, note: "accepted by the Workflow, not yet posted" } : { ok: true };
}
