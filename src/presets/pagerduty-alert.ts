// One call of PagerDuty's Events API v2: an alert inside of its limits.

import type { JsonObject } from "../lib/json.ts";
import type { EventContext } from "../model/event.ts";
import type { Message } from "../model/preset.ts";
import { type Cuts, jsonBytes, oneLine, plain } from "./text.ts";

/** https://developer.pagerduty.com/docs/send-alert-event */
const SUMMARY_LIMIT = 1024;
export const DEDUP_KEY_LIMIT = 255;
/** Bytes. https://developer.pagerduty.com/docs/events-api-v2-overview */
const EVENT_LIMIT = 512_000;

/** Ours: PagerDuty states none for source, component, group and class. */
const NAME_LIMIT = 255;
/** Ours: of the error that stays when the details have to go. */
const ERROR_LIMIT = 10_000;

/** What an alert says, before it is cut. */
export interface Alert {
	readonly routingKey: string | undefined;
	readonly resolves: boolean;
	/** Inside of {@link DEDUP_KEY_LIMIT}. */
	readonly dedupKey: string;
	readonly summary: string;
	readonly severity: string;
	/** The names that may be its source; the first that is not blank is. */
	readonly sources: readonly (string | undefined)[];
	readonly component: string | undefined;
	readonly group: string | undefined;
	readonly class: string;
	readonly link: { readonly url: string; readonly text: string } | undefined;
	/** The event whose time it tells, and whose error stays where the details are too large. */
	readonly context: EventContext;
	readonly details: JsonObject;
}

/** The message of an alert. */
export function alertMessage(alert: Alert, cuts: Cuts): Message {
	const { link, context } = alert;
	const name = (what: string, text: string | undefined) => cuts.text(what, oneLine(text ?? ""), NAME_LIMIT);
	const names = {
		component: name("component", alert.component),
		group: name("group", alert.group),
		class: name("class", alert.class),
	};
	const source = alert.sources.find((text) => oneLine(text ?? "") !== "");
	const payload = {
		summary: cuts.ends("summary", alert.summary, SUMMARY_LIMIT),
		source: name("source", source) || "pipeline-hooks",
		severity: alert.severity,
		timestamp: name("timestamp", context.timestamp),
		...Object.fromEntries(Object.entries(names).filter(([, text]) => text !== "")),
	};
	const call = {
		routing_key: oneLine(alert.routingKey ?? ""),
		event_action: alert.resolves ? "resolve" : "trigger",
		dedup_key: alert.dedupKey,
		...(link === undefined ? {} : { links: [{ href: link.url, text: link.text }] }),
	};
	const whole: JsonObject = { ...call, payload: { ...payload, custom_details: alert.details } };
	if (jsonBytes(whole) <= EVENT_LIMIT) return { body: whole, cut: cuts.phrases };
	cuts.phrases.push(`custom_details left out: the event is larger than ${EVENT_LIMIT} bytes`);
	return { body: { ...call, payload: { ...payload, custom_details: note(context, cuts) } }, cut: cuts.phrases };
}

function note({ status, error }: EventContext, cuts: Cuts): JsonObject {
	const details = `left out: the event is larger than PagerDuty's ${EVENT_LIMIT} bytes`;
	return { status, details, ...(error === undefined ? {} : { error: cuts.ends("error", plain(error), ERROR_LIMIT) }) };
}
