// The pagerduty preset: Events API v2, an alert that the matching success resolves.
import type { JsonObject } from "../lib/json.ts";
import type { EventContext, Events, Status } from "../model/event.ts";
import type { Options, Preset } from "../model/preset.ts";
import { contextShown } from "./context.ts";
import { alertKey } from "./key.ts";
import { listEvents } from "./list.ts";
import { LOOKS } from "./looks.ts";
import { choice, lineOption, required, secret, tableOption, text, textOption } from "./options.ts";
import { headlineAndError, type Story } from "./story.ts";
import { storyBody } from "./story-body.ts";
import { jsonBytes, oneLine, plain, type Truncator, unescaped } from "./text.ts";

/** https://developer.pagerduty.com/docs/send-alert-event */
const SUMMARY_LIMIT = 1024;
const DEDUP_KEY_LIMIT = 255;
/** Bytes. https://developer.pagerduty.com/docs/events-api-v2-overview */
const EVENT_LIMIT = 512_000;

/** Ours: PagerDuty states none for source, component, group and class. */
const NAME_LIMIT = 255;
/** Ours: of the error that stays when the details have to go. */
const ERROR_LIMIT = 10_000;
/** Ours: what still reads well among the details of a batch. */
const FACT_LIMIT = 1000;
const LIST = { lines: 100, size: 30_000, title: 300, error: 500 };

const SEVERITIES = ["critical", "error", "warning", "info"] as const;

/**
 * Pages for every event it is attached to, but resolves on a success.
 *
 * A batch is one alert, and pages or resolves by its worst status: it resolves only if something in it succeeded and all
 * else at most began or informs. Where its events are of one thing, its key is theirs, as if they had come alone; else
 * that of the pipeline. It resolves that one only with the pipeline's own success, and else what has last succeeded.
 */
export const pagerduty = (): Preset => ({
	name: "pagerduty",
	title: "PagerDuty",
	pages: true,
	options: {
		routing_key: required(secret("The service's Events API v2 integration key")),
		severity: choice(
			SEVERITIES,
			"Severity of alerts; by default error for a failure, warning for a warning, info for the rest",
		),
		region: choice(["us", "eu"], "Service region of the account; default us"),
		component: text("The part that failed; default the model or table"),
		group: text("Logical group of the component"),
		class: text("Class of the event; default the event's name"),
		dedup_key: text("Key that links an alert and its resolution; by default made from what the event is about"),
		custom_details: { kind: "table", summary: "Added to the context in the details, and overrides it" },
	},
	needs: { json: true },
	limits: { bytes: EVENT_LIMIT, "payload.summary": SUMMARY_LIMIT, dedup_key: DEDUP_KEY_LIMIT },
	service: (options, url, fill) => ({
		request: () => {
			const region = textOption(options, "region") === "eu" ? "eu." : "";
			return { url: url?.href ?? `https://events.${region}pagerduty.com/v2/enqueue` };
		},
		body: storyBody("characters", unescaped, fill, (story, truncator) => alert(story, options, truncator)),
	}),
});

function alert(story: Story, options: Options, truncator: Truncator): JsonObject {
	const { links, events, status, lead } = story;
	const call = {
		routing_key: routingKey(events, options),
		event_action: status === "success" ? "resolve" : "trigger",
		dedup_key: alertKey(story, DEDUP_KEY_LIMIT, lineOption(options, "dedup_key")),
		...(links.length === 0 ? {} : { links: links.map(({ text, url }) => ({ href: url, text })) }),
	};
	const payload = payloadOf(story, options, truncator);
	const whole = { ...call, payload: { ...payload, custom_details: detailsOf(story, options, truncator) } };
	if (jsonBytes(whole) <= EVENT_LIMIT) return whole;
	truncator.notes.push(`custom_details left out: the event is larger than ${EVENT_LIMIT} bytes`);
	return { ...call, payload: { ...payload, custom_details: detailsLeftOut(lead.context, truncator) } };
}

function payloadOf({ isBatch, lead, context, ...story }: Story, options: Options, truncator: Truncator): JsonObject {
	const name = (what: string, text: string | undefined) => truncator.text(what, oneLine(text ?? ""), NAME_LIMIT);
	const names = {
		component: name("component", textOption(options, "component") ?? (isBatch ? "" : (context.model ?? context.table))),
		group: name("group", textOption(options, "group")),
		class: name("class", textOption(options, "class") ?? context.event),
	};
	const source = [context.ci?.repository, context.pipeline].find((text) => oneLine(text ?? "") !== "");
	const counted = isBatch ? [story.headline] : [];
	const told = isBatch && story.status === "success" ? [] : [headlineAndError(lead)];
	return {
		summary: truncator.ends("summary", [...counted, ...told].join(": "), SUMMARY_LIMIT),
		source: name("source", source) || "pipeline-hooks",
		severity: severity(story.events, story.status, options),
		timestamp: name("timestamp", lead.context.timestamp),
		...Object.fromEntries(Object.entries(names).filter(([, text]) => text !== "")),
	};
}

function detailsOf(
	{ isBatch, events, status, facts: known, origin }: Story,
	options: Options,
	truncator: Truncator,
): JsonObject {
	const own = tableOption(options, "custom_details");
	if (!isBatch) return { ...contextShown(events[0].context), ...own };
	const facts = [...known, ...origin].map(([label, value]) => {
		const name = label.toLowerCase();
		return [name, truncator.text(name, value, FACT_LIMIT)];
	});
	const { lines } = listEvents(events, truncator, LIST);
	return { status, count: events.length, ...Object.fromEntries(facts), events: lines, ...own };
}

function detailsLeftOut({ status, error }: EventContext, truncator: Truncator): JsonObject {
	const details = `left out: the event is larger than PagerDuty's ${EVENT_LIMIT} bytes`;
	const kept = error === undefined ? {} : { error: truncator.ends("error", plain(error), ERROR_LIMIT) };
	return { status, details, ...kept };
}

function routingKey(events: Events, options: Options): string {
	const keys = events.map(({ context }) => metadataText(context, "routing_key"));
	return lineOption(options, "routing_key") || oneLine(keys.find((key) => key !== undefined) ?? "");
}

/** The highest of the events with the worst status, as the option or their metadata says; a success has none of its own. */
function severity(events: Events, worst: Status, options: Options): string {
	if (worst === "success") return LOOKS.success.severity;
	const wanted = events
		.filter(({ context }) => context.status === worst)
		.map(({ context }) => (textOption(options, "severity") ?? metadataText(context, "severity"))?.toLowerCase())
		.map((text) => SEVERITIES.find((known) => known === text) ?? LOOKS[worst].severity);
	return SEVERITIES.find((known) => wanted.includes(known)) ?? LOOKS[worst].severity;
}

/** What Rocky's hooks say in the metadata for an option. */
function metadataText({ metadata }: EventContext, key: string): string | undefined {
	const value = metadata?.[key];
	return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
