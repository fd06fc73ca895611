// The pagerduty preset: Events API v2, an alert that the matching success resolves.
import type { EventContext, Events, PipelineEvent, Status } from "../model/event.ts";
import { type Message, type Options, type Preset, SEVERITY } from "../model/preset.ts";
import { aloneOr, summarize } from "./batch.ts";
import { batchKey, resolvedKey } from "./batch-key.ts";
import { listEvents } from "./batch-list.ts";
import { contextShown } from "./context.ts";
import { boundedKey, correlationKey } from "./correlation.ts";
import { headlineAndError, runUrl } from "./facts.ts";
import { tableOption, textOption } from "./options.ts";
import { type Alert, alertMessage, DEDUP_KEY_LIMIT } from "./pagerduty-alert.ts";
import { Cuts, oneLine } from "./text.ts";

const SEVERITIES = ["critical", "error", "warning", "info"] as const;

/** Ours: what still reads well among the details of a batch. */
const FACT_LIMIT = 1000;
const LIST = { lines: 100, size: 30_000, title: 300, error: 500 };

/** The metadata keys by which Rocky's hooks tell the options. */
const [ROUTING_KEY, SEVERITY_KEY] = ["routing_key", "severity"] as const;

/**
 * Pages for every event it is attached to, but resolves on a success.
 *
 * A batch is one alert, and pages or resolves by its worst status: it resolves only if something in it succeeded and all
 * else at most began or informs. Where its events are of one thing, its key is theirs, as if they had come alone; else
 * that of the pipeline. It resolves that one only with the pipeline's own success, and else what has last succeeded.
 */
export const pagerduty: Preset = {
	name: "pagerduty",
	title: "PagerDuty",
	options: {
		routing_key: {
			kind: "string",
			secret: true,
			required: true,
			summary: "The service's Events API v2 integration key",
		},
		severity: {
			kind: "choice",
			choices: SEVERITIES,
			secret: false,
			required: false,
			summary: "Severity of alerts; by default error for a failure, warning for a warning, info for the rest",
		},
		region: {
			kind: "choice",
			choices: ["us", "eu"],
			secret: false,
			required: false,
			summary: "Service region of the account; default us",
		},
		component: {
			kind: "string",
			secret: false,
			required: false,
			summary: "The part at fault; default the model or table",
		},
		group: { kind: "string", secret: false, required: false, summary: "Logical group of the component" },
		class: { kind: "string", secret: false, required: false, summary: "Class of the event; default the event's name" },
		dedup_key: {
			kind: "string",
			secret: false,
			required: false,
			summary: "Key that ties alert and resolution together; default from all that tells things apart",
		},
		custom_details: {
			kind: "table",
			secret: false,
			required: false,
			summary: "Merged over the context in the details",
		},
	},
	jsonOnly: true,
	mustReadAnswer: false,
	defaultUrl: (options) =>
		`https://events.${textOption(options, "region") === "eu" ? "eu." : ""}pagerduty.com/v2/enqueue`,
	render,
	renderBatch: aloneOr(render, renderBatch),
};

function render(event: PipelineEvent, options: Options): Message {
	const { context } = event;
	const cuts = new Cuts("characters");
	const url = runUrl(context, cuts);
	const alert: Alert = {
		...ofOptions([event], context.status, options),
		resolves: context.status === "success",
		dedupKey: ownKey(options) ?? correlationKey(event, DEDUP_KEY_LIMIT),
		summary: headlineAndError(event),
		sources: [context.ci?.repository, context.pipeline],
		component: textOption(options, "component") ?? context.model ?? context.table,
		class: textOption(options, "class") ?? context.event,
		link: url === undefined ? undefined : { url, text: "View run" },
		context,
		details: { ...contextShown(context), ...tableOption(options, "custom_details") },
	};
	return alertMessage(alert, cuts);
}

function renderBatch(events: Events, options: Options): Message {
	const cuts = new Cuts("characters");
	const batch = summarize(events, cuts);
	const { status, lead, context, headline } = batch;
	const resolves = status === "success";
	const key = resolves ? resolvedKey : batchKey;
	const { lines, more } = listEvents(events, cuts, LIST);
	const alert: Alert = {
		...ofOptions(events, status, options),
		resolves,
		dedupKey: ownKey(options) ?? key(events, batch, DEDUP_KEY_LIMIT),
		summary: resolves ? headline : `${headline}: ${headlineAndError(lead)}`,
		sources: [context.ci?.repository, context.pipeline],
		component: textOption(options, "component"),
		class: textOption(options, "class") ?? context.event,
		link: batch.link,
		context: lead.context,
		details: {
			status,
			count: events.length,
			...Object.fromEntries(
				batch.facts.map(([label, value]) => [label.toLowerCase(), cuts.text(label.toLowerCase(), value, FACT_LIMIT)]),
			),
			events: more === undefined ? lines : [...lines, more],
			...tableOption(options, "custom_details"),
		},
	};
	return alertMessage(alert, cuts);
}

/** What the options say, and the metadata where they are silent: the highest severity of the events with the worst status. */
function ofOptions(events: Events, worst: Status, options: Options): Pick<Alert, "routingKey" | "severity" | "group"> {
	const keys = events.map(({ context }) => metadataText(context, ROUTING_KEY));
	const severities = events
		.filter(({ context }) => context.status === worst)
		.map(({ context }) => severity(context, options));
	return {
		routingKey: textOption(options, "routing_key") ?? keys.find((key) => key !== undefined),
		severity: SEVERITIES.find((known) => severities.includes(known)) ?? SEVERITY[worst],
		group: textOption(options, "group"),
	};
}

function ownKey(options: Options): string | undefined {
	const own = oneLine(textOption(options, "dedup_key") ?? "");
	return own === "" ? undefined : boundedKey(own, DEDUP_KEY_LIMIT);
}

/** Of an alert; a success, which resolves one, has none of its own. */
function severity(context: EventContext, options: Options): string {
	if (context.status === "success") return SEVERITY.success;
	const wanted = textOption(options, "severity") ?? metadataText(context, SEVERITY_KEY);
	return SEVERITIES.find((known) => known === wanted?.toLowerCase()) ?? SEVERITY[context.status];
}

function metadataText({ metadata }: EventContext, key: string): string | undefined {
	const value = metadata !== undefined && Object.hasOwn(metadata, key) ? metadata[key] : undefined;
	return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
