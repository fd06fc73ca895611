// The context of an event: which keys it has, what each takes, and how defaults complete it.

import { ExactNumber } from "../lib/exact-number.ts";
import { compact, isObject, type Json, type JsonObject } from "../lib/json.ts";
import { closest } from "../lib/suggest.ts";
import { excerpt } from "../lib/text.ts";
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

/** The keys of a context that a user may give, each already of its type; empty ones are absent. */
export type GivenContext = Partial<Omit<EventContext, "ci">>;

/** What the surroundings say where the user is silent. */
interface ContextDefaults {
	readonly id: string;
	readonly run_id: string;
	readonly pipeline: string;
	readonly now: Date;
	readonly ci: CiFacts;
}

type Kind = "text" | "status" | "time" | "duration" | "object" | "objects" | "texts" | "metadata";

/** Every key of the context in the order in which it is written. */
const KEYS = {
	id: "text",
	event: "text",
	run_id: "text",
	pipeline: "text",
	timestamp: "time",
	status: "status",
	model: "text",
	table: "text",
	error: "text",
	duration_ms: "duration",
	entity: "object",
	changes: "objects",
	owners: "texts",
	followers: "texts",
	project_id: "text",
	data: "object",
	resource: "object",
	metadata: "metadata",
	ci: "object",
} as const satisfies Record<keyof EventContext, Kind>;

/** Every key that a context can have. */
export const CONTEXT_KEYS: readonly string[] = Object.keys(KEYS);

/** The keys that a user may give: the facts of the CI are the run's alone. */
const GIVEN_KEYS = CONTEXT_KEYS.filter((key) => key !== "ci");

/** Whether a context can have that key. */
export function isContextKey(key: string): key is keyof EventContext {
	return Object.hasOwn(KEYS, key);
}

const RULES: Readonly<Record<Kind, { readonly wanted: string; readonly accepts: (value: unknown) => boolean }>> = {
	text: { wanted: "a string", accepts: (value) => typeof value === "string" },
	status: {
		wanted: `one of ${STATUSES.join(", ")}, or a conclusion of GitHub's: ${[...CONCLUSIONS.keys()].join(", ")}`,
		accepts: (value) => statusOf(value) !== undefined,
	},
	time: { wanted: "a time such as 2026-04-02T14:30:00Z", accepts: (value) => toUtc(value) !== undefined },
	duration: {
		wanted: "a number of milliseconds, 0 or more",
		accepts: (value) => (toMilliseconds(value) ?? -1) >= 0,
	},
	object: { wanted: "an object", accepts: isObject },
	objects: { wanted: "a list of objects", accepts: (value) => Array.isArray(value) && value.every(isObject) },
	texts: {
		wanted: "a list of strings",
		accepts: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
	},
	metadata: {
		wanted: "an object without an empty key",
		accepts: (value) => isObject(value) && !Object.hasOwn(value, ""),
	},
};

/** A status as it is given: one of ours, or a conclusion of GitHub's. */
function statusOf(value: unknown): Status | undefined {
	return STATUSES.find((status) => status === value) ?? CONCLUSIONS.get(String(value));
}

/** Also of a number that is written unusually, as `1e3`. */
function toMilliseconds(value: unknown): number | undefined {
	const number = value instanceof ExactNumber ? Number(value.text) : value;
	return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** The time that was checked last, which is the one that is written next. */
let last: { readonly value: string; readonly utc: string | undefined } | undefined;

/** RFC 3339 in UTC, without a fraction that is zero; undefined when the value is no date with a time and an offset. */
function toUtc(value: unknown): string | undefined {
	if (typeof value !== "string") return undefined;
	if (last?.value !== value) last = { value, utc: inUtc(value) };
	return last.utc;
}

function inUtc(value: string): string | undefined {
	if (!/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|z|[+-]\d\d:?\d\d)$/.test(value)) {
		return undefined;
	}
	const time = new Date(value);
	return Number.isNaN(time.getTime()) ? undefined : formatTime(time);
}

/** `2026-04-02T14:30:00Z`, with milliseconds only where there are any. */
function formatTime(time: Date): string {
	return time.toISOString().replace(".000Z", "Z");
}

function isEmpty(value: unknown): boolean {
	if (value === undefined || value === null || value === "") return true;
	if (Array.isArray(value)) return value.length === 0;
	return isObject(value) && Object.keys(value).length === 0;
}

/**
 * Checks a parsed JSON object as a context. Unknown keys and wrong types become problems (each naming the key, prefixed
 * by `where`); null and empty values count as absent.
 */
export function readContext(value: JsonObject, where: string, problems: Problem[]): GivenContext {
	const given: Record<string, Json> = {};
	for (const key of Object.keys(value)) {
		const item = value[key];
		if (key === "ci") {
			problems.push({
				code: "context",
				message: `${where}: "ci" cannot be given: the facts of the CI are read from the run itself`,
				remedy: "put values of your own into metadata",
			});
			continue;
		}
		if (!isContextKey(key)) {
			const near = closest(key, GIVEN_KEYS);
			problems.push({
				code: "context",
				message: `${where}: unknown key "${excerpt(key, 60)}"`,
				remedy: near
					? `did you mean "${near}"? Values of your own go into metadata`
					: "put values of your own into metadata",
			});
			continue;
		}
		if (item === undefined || isEmpty(item)) continue;
		const rule = RULES[KEYS[key]];
		if (rule.accepts(item)) given[key] = normalised(KEYS[key], item);
		else problems.push({ code: "context", message: `${where}: "${key}" must be ${rule.wanted}`, remedy: "" });
	}
	// KEYS is checked against EventContext, and each item has passed the rule of its key.
	return given as GivenContext;
}

/** An accepted value in the one form that a context has for it. */
function normalised(kind: Kind, value: Json): Json {
	if (kind === "status") return statusOf(value) ?? value;
	return kind === "duration" ? (toMilliseconds(value) ?? value) : value;
}

/** Puts the event together: what the user gave, else the defaults; keys in the order of the contract. */
export function completeEvent(
	definition: EventDefinition,
	given: GivenContext,
	defaults: ContextDefaults,
): PipelineEvent {
	// An outcome event that carries an error has failed, whatever its name leaves open.
	const status = given.status ?? (definition.status === "info" && given.error ? "failure" : definition.status);
	const context = compact<EventContext>({
		id: given.id ?? defaults.id,
		event: definition.name,
		run_id: given.run_id ?? defaults.run_id,
		pipeline: given.pipeline ?? defaults.pipeline,
		timestamp: toUtc(given.timestamp) ?? formatTime(defaults.now),
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
