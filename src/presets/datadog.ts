// The datadog preset: the Events API v1, with tags and a key that groups the events of one thing.

import { excerpt } from "../lib/text.ts";
import type { EventContext, Events, PipelineEvent, Status } from "../model/event.ts";
import type { Message, Options, Preset } from "../model/preset.ts";
import { aloneOr, summarize } from "./batch.ts";
import { batchKey } from "./batch-key.ts";
import { type BatchLine, listEvents, showLine } from "./batch-list.ts";
import { correlationKey } from "./correlation.ts";
import { tags } from "./datadog-tags.ts";
import { details, type Fact, headline, identity, origin, runUrl } from "./facts.ts";
import { codeBlock, escapeMarkdown } from "./markdown.ts";
import { textOption } from "./options.ts";
import { Cuts, oneLine, plain } from "./text.ts";

/** https://docs.datadoghq.com/api/latest/events/#post-an-event: Datadog's clients state 100 for the title too. */
const TITLE_LIMIT = 100;
const TEXT_LIMIT = 4000;
const AGGREGATION_KEY_LIMIT = 100;
/** Ours: so that the facts that identify the event, the link and the error all find room in the text. */
const LABEL_LIMIT = 80;
const VALUE_LIMIT = 100;
const ERROR_LIMIT = 1200;
const LIST = { lines: 30, title: 150, error: 200 };

/** One line of the list: marks, name and value. */
const ITEM_LIMIT = LABEL_LIMIT + VALUE_LIMIT + "- ****: \n".length;

const [OPEN, CLOSE, GAP, ITEM] = ["%%% \n", "\n %%%", "\n\n", "- "];
/** What would end the block of Markdown. */
const CLOSING = /%{3,}/g;

/** https://docs.datadoghq.com/getting_started/site/ */
const SITES = [
	"datadoghq.com",
	"us3.datadoghq.com",
	"us5.datadoghq.com",
	"datadoghq.eu",
	"ap1.datadoghq.com",
	"ap2.datadoghq.com",
	"ddog-gov.com",
	"us2.ddog-gov.com",
] as const;

const ALERT_TYPES: Readonly<Record<Status, "error" | "warning" | "info" | "success">> = {
	started: "info",
	success: "success",
	failure: "error",
	cancelled: "warning",
	info: "info",
	warning: "warning",
};

/**
 * Leaves `date_happened` out: Datadog refuses events that are older than 18 hours, and the time is a fact in the text.
 */
export const datadog: Preset = {
	name: "datadog",
	title: "Datadog",
	options: {
		api_key: { kind: "string", secret: true, required: true, summary: "API key of the organisation" },
		site: {
			kind: "choice",
			choices: SITES,
			secret: false,
			required: false,
			summary: "Site of the organisation; default datadoghq.com",
		},
		tags: { kind: "strings", secret: false, required: false, summary: "Tags beside those of the event, as key:value" },
	},
	jsonOnly: true,
	mustReadAnswer: false,
	defaultUrl: (options) => `https://api.${textOption(options, "site") ?? SITES[0]}/api/v1/events`,
	headers: (options) => ({ "DD-API-KEY": textOption(options, "api_key") ?? "" }),
	render,
	renderBatch: aloneOr(render, renderBatch),
};

function render(event: PipelineEvent, options: Options): Message {
	const { context } = event;
	const cuts = new Cuts("characters");
	const body = {
		title: cuts.text("title", headline(event), TITLE_LIMIT, silence),
		text: OPEN + markdown(context, cuts) + CLOSE,
		alert_type: ALERT_TYPES[context.status],
		aggregation_key: correlationKey(event, AGGREGATION_KEY_LIMIT),
		tags: tags(context, options, cuts),
	};
	return { body, cut: cuts.phrases };
}

function renderBatch(events: Events, options: Options): Message {
	const cuts = new Cuts("characters");
	const batch = summarize(events, cuts);
	const { url, text: view } = batch.link ?? {};
	const known: readonly Fact[] = [...batch.facts, ["Time", batch.period]];
	const rest = [...(url === undefined ? [] : [`[${view}](${url})`]), known.map((fact) => item(fact, cuts)).join("\n")];
	const size = TEXT_LIMIT - [OPEN, ITEM, ...rest, CLOSE].join(GAP).length;
	const { lines, more } = listEvents(events, cuts, { ...LIST, size }, literal, batchLine);
	const list = more === undefined ? lines : [...lines, ITEM + more];
	const body = {
		title: cuts.text("title", batch.headline, TITLE_LIMIT, silence),
		text: OPEN + [list.join("\n"), ...rest].join(GAP) + CLOSE,
		alert_type: ALERT_TYPES[batch.status],
		aggregation_key: batchKey(events, batch, AGGREGATION_KEY_LIMIT),
		tags: tags(batch.context, options, cuts),
	};
	return { body, cut: cuts.phrases };
}

/** Three percent signs would end the block of Markdown. */
function batchLine(line: BatchLine): string {
	return (ITEM + showLine(line)).replaceAll(CLOSING, "%%");
}

/** Identity, link and error first; then as many details as find room. */
function markdown(context: EventContext, cuts: Cuts): string {
	const known: readonly Fact[] = [...identity(context), ...origin(context), ["Time", oneLine(context.timestamp)]];
	const url = runUrl(context, cuts);
	const error = plain(context.error ?? "").replaceAll(CLOSING, "%%");
	const parts = [
		known.map((fact) => item(fact, cuts)).join("\n"),
		...(url === undefined ? [] : [`[View run](${url})`]),
		...(error === "" ? [] : [codeBlock(cuts, "error", error, ERROR_LIMIT, silence)]),
	];
	const room = TEXT_LIMIT - [OPEN, ...parts, "", CLOSE].join(GAP).length;
	const others = cuts.list("details", details(context), Math.floor(room / ITEM_LIMIT));
	if (others.length > 0) parts.push(others.map((fact) => item(fact, cuts)).join("\n"));
	return parts.join(GAP);
}

function item([label, value]: Fact, cuts: Cuts): string {
	const name = cuts.text("fact name", label.replaceAll(CLOSING, "%%"), LABEL_LIMIT, literal);
	const text = cuts.text(`fact ${excerpt(label, 40)}`, value.replaceAll(CLOSING, "%%"), VALUE_LIMIT, literal);
	return `- **${name}**: ${text}`;
}

function literal(point: string): string {
	return silence(escapeMarkdown(point));
}

/** An `@name` in an event notifies whom it names; with a zero-width space in it, it is only text. */
function silence(point: string): string {
	return point === "@" ? "@\u200b" : point;
}
