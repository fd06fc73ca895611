// What is known of one item of a filter before any event is there: whether it holds always, or never.
import { isLeaf } from "../event/context.ts";
import { type EventDefinition, STATUSES } from "../event/event.ts";
import { matchesGlob } from "../event/glob.ts";
import { closest } from "../suggest.ts";
import type { Condition } from "./hook.ts";
import type { Explanation } from "./keys.ts";
import { list, quote } from "./words.ts";

/** Keys that no context lacks, and of which any value may be. */
const ALWAYS: readonly string[] = ["id", "run_id", "timestamp"];

/** Values of a key that are all known beforehand. */
interface Known {
	readonly key: string;
	readonly what: string;
	readonly values: readonly string[];
}

/** Why a condition holds for no event at all, as a phrase that follows it, and what to do. */
export function neverHolds(condition: Condition): Explanation | undefined {
	if (condition.kind === "field") return undefined;
	const { key, pattern } = condition;
	const [first = "", ...rest] = key.split(".");
	if (rest.length > 0 && isLeaf(first)) {
		return [`can never hold: ${first} has nothing inside`, `write ${quote(`${first}:${pattern}`)}`];
	}
	if (key !== "duration_ms" || /^[\d.e+*-]+$/.test(pattern)) return undefined;
	const remedy = "write digits, with * for any of them: values are compared as text";
	return [`can never hold: ${key} is a number`, remedy];
}

/** Whether a condition holds for every event: any value will do, and the key is always there. */
export function alwaysHolds(condition: Condition): boolean {
	return condition.kind === "value" && ALWAYS.includes(condition.key) && /^\*+$/.test(condition.pattern);
}

/** Why a condition holds for none of the events, as a phrase that follows it, and what to do; no help where `full`. */
export function holdsForNone(
	condition: Condition,
	events: readonly EventDefinition[],
	full: boolean,
): Explanation | undefined {
	const known = knownValues(condition, events);
	if (known === undefined || known.values.some((value) => fits(condition, value))) return undefined;
	const item = (value: string) => quote(`${known.key}:${value}`);
	const near = full ? undefined : closest(patternOf(condition), known.values);
	const all = full ? [] : known.values.slice(0, 10).map(item);
	return [`holds for ${known.what}`, near === undefined ? `write ${list(all)}` : `did you mean ${item(near)}?`];
}

function knownValues(condition: Condition, events: readonly EventDefinition[]): Known | undefined {
	const key = condition.kind === "value" ? condition.key : undefined;
	const what = "none of the hook's events";
	switch (key) {
		case "status":
			return { key, what: "no status", values: STATUSES };
		case "event":
			return { key, what, values: events.map(({ name }) => name) };
		case "phase":
			return { key, what, values: [...new Set(events.map(({ phase }) => phase))] };
		default:
			return undefined;
	}
}

/** Whether a value is of the pattern that a condition asks for. */
export function fits(condition: Condition, value: string): boolean {
	return matchesGlob(patternOf(condition), value);
}

/** The glob of a condition. */
export function patternOf(condition: Condition): string {
	return condition.kind === "field" ? condition.field : condition.pattern;
}
