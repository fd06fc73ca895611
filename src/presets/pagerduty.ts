// The pagerduty preset: Events API v2, an alert that the matching success resolves.
import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { EventContext, Events, Status } from "../model/event.ts";
import type { Fill, Options, Preset } from "../model/preset.ts";
import { alerting } from "./alerts.ts";
import { contextShown, contextWithout } from "./context.ts";
import { MESSAGE_OPTIONS, template } from "./custom.ts";
import { alertKey } from "./key.ts";
import { ALERTS } from "./late.ts";
import { listEvents } from "./list.ts";
import { LOOKS } from "./looks.ts";
import { choice, inRequest, required, secret, tableOption, text, textOption } from "./options.ts";
import { headlineAndError, type Story } from "./story.ts";
import { storyBody, storyKey, storyView } from "./story-body.ts";
import { jsonBytes, oneLine, plain, type Truncator, unescaped } from "./text.ts";
import { viewOf } from "./view.ts";

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
 * Pages for failures and warnings, and resolves on a success.
 *
 * A batch is one alert, and pages or resolves by its worst status: it resolves only if everything in it succeeded. What
 * pages nobody is left out of it; where nothing else is in it, it is one change event, if those are wanted.
 */
export const pagerduty = (): Preset => ({
	name: "pagerduty",
	title: "PagerDuty",
	late: ALERTS,
	pages: true,
	takes: (events, options) => (isChange(events, options) ? events : alerting(events)),
	options: {
		...MESSAGE_OPTIONS,
		routing_key: required(secret("The service's Events API v2 integration key")),
		severity: template(
			choice(
				SEVERITIES,
				"Severity of alerts; by default error for a failure, warning for a warning, info for a success",
			),
		),
		region: inRequest(choice(["us", "eu"], "Service region of the account; default us")),
		component: text("The part that failed; default the model or table"),
		group: text("Logical group of the component"),
		class: text("Class of the event; default the event's name"),
		dedup_key: template(
			text("Key that links an alert and its resolution; by default made from what the event is about"),
		),
		custom_details: { kind: "table", summary: "Added to the context in the details, and overrides it" },
		change_events: inRequest({
			kind: "boolean",
			summary: "Whether what pages nobody, such as a start, is sent as a change event; otherwise it is not sent",
		}),
	},
	// What Rocky's hooks say in the metadata.
	inRocky: { severity: "{{metadata.severity}}" },
	needs: { json: true },
	limits: { bytes: EVENT_LIMIT, "payload.summary": SUMMARY_LIMIT, dedup_key: DEDUP_KEY_LIMIT },
	service: (options, url, fill) => ({
		request: (events) => {
			const region = textOption(options, "region") === "eu" ? "eu." : "";
			const address = url?.href ?? `https://events.${region}pagerduty.com${ALERTS_PATH}`;
			return { url: isChange(events, options) ? address.replace(/\/v2\/enqueue(?=$|\?)/, CHANGES_PATH) : address };
		},
		body: storyBody("characters", unescaped, fill, (story, truncator) => {
			const call = isChange(story.events, options)
				? changeOf(story, options, fill, truncator)
				: alertOf(story, options, fill, truncator);
			return acceptable(call, story, truncator);
		}),
		key: (events) => (isChange(events, options) ? undefined : storyKey({ ...DEDUP_KEY, fill })(events)),
	}),
});

const DEDUP_KEY = { name: "dedup_key", limit: DEDUP_KEY_LIMIT };

const [ALERTS_PATH, CHANGES_PATH] = ["/v2/enqueue", "/v2/change/enqueue"];

/** Whether events become a change event: they page nobody, and the config wants to have them all the same. */
function isChange(events: Events, options: Options): boolean {
	return options["change_events"] === true && alerting(events).length === 0;
}

interface Call extends JsonObject {
	readonly payload: JsonObject;
}

/** https://developer.pagerduty.com/docs/send-change-event */
function changeOf(story: Story, options: Options, fill: Fill | undefined, truncator: Truncator): Call {
	return {
		routing_key: routingKey(story.events, options),
		...linksOf(story),
		payload: { ...basics(story, truncator), custom_details: detailsOf(story, options, fill, truncator) },
	};
}

function alertOf(story: Story, options: Options, fill: Fill | undefined, truncator: Truncator): Call {
	const { isBatch, context, events, status } = story;
	const name = (what: string, text: string | undefined) => truncator.text(what, oneLine(text ?? ""), NAME_LIMIT);
	const names = {
		component: name("component", textOption(options, "component") ?? (isBatch ? "" : (context.model ?? context.table))),
		group: name("group", textOption(options, "group")),
		class: name("class", textOption(options, "class") ?? context.event),
	};
	return {
		routing_key: routingKey(events, options),
		event_action: status === "success" ? "resolve" : "trigger",
		dedup_key: alertKey(story, { ...DEDUP_KEY, fill, notes: truncator.notes }),
		...linksOf(story),
		payload: {
			...basics(story, truncator),
			severity: severity(events, status, fill),
			...Object.fromEntries(Object.entries(names).filter(([, text]) => text !== "")),
			custom_details: detailsOf(story, options, fill, truncator),
		},
	};
}

/** What alerts and changes have in common. */
function basics({ isBatch, lead, status, ...story }: Story, truncator: Truncator): JsonObject {
	const { context } = story;
	const source = [context.ci?.repository, context.pipeline]
		.map((text) => oneLine(text ?? ""))
		.find((text) => text !== "");
	const told = story.telling || (isBatch && status !== "success" ? headlineAndError(lead) : "");
	return {
		summary: truncator.ends("summary", [story.headline, ...(told === "" ? [] : [told])].join(": "), SUMMARY_LIMIT),
		source: truncator.text("source", source ?? "pipeline-hooks", NAME_LIMIT),
		timestamp: truncator.text("timestamp", oneLine(lead.context.timestamp), NAME_LIMIT),
	};
}

function linksOf({ links }: Story): JsonObject {
	return links.length === 0 ? {} : { links: links.map(({ text, url }) => ({ href: url, text })) };
}

/** Of a batch in the same places as an event's own, for the rules that read them there. */
function detailsOf(story: Story, options: Options, fill: Fill | undefined, truncator: Truncator): JsonObject {
	const { isBatch, events, context, facts } = story;
	const hasFields = fill !== undefined && fill("fields", () => storyView(story)).length > 0;
	const fields = hasFields ? facts : [];
	return {
		...(isBatch ? contextWithout(context, ["id"]) : contextShown(events[0].context)),
		...(isBatch ? { count: events.length, events: listEvents(events, truncator, LIST).lines } : {}),
		...Object.fromEntries(
			fields.map(([label, value]) => [label, truncator.text(`field ${excerpt(label, 40)}`, value, FACT_LIMIT)]),
		),
		...tableOption(options, "custom_details"),
	};
}

/** The call without its details where PagerDuty would refuse it. */
function acceptable(call: Call, { lead }: Story, truncator: Truncator): JsonObject {
	if (jsonBytes(call) <= EVENT_LIMIT) return call;
	truncator.notes.push(`custom_details left out: the event is larger than ${EVENT_LIMIT} bytes`);
	return { ...call, payload: { ...call.payload, custom_details: detailsLeftOut(lead.context, truncator) } };
}

function detailsLeftOut({ status, error }: EventContext, truncator: Truncator): JsonObject {
	const details = `left out: the event is larger than PagerDuty's ${EVENT_LIMIT} bytes`;
	const kept = error === undefined ? {} : { error: truncator.ends("error", plain(error), ERROR_LIMIT) };
	return { status, details, ...kept };
}

/** In `rocky.toml`, a hook has no options, and the key comes with an event. */
function routingKey(events: Events, options: Options): string {
	const keys = events.map(({ context }) => context.metadata?.["routing_key"]);
	const given = [options["routing_key"], ...keys].map((key) => (typeof key === "string" ? oneLine(key) : ""));
	return given.find((key) => key !== "") ?? "";
}

/** The highest of the events with the worst status, as the option says; a success has none of its own. */
function severity(events: Events, worst: Status, fill: Fill | undefined): string {
	if (worst === "success") return LOOKS.success.severity;
	const wanted = events
		.filter(({ context }) => context.status === worst)
		.map((event) => fill?.("severity", () => viewOf(event)).map(([, written]) => oneLine(written).toLowerCase())[0])
		.map((text) => SEVERITIES.find((known) => known === text) ?? LOOKS[worst].severity);
	return SEVERITIES.find((known) => wanted.includes(known)) ?? LOOKS[worst].severity;
}
