// The pagerduty preset: Events API v2, an alert that the matching success resolves.
import type { EventContext, PipelineEvent } from "../event/event.ts";
import { isJsonObject, type JsonObject, wellFormed } from "../json.ts";
import { contextBody } from "./context.ts";
import { boundedKey, correlationKey } from "./correlation.ts";
import { headline, runUrl } from "./facts.ts";
import { textOption } from "./options.ts";
import { type Message, type Options, type Preset, SEVERITY } from "./preset.ts";
import { Cuts, jsonBytes, oneLine, plain } from "./text.ts";

/** https://developer.pagerduty.com/docs/send-alert-event */
const SUMMARY_LIMIT = 1024;
const DEDUP_KEY_LIMIT = 255;
/** Bytes. https://developer.pagerduty.com/docs/events-api-v2-overview */
const EVENT_LIMIT = 512_000;
const SEVERITIES = ["critical", "error", "warning", "info"] as const;

/** Ours: PagerDuty states none for source, component, group and class. */
const NAME_LIMIT = 255;
/** Ours: of the error that stays when the details have to go. */
const ERROR_LIMIT = 10_000;

/** The metadata keys by which Rocky's hooks tell the options. */
const [ROUTING_KEY, SEVERITY_KEY] = ["routing_key", "severity"] as const;

/** Pages for every event it is attached to, but resolves on a success. */
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
			summary: "Key that ties alert and resolution together; default from repository, branch, pipeline and subject",
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
	renderBatch: ([event], options) => render(event, options),
};

function render(event: PipelineEvent, options: Options): Message {
	const { context } = event;
	const cuts = new Cuts("characters");
	const resolves = context.status === "success";
	const name = (what: string, text: string | undefined) => cuts.text(what, oneLine(text ?? ""), NAME_LIMIT);
	const url = runUrl(context, cuts);
	const error = oneLine(context.error ?? "");
	const names = {
		component: name("component", textOption(options, "component") ?? context.model ?? context.table),
		group: name("group", textOption(options, "group")),
		class: name("class", textOption(options, "class") ?? context.event),
	};
	const payload = {
		summary: cuts.text("summary", headline(event) + (error === "" ? "" : `: ${error}`), SUMMARY_LIMIT),
		source: name("source", context.ci?.repository) || name("source", context.pipeline) || "pipeline-hooks",
		severity: resolves ? SEVERITY.success : severity(context, options),
		timestamp: name("timestamp", context.timestamp),
		...Object.fromEntries(Object.entries(names).filter(([, text]) => text !== "")),
	};
	const alert = {
		routing_key: oneLine(textOption(options, "routing_key") ?? metadataText(context, ROUTING_KEY) ?? ""),
		event_action: resolves ? "resolve" : "trigger",
		dedup_key: dedupKey(event, options),
		...(url === undefined ? {} : { links: [{ href: url, text: "View run" }] }),
	};
	const whole: JsonObject = { ...alert, payload: { ...payload, custom_details: customDetails(context, options) } };
	if (jsonBytes(whole) <= EVENT_LIMIT) return { body: whole, cut: cuts.phrases };
	cuts.phrases.push(`custom_details left out: the event is larger than ${EVENT_LIMIT} bytes`);
	return { body: { ...alert, payload: { ...payload, custom_details: note(context, cuts) } }, cut: cuts.phrases };
}

function dedupKey(event: PipelineEvent, options: Options): string {
	const own = oneLine(textOption(options, "dedup_key") ?? "");
	return own === "" ? correlationKey(event, DEDUP_KEY_LIMIT) : boundedKey(own, DEDUP_KEY_LIMIT);
}

function severity(context: EventContext, options: Options): string {
	const wanted = textOption(options, "severity") ?? metadataText(context, SEVERITY_KEY);
	return SEVERITIES.find((known) => known === wanted?.toLowerCase()) ?? SEVERITY[context.status];
}

/** The whole context but the key that is a secret, under what the option adds. */
function customDetails(context: EventContext, options: Options): JsonObject {
	const { metadata, ...rest } = contextBody(context);
	const kept = Object.entries(isJsonObject(metadata) ? metadata : {}).filter(([key]) => key !== ROUTING_KEY);
	const own = wellFormed(options["custom_details"] ?? {});
	return {
		...rest,
		...(kept.length === 0 ? {} : { metadata: Object.fromEntries(kept) }),
		...(isJsonObject(own) ? own : {}),
	};
}

function note({ status, error }: EventContext, cuts: Cuts): JsonObject {
	const details = `left out: the event is larger than PagerDuty's ${EVENT_LIMIT} bytes`;
	return { status, details, ...(error === undefined ? {} : { error: cuts.text("error", plain(error), ERROR_LIMIT) }) };
}

function metadataText({ metadata }: EventContext, key: string): string | undefined {
	const value = metadata !== undefined && Object.hasOwn(metadata, key) ? metadata[key] : undefined;
	return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
