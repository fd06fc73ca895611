// The incident_io preset: an alert event of an HTTP source, which fires an alert or resolves it.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Events, PipelineEvent } from "../model/event.ts";
import type { Message, Options, Preset } from "../model/preset.ts";
import { aloneOr, summarize } from "./batch.ts";
import { batchKey, resolvedKey } from "./batch-key.ts";
import { listEvents } from "./batch-list.ts";
import { contextShown, contextWithout } from "./context.ts";
import { boundedKey, correlationKey } from "./correlation.ts";
import { type Fact, headline, identity, origin, runUrl } from "./facts.ts";
import { codeBlock, escapeMarkdown } from "./markdown.ts";
import { tableOption, textOption } from "./options.ts";
import { Cuts, jsonBytes, oneLine, plain } from "./text.ts";

/** 512 KB, read as the smaller of its two meanings. https://github.com/prometheus/alertmanager/pull/4372, by incident.io */
const EVENT_LIMIT = 512_000;
/** Ours: incident.io states none for these. https://docs.incident.io/api-reference/alert-events-v2/createhttp */
const TITLE_LIMIT = 255;
const KEY_LIMIT = 255;
const ERROR_LIMIT = 5000;
const LABEL_LIMIT = 80;
const VALUE_LIMIT = 500;
/** Ours: of what is said to be left out. */
const NAMES_LIMIT = 100;
const LIST = { lines: 100, size: 15_000, title: 300, error: 300 };

/**
 * Fires for every event it is attached to, but resolves on a success, as the pagerduty preset does; a batch likewise, by
 * its worst status.
 */
export const incidentIo: Preset = {
	name: "incident_io",
	title: "incident.io",
	options: {
		token: {
			kind: "string",
			secret: true,
			required: true,
			summary: "Token of the HTTP alert source, without the word Bearer",
		},
		source_id: {
			kind: "string",
			secret: false,
			required: false,
			summary: "ID of the HTTP alert source, the end of its URL; needed where there is no url",
		},
		deduplication_key: {
			kind: "string",
			secret: false,
			required: false,
			summary: "Key that ties alert and resolution together; default from all that tells things apart",
		},
		metadata: { kind: "table", secret: false, required: false, summary: "Merged over the context in the metadata" },
	},
	jsonOnly: true,
	mustReadAnswer: false,
	defaultUrl: (options) =>
		`https://api.incident.io/v2/alert_events/http/${encodeURIComponent(textOption(options, "source_id") ?? "")}`,
	urlOption: "source_id",
	headers: (options) => ({ Authorization: `Bearer ${textOption(options, "token") ?? ""}` }),
	render,
	renderBatch: aloneOr(render, renderBatch),
};

/** What an alert event says, before it is cut. */
interface Alert {
	readonly resolved: boolean;
	readonly key: string;
	readonly title: string;
	/** Markdown: cut and escaped. */
	readonly text: string;
	readonly facts: readonly Fact[];
	readonly url: string | undefined;
	readonly metadata: JsonObject;
}

function render(event: PipelineEvent, options: Options): Message {
	const { context } = event;
	const cuts = new Cuts("characters");
	const error = plain(context.error ?? "");
	const alert = {
		resolved: context.status === "success",
		key: correlationKey(event, KEY_LIMIT),
		title: headline(event),
		text: error === "" ? "" : codeBlock(cuts, "error", error, ERROR_LIMIT, silence),
		facts: [...identity(context), ...origin(context)],
		url: runUrl(context, cuts),
		metadata: contextShown(context),
	};
	return message(alert, options, cuts);
}

function renderBatch(events: Events, options: Options): Message {
	const cuts = new Cuts("characters");
	const batch = summarize(events, cuts);
	const resolved = batch.status === "success";
	const { lines, more } = listEvents(events, cuts, LIST, literal);
	const facts: readonly Fact[] = [["Status", batch.status], ...batch.facts, ["Time", batch.period]];
	const alert = {
		resolved,
		key: (resolved ? resolvedKey : batchKey)(events, batch, KEY_LIMIT),
		title: batch.headline,
		text: [...lines, ...(more === undefined ? [] : [more])].map((line) => `- ${line}`).join("\n"),
		facts,
		url: batch.link?.url,
		// In the same places as an event's own, for the attributes that are read from there.
		metadata: { count: events.length, ...contextWithout(batch.context, ["id"]) },
	};
	return message(alert, options, cuts);
}

function message(alert: Alert, options: Options, cuts: Cuts): Message {
	const key = oneLine(textOption(options, "deduplication_key") ?? "");
	const facts = alert.facts.map((fact) => item(fact, cuts)).join("\n");
	const event = {
		title: cuts.text("title", alert.title, TITLE_LIMIT, silence),
		status: alert.resolved ? "resolved" : "firing",
		deduplication_key: key === "" ? alert.key : boundedKey(key, KEY_LIMIT),
		description: [alert.text, facts].filter((part) => part !== "").join("\n\n"),
		...(alert.url === undefined ? {} : { source_url: alert.url }),
	};
	const metadata = fitting({ ...alert.metadata, ...tableOption(options, "metadata") }, jsonBytes(event), cuts);
	return { body: { ...event, metadata }, cut: cuts.phrases };
}

/** The metadata without its largest values, as few as leave the event inside of the limit: alerts are routed by the rest. */
function fitting(metadata: JsonObject, others: number, cuts: Cuts): JsonObject {
	const sizes = Object.entries(metadata).map(([key, value]) => [key, jsonBytes({ [key]: value })] as const);
	let over = others + jsonBytes({ metadata }) - EVENT_LIMIT;
	if (over <= 0) return metadata;
	const left = new Set<string>();
	for (const [key, size] of sizes.toSorted(([, one], [, other]) => other - one)) {
		if (over <= 0) break;
		over -= size - 1;
		left.add(key);
	}
	const names = excerpt([...left].join(", "), NAMES_LIMIT);
	cuts.phrases.push(`metadata left out, as the event is larger than ${EVENT_LIMIT} bytes: ${names}`);
	return Object.fromEntries(Object.entries(metadata).filter(([key]) => !left.has(key)));
}

function item([label, value]: Fact, cuts: Cuts): string {
	const name = cuts.text("fact name", label, LABEL_LIMIT, literal);
	return `- **${name}**: ${cuts.text(`fact ${excerpt(label, 40)}`, value, VALUE_LIMIT, literal)}`;
}

function literal(point: string): string {
	return silence(escapeMarkdown(point));
}

/** incident.io posts alerts to chats: with a zero-width space in it no mention, tag or link of theirs begins. */
function silence(point: string): string {
	return point === "@" || point === "<" ? `${point}\u200b` : point;
}
