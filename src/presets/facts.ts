// What an event says to people: its headline, its facts and the link to its run, before any service's escaping.

import type { Json, JsonObject } from "../lib/json.ts";
import { type EventContext, entityName, type PipelineEvent } from "../model/event.ts";
import { SECRET_KEYS } from "./context.ts";
import { type Fact, oneLine } from "./text.ts";

/** Code units of a run's address that is still shown; GitHub's take about 100. */
const RUN_URL_LIMIT = 500;

/** Characters that mean something in Slack's or Markdown's writing, though not in an address: in a link they are encoded. */
const MARKUP = /[|()`\\@]|%(?![0-9A-Fa-f]{2})/g;

/** `Pipeline failed: etl`; one line, never empty. */
export function headline({ definition, context }: PipelineEvent): string {
	const title = oneLine(definition.title) || oneLine(context.event) || "Event";
	const subject = oneLine(context.model ?? context.table ?? entityName(context.entity) ?? context.pipeline);
	return subject === "" ? title : `${title}: ${subject}`;
}

/** `Pipeline failed: etl: Table not found`: the headline and, where there is one, the error; one line. */
export function headlineAndError(event: PipelineEvent): string {
	const error = oneLine(event.context.error ?? "");
	return headline(event) + (error === "" ? "" : `: ${error}`);
}

/** What the event is about: status first, then subject, duration and run. */
export function identity(context: EventContext): readonly Fact[] {
	return facts([
		["Status", context.status],
		["Pipeline", context.pipeline],
		["Model", context.model],
		["Table", context.table],
		["Entity", entityName(context.entity)],
		["Project", context.project_id],
		["Duration", context.duration_ms === undefined ? undefined : formatDuration(context.duration_ms)],
		["Run", context.run_id],
	]);
}

/** Where it came from: repository, branch or tag, commit and who did it. */
export function origin({ ci }: EventContext): readonly Fact[] {
	return facts([
		["Repository", ci?.repository],
		["Branch", ci?.branch],
		["Tag", ci?.tag],
		["Commit", ci?.commit?.replace(/^([0-9a-f]{7})[0-9a-f]{33}$/, "$1")],
		["Actor", ci?.actor],
	]);
}

/** Everything else that is known, in the order in which it may be missed least. */
export function details(context: EventContext): readonly Fact[] {
	const changes = (context.changes ?? []).map((change) => changeFact(change));
	const own = [context.metadata, context.data, context.resource].flatMap((values) => Object.entries(values ?? {}));
	return facts([
		...changes,
		...own.filter(([key]) => !SECRET_KEYS.includes(key)).map(([key, value]) => [key, show(value)] as const),
		["Owners", context.owners?.join(", ")],
	]);
}

/**
 * The http(s) address of the CI run, without user and password, normalised so that no link ends inside it; undefined
 * where no link can be made.
 */
export function runUrl({ ci }: EventContext, notes: string[]): string | undefined {
	if (ci?.run_url === undefined || !URL.canParse(ci.run_url)) return undefined;
	const url = new URL(ci.run_url);
	if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
	url.username = "";
	url.password = "";
	const address = url.href.replaceAll(MARKUP, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
	if (address.length <= RUN_URL_LIMIT) return address;
	notes.push(`run link left out: longer than ${RUN_URL_LIMIT} characters`);
	return undefined;
}

/** `850ms`, `45.2s`, `2m 5s`, `1h 2m`. */
export function formatDuration(milliseconds: number): string {
	const whole = Math.round(milliseconds);
	if (whole < 1000) return `${whole}ms`;
	if (whole < 59_950) return `${Number((whole / 1000).toFixed(1))}s`;
	const seconds = Math.round(whole / 1000);
	if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
	const minutes = Math.round(seconds / 60);
	return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

function facts(given: readonly (readonly [string, string | undefined])[]): readonly Fact[] {
	return given
		.map(([label, value]) => [oneLine(label), oneLine(value ?? "")] as const)
		.filter(([label, value]) => label !== "" && value !== "");
}

function show(value: Json | undefined): string {
	return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function changeFact({ field, old, new: now }: JsonObject): readonly [string, string] {
	return [field === undefined ? "Change" : show(field), `${show(old) || "none"} → ${show(now) || "none"}`];
}
