// What is known of one item of a filter before any event is there: whether it holds always, or never.
import { isLeaf } from "../event/context.ts";
import { type EventDefinition, STATUSES } from "../event/event.ts";
import { matchesGlob } from "../event/glob.ts";
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

/** Finds the word that was probably meant. */
type Near = (written: string, words: readonly string[]) => string | undefined;

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

/** Why a condition holds for every event, as a phrase that follows it, and what to do: the key is always there. */
export function holdsForAll(condition: Condition): Explanation | undefined {
	if (condition.kind === "field" || !ALWAYS.includes(condition.key) || !/^\*+$/.test(condition.pattern))
		return undefined;
	return ["is true of every event, so that nothing is left", "take it out"];
}

/** The keys of {@link knownValues}. */
export const KNOWN: readonly string[] = ["status", "event", "phase"];

/** All values that the events can have under a key, by the keys of which they are known. */
export function knownValues(events: readonly EventDefinition[]): readonly Known[] {
	const what = "none of the hook's events";
	return [
		{ key: "status", what: "no status", values: STATUSES },
		{ key: "event", what, values: events.map(({ name }) => name) },
		{ key: "phase", what, values: [...new Set(events.map(({ phase }) => phase))] },
	];
}

/** Why a condition holds for none of the known values, as a phrase that follows it, and what to do. */
export function holdsForNone(condition: Condition, all: readonly Known[], near: Near): Explanation | undefined {
	const known = condition.kind === "value" ? all.find(({ key }) => key === condition.key) : undefined;
	if (known === undefined || known.values.some((value) => fits(condition, value))) return undefined;
	const item = (value: string) => quote(`${known.key}:${value}`);
	const meant = near(patternOf(condition), known.values);
	const remedy =
		meant === undefined ? `write ${list(known.values.slice(0, 10).map(item))}` : `did you mean ${item(meant)}?`;
	return [`holds for ${known.what}`, remedy];
}

/** Whether a value is of the pattern that a condition asks for. */
export function fits(condition: Condition, value: string): boolean {
	return matchesGlob(patternOf(condition), value);
}

/** The glob of a condition. */
export function patternOf(condition: Condition): string {
	return condition.kind === "field" ? condition.field : condition.pattern;
}
