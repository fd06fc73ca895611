// The context of an event: which keys it has, what each takes, and how defaults complete it.

import { ExactNumber } from "../lib/exact-number.ts";
import { compact, isJsonArray, isJsonObject, type Json, type JsonObject } from "../lib/json.ts";
import { closest } from "../lib/suggest.ts";
import { count, excerpt } from "../lib/text.ts";
import {
	type CiFacts,
	CONCLUSIONS,
	type EventContext,
	type EventDefinition,
	type PipelineEvent,
	STATUSES,
	type Status,
} from "./event.ts";
import type { Problem } from "./problem.ts";

/** The keys of a context that a user may give, each in the form that a context has for it; empty ones are absent. */
export type GivenContext = Partial<Omit<EventContext, "ci">>;

/** What the surroundings say where the user is silent. */
interface ContextDefaults {
	readonly id: string;
	readonly run_id: string;
	readonly pipeline: string;
	readonly now: Date;
	readonly ci: CiFacts;
}

/** What a key takes. */
interface Kind {
	/** Goes on after "must be". */
	readonly wanted: string;
	/** The value in the one form that a context has for it; undefined where it is not what is wanted. */
	readonly read: (value: Json) => Json | undefined;
}

/** A kind whose values stay as they are given. */
const kind = (wanted: string, accepts: (value: Json) => boolean): Kind => ({
	wanted,
	read: (value) => (accepts(value) ? value : undefined),
});

const TEXT = kind("a string", (value) => typeof value === "string");
const TEXTS = kind(
	"a list of strings",
	(value) => isJsonArray(value) && value.every((item) => typeof item === "string"),
);
const OBJECT = kind("an object", isJsonObject);
const OBJECTS = kind("a list of objects", (value) => isJsonArray(value) && value.every(isJsonObject));
const METADATA = kind("an object without an empty key", (value) => isJsonObject(value) && !Object.hasOwn(value, ""));
/** What a status may be, after "must be" or "give". */
export const STATUS_FORMS = `one of ${STATUSES.join(", ")}, or a conclusion of GitHub's: ${[...CONCLUSIONS.keys()].join(", ")}`;
const STATUS: Kind = {
	wanted: STATUS_FORMS,
	read: (value) => (typeof value === "string" ? statusOf(value) : undefined),
};
const TIME: Kind = { wanted: "a time such as 2026-04-02T14:30:00Z", read: toUtc };
const DURATION: Kind = { wanted: "a number of milliseconds, 0 or more", read: toMilliseconds };

/** Every key of the context in the order in which it is written. */
const KEYS: Readonly<Record<keyof EventContext, Kind>> = {
	id: TEXT,
	event: TEXT,
	run_id: TEXT,
	pipeline: TEXT,
	timestamp: TIME,
	status: STATUS,
	model: TEXT,
	table: TEXT,
	error: TEXT,
	duration_ms: DURATION,
	entity: OBJECT,
	changes: OBJECTS,
	owners: TEXTS,
	followers: TEXTS,
	project_id: TEXT,
	data: OBJECT,
	resource: OBJECT,
	metadata: METADATA,
	ci: OBJECT,
};

/** Every key that a context can have. */
export const CONTEXT_KEYS: readonly string[] = Object.keys(KEYS);

/** Whether a context can have that key. */
export function isContextKey(key: string): key is keyof EventContext {
	return Object.hasOwn(KEYS, key);
}

/** The status that a word means, ours or a conclusion of GitHub's; undefined if it is neither. */
export function statusOf(word: string): Status | undefined {
	return STATUSES.find((status) => status === word) ?? CONCLUSIONS.get(word);
}

/** Also of a number that is written unusually, as `1e3`. */
function toMilliseconds(value: Json): number | undefined {
	const number = value instanceof ExactNumber ? Number(value.text) : value;
	return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** RFC 3339 in UTC; undefined when the value is not a date with a time and an offset. */
function toUtc(value: Json): string | undefined {
	const time = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|z|[+-]\d\d:?\d\d)$/;
	if (typeof value !== "string" || !time.test(value)) return undefined;
	const date = new Date(value);
	return Number.isNaN(date.getTime()) ? undefined : formatTime(date);
}

/** `2026-04-02T14:30:00Z`, with milliseconds only where there are any. */
function formatTime(time: Date): string {
	return time.toISOString().replace(".000Z", "Z");
}

function isEmpty(value: Json | undefined): boolean {
	if (value === undefined || value === null || value === "") return true;
	return (isJsonArray(value) || isJsonObject(value)) && Object.keys(value).length === 0;
}

/** Unknown keys that are told one by one. */
const MAX_TOLD = 20;

/**
 * Checks a parsed JSON object as a context. Unknown keys and wrong types become problems (each naming the key, prefixed
 * by `where`); null and empty values count as absent.
 */
export function readContext(value: JsonObject, where: string, problems: Problem[]): GivenContext {
	const given: Record<string, Json> = {};
	let unknown = 0;
	const report = (message: string, remedy: string) =>
		problems.push({ code: "context", message: `${where}: ${message}`, remedy });
	for (const [key, item] of Object.entries(value)) {
		if (key === "ci") {
			const message = '"ci" cannot be set: the facts of the CI come from the run';
			report(message, "put values of your own into metadata");
		} else if (!isContextKey(key)) {
			// Each takes time to find what was meant, and a stranger's event may have very many.
			if (++unknown > MAX_TOLD) continue;
			const near = closest(
				key,
				CONTEXT_KEYS.filter((known) => known !== "ci"),
			);
			const remedy = near
				? `did you mean "${near}"? Values of your own go into metadata`
				: "put values of your own into metadata";
			report(`unknown key "${excerpt(key, 60)}"`, remedy);
		} else if (!isEmpty(item)) {
			const read = KEYS[key].read(item);
			if (read === undefined) report(`"${key}" must be ${KEYS[key].wanted}`, "");
			else given[key] = read;
		}
	}
	if (unknown > MAX_TOLD) report(count(unknown - MAX_TOLD, "more unknown key"), "");
	// KEYS is checked against EventContext, and each item has been read by the kind of its key.
	return given as GivenContext;
}

/** What people write of a check that has not passed. */
const NOT_PASSED: readonly string[] = ["false", "0", "no", "fail", "failed", "off", "error"];

/**
 * The status of an event that is given none. One whose name leaves it open has failed if it carries an error; a check says
 * in `metadata.passed`, else by having no error, that it has passed. Of any other word nobody knows what it means, and it
 * must end no alert.
 */
function outcomeOf({ name, phase, status }: EventDefinition, { error, metadata }: GivenContext): Status {
	if (status !== "info") return status;
	const told = phase === "quality" ? (metadata?.["passed"] ?? undefined) : undefined;
	const passed = String(told ?? "")
		.trim()
		.toLowerCase();
	if (error || NOT_PASSED.includes(passed)) return "failure";
	return passed === "true" || (name === "check_result" && told === undefined) ? "success" : status;
}

/** Puts the event together: what the user gave, else the defaults; keys in the order of the contract. */
export function completeEvent(
	definition: EventDefinition,
	given: GivenContext,
	defaults: ContextDefaults,
): PipelineEvent {
	const status = given.status ?? outcomeOf(definition, given);
	const context = compact<EventContext>({
		id: given.id ?? defaults.id,
		event: definition.name,
		run_id: given.run_id ?? defaults.run_id,
		pipeline: given.pipeline ?? defaults.pipeline,
		timestamp: given.timestamp ?? formatTime(defaults.now),
		status,
		model: given.model,
		table: given.table,
		error: given.error,
		duration_ms: given.duration_ms,
		entity: given.entity,
		changes: given.changes,
		owners: given.owners,
		followers: given.followers,
		project_id: given.project_id,
		data: given.data,
		resource: given.resource,
		metadata: given.metadata,
		ci: defaults.ci,
	});
	return { definition, context };
}
