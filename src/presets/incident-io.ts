// The incident_io preset: an alert event of an HTTP source, which fires an alert or resolves it.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Preset } from "../model/preset.ts";
import { alerting } from "./alerts.ts";
import { contextShown, contextWithout } from "./context.ts";
import { MESSAGE_OPTIONS, template } from "./custom.ts";
import { alertKey } from "./key.ts";
import { ALERTS } from "./late.ts";
import { listEvents } from "./list.ts";
import { originLine } from "./message-text.ts";
import { inRequest, required, secret, tableOption, text, textOption } from "./options.ts";
import type { Story } from "./story.ts";
import { storyBody, storyKey } from "./story-body.ts";
import { type Escaping, escapeMarkdown, jsonBytes, type Truncator } from "./text.ts";

/** 512 KB, read as the smaller of its two meanings. https://github.com/prometheus/alertmanager/pull/4372, by incident.io */
const EVENT_LIMIT = 512_000;
/** Ours: incident.io states none for these. https://docs.incident.io/api-reference/alert-events-v2/createhttp */
const TITLE_LIMIT = 255;
const KEY_LIMIT = 255;
const TEXT_LIMIT = 500;
const ERROR_LIMIT = 5000;
const ORIGIN_LIMIT = 1000;
const FACT = { label: 80, value: 500, most: 25 };
/** Ours: of the names of what is left out. */
const NAMES_LIMIT = 100;
const LIST = { lines: 100, size: 15_000, title: 300, error: 300 };

const ADDRESS = "https://api.incident.io/v2/alert_events/http/";

/** Fires for failures and warnings, and resolves on a success, as the pagerduty preset does; a batch by its worst status. */
export const incidentIo = (): Preset => ({
	name: "incident_io",
	title: "incident.io",
	late: ALERTS,
	pages: true,
	takes: alerting,
	options: {
		...MESSAGE_OPTIONS,
		token: required(inRequest(secret("Token of the HTTP alert source, without the word Bearer"))),
		source_id: inRequest(text("ID of the HTTP alert source, the end of its URL; required if there is no url")),
		deduplication_key: template(
			text("Key that links an alert and its resolution; by default made from what the event is about"),
		),
		metadata: { kind: "table", summary: "Added to the context in the metadata, and overrides it" },
	},
	needs: { url: "source_id", json: true },
	limits: { bytes: EVENT_LIMIT },
	service: (options, url, fill) => ({
		request: () => ({
			url: url?.href ?? ADDRESS + encodeURIComponent(textOption(options, "source_id") ?? ""),
			headers: { Authorization: `Bearer ${textOption(options, "token") ?? ""}` },
		}),
		body: storyBody("characters", literal, fill, (story, truncator) => {
			const event = {
				title: truncator.text("title", story.headline, TITLE_LIMIT, silence),
				status: story.status === "success" ? "resolved" : "firing",
				deduplication_key: alertKey(story, { ...DEDUPLICATION_KEY, fill, notes: truncator.notes }),
				description: description(story, truncator),
				...(story.links[0] === undefined ? {} : { source_url: story.links[0].url }),
			};
			const known = { ...metadataOf(story), ...tableOption(options, "metadata") };
			return { ...event, metadata: withoutLargest(known, jsonBytes(event), truncator) };
		}),
		key: storyKey({ ...DEDUPLICATION_KEY, fill }),
	}),
});

const DEDUPLICATION_KEY = { name: "deduplication_key", limit: KEY_LIMIT };

function description(story: Story, truncator: Truncator): string {
	const { isBatch, events, text, trace } = story;
	const told = isBatch
		? listEvents(events, truncator, LIST).lines.map((line) => `- ${line}`)
		: [
				...(text === "" ? [] : [truncator.text("text", text, TEXT_LIMIT)]),
				...(trace === "" ? [] : [truncator.codeBlock(trace, ERROR_LIMIT, silence)]),
			];
	const items = truncator.facts(story.facts, FACT, (name, value) => `- **${name}**: ${value}`);
	const origin = truncator.text("origin", originLine(story), ORIGIN_LIMIT);
	return [told, items, [origin]]
		.filter((lines) => lines.length > 0)
		.map((lines) => lines.join("\n"))
		.join("\n\n");
}

/** Of a batch in the same places as an event's own, for the attributes that are read from there. */
function metadataOf({ isBatch, events, context }: Story): JsonObject {
	return isBatch ? { count: events.length, ...contextWithout(context, ["id"]) } : contextShown(context);
}

/** The metadata without its largest values, as few as bring the event within the limit: alerts are routed by the rest. */
function withoutLargest(metadata: JsonObject, others: number, truncator: Truncator): JsonObject {
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
	truncator.notes.push(`metadata left out, as the event is larger than ${EVENT_LIMIT} bytes: ${names}`);
	return Object.fromEntries(Object.entries(metadata).filter(([key]) => !left.has(key)));
}

/** incident.io posts alerts to chats: with a zero-width space in it no mention, tag or link of theirs begins. */
const silence: Escaping = (text) => text.replaceAll(/[@<]/g, "$&\u200b");

const literal: Escaping = (text) => silence(escapeMarkdown(text));
