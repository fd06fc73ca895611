// What a message tells of an event besides its headline, each thing once: its facts, its origin, its duration.

import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../lib/json.ts";
import { type EventContext, entityName } from "../model/event.ts";
import { SECRET_KEYS } from "./context.ts";
import { type Fact, oneLine } from "./text.ts";

/** The facts that a headline may say. */
const SUBJECTS: readonly string[] = ["Model", "Table", "Entity", "check"];

/**
 * Everything that is known, what helps most first: where not all fit, ids and nested JSON are left out before anything
 * else. Without the subjects that the headline has `said`.
 */
export function factsOf(context: EventContext, said: readonly string[]): readonly Fact[] {
	const { ci, model, table, entity, owners, project_id: project, duration_ms: duration } = context;
	const own = facts([
		["Job", jobOf(context)],
		["Duration", duration === undefined ? undefined : formatDuration(duration)],
		["Owners", owners?.join(", ")],
		["Model", model],
		["Table", table],
		["Entity", entityName(entity)],
		["Project", project],
		["Pull request", ci?.pull_request_title],
	]);
	return [...own, ...detailsOf(context)].filter(
		([label, value]) => !(SUBJECTS.includes(label) && said.includes(value)),
	);
}

/** Where it came from; `isSaid` if the headline says pipeline and branch. */
export function originOf({ ci, pipeline }: EventContext, isSaid: boolean): readonly Fact[] {
	return facts([
		["Pipeline", isSaid ? undefined : pipeline],
		["Repository", ci?.repository],
		["Branch", isSaid ? undefined : ci?.branch],
		["Tag", isSaid ? undefined : ci?.tag],
		["Trigger", ci?.trigger],
		["Commit", [shortSha(ci?.commit), ci?.commit_message ?? ""].join(" ")],
		["Author", ci?.commit_author ?? ci?.actor],
	]);
}

/** The first seven digits of a commit, as Git shows it; empty where there is none. */
export function shortSha(commit = ""): string {
	return oneLine(commit).replace(/^([0-9a-f]{7})[0-9a-f]{33}$/, "$1");
}

/** `load (eu, 3.12)`: with the values of its matrix. */
function jobOf({ ci }: EventContext): string {
	const values = Object.values(ci?.matrix ?? {}).map(show);
	return [ci?.job ?? "", values.length === 0 ? "" : `(${values.join(", ")})`].join(" ");
}

/** Changes, and the user's own values; plain ones before ids, and ids before what is nested. */
function detailsOf({ changes = [], metadata, data, resource }: EventContext): readonly Fact[] {
	const own = [metadata, data, resource].flatMap((values) => Object.entries(values ?? {}));
	const shown = own.filter(([key]) => !SECRET_KEYS.includes(key));
	const isNested = (value: Json | undefined) => isJsonObject(value) || (isJsonArray(value) && !value.every(isPlain));
	const place = ([key, value]: (typeof shown)[number]) => (isNested(value) ? 2 : /(?:^|_)id$|Id$/.test(key) ? 1 : 0);
	const sorted = shown.toSorted((one, other) => place(one) - place(other));
	return facts([...changes.map(changeFact), ...sorted.map(([key, value]) => [key, show(value)] as const)]);
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

/** Those with a label and a value, each on one line. */
export function facts(given: readonly (readonly [string, string | undefined])[]): readonly Fact[] {
	return given
		.map(([label, value]) => [oneLine(label), oneLine(value ?? "")] as const)
		.filter(([label, value]) => label !== "" && value !== "");
}

function isPlain(value: Json): boolean {
	return !isJsonObject(value) && !isJsonArray(value);
}

function show(value: Json | undefined): string {
	if (isJsonArray(value) && value.every(isPlain)) return value.map(show).join(", ");
	return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function changeFact({ field, old, new: now }: JsonObject): readonly [string, string] {
	return [field === undefined ? "Change" : show(field), `${show(old) || "none"} → ${show(now) || "none"}`];
}
