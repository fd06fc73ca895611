// What a template sees: the context of an event, and what the messages of presets are made of.

import { compact, type JsonObject } from "../lib/json.ts";
import type { EventContext, PipelineEvent } from "../model/event.ts";
import { formatDuration, shortSha } from "./facts.ts";
import { headline } from "./headline.ts";
import { webAddress } from "./links.ts";
import { LOOKS } from "./looks.ts";
import { tellingLine } from "./telling-line.ts";

/** The names that a template has besides the keys of the context. */
export const TEMPLATE_VALUES = [
	"headline",
	"telling_line",
	"emoji",
	"duration",
	"short_sha",
	"run_link",
	"is_failure",
	"is_success",
] as const;

type Values = Readonly<Partial<Record<(typeof TEMPLATE_VALUES)[number], string | boolean>>>;

/** The view of one event. */
export function viewOf(event: PipelineEvent): JsonObject {
	const { context } = event;
	return withNamed(context, valuesOf(context, headline(event), tellingLine(context.error ?? "")));
}

/** The object with further values that a tag finds by name: `{{{.}}}` and `{{{events}}}` write only what was in it. */
export function withNamed(shown: JsonObject, named: JsonObject): JsonObject {
	const hidden = Object.entries(named).map(([name, value]) => [name, { value, enumerable: false }] as const);
	return Object.defineProperties({ ...shown }, Object.fromEntries(hidden));
}

/** Those of an event, or of what several share. Absent ones are left out. */
export function valuesOf(context: EventContext, line: string, telling: string): Values {
	const { status, duration_ms: duration, ci } = context;
	return compact<Values>({
		headline: line,
		telling_line: telling || undefined,
		emoji: LOOKS[status].mark,
		duration: duration === undefined ? undefined : formatDuration(duration),
		short_sha: shortSha(ci?.commit) || undefined,
		run_link: webAddress(ci?.run_url),
		is_failure: status === "failure",
		is_success: status === "success",
	});
}
