// Filters that no event of a hook can pass, each told at the item that is at fault.
import { type EventDefinition, STATUSES } from "../event/event.ts";
import { coversGlob, matchesGlob } from "../event/glob.ts";
import { type Selector, selects } from "../event/selector.ts";
import type { Fields } from "./fields.ts";
import type { Condition } from "./hook.ts";
import type { Written } from "./strings.ts";
import { didYouMean, list, quote } from "./words.ts";

/** An item of `include` or `exclude`, and where it stands. */
export interface WrittenCondition extends Written {
	readonly condition: Condition;
}

/** A filter as it is written. */
interface WrittenFilter {
	readonly fields: Fields;
	/** Undefined where it asks for no events. */
	readonly selectors: readonly Selector[] | undefined;
	readonly include: readonly WrittenCondition[];
	readonly exclude: readonly WrittenCondition[];
}

/** Values that are all known beforehand. */
interface Known {
	readonly what: string;
	readonly values: readonly string[];
}

/** Notes what keeps every one of the events out. */
export function refuseUnmatchable(
	{ fields, selectors, include, exclude }: WrittenFilter,
	events: readonly EventDefinition[],
): void {
	const met = events.filter((event) => selectors?.some((selector) => selects(selector, event)) ?? true);
	// Without any, the items themselves were wrong.
	if (met.length === 0 && selectors?.length !== 0) {
		fields.wrong("events", "filter.events has none of the hook's own events", `those are ${some(events)}`);
		return;
	}
	const wrong = ({ path }: WrittenCondition, message: string, remedy: string) =>
		fields.problems.add("config_value", path, message, remedy);
	const unknown = [...include, ...exclude].filter((item) => {
		const known = knownValues(item.condition, met);
		if (known === undefined || known.values.some((value) => fits(item.condition, value))) return false;
		const words = fields.problems.full ? [] : known.values;
		const remedy = didYouMean(patternOf(item.condition), words, `use ${list(words.slice(0, 10))}`);
		wrong(item, `${quote(item.text)} holds for ${known.what}`, remedy);
		return true;
	});
	const covered = include.filter((item) => {
		const cover = exclude.find((other) => covers(other.condition, item.condition));
		if (cover === undefined) return false;
		wrong(item, `${quote(item.text)} is always excluded by ${quote(cover.text)}`, "take one of the two out");
		return true;
	});
	if (unknown.length > 0 || covered.length > 0 || met.length === 0) return;
	const never = (what: string) => {
		const key = exclude.length > 0 ? "exclude" : "include";
		fields.wrong(key, `filter can never match: its items leave no ${what}`, "loosen one of them");
	};
	const passes = (subject: Subject) => passesKnown(subject, include, exclude);
	if (!met.some(({ name, phase }) => passes({ event: name, phase }))) never("event");
	if (!STATUSES.some((status) => passes({ status }))) never("status");
}

/** What is known beforehand of an event, by the keys under which filters ask for it. */
type Subject = Readonly<Partial<Record<"event" | "phase" | "status", string>>>;

function knownValues(condition: Condition, events: readonly EventDefinition[]): Known | undefined {
	switch (condition.kind === "value" ? condition.key : undefined) {
		case "status":
			return { what: "no status", values: STATUSES };
		case "event":
			return { what: "none of the hook's events", values: events.map(({ name }) => name) };
		case "phase":
			return { what: "none of the hook's events", values: [...new Set(events.map(({ phase }) => phase))] };
		default:
			return undefined;
	}
}

/** Whether the items about these keys, and no others, let something with these values through. */
function passesKnown(
	subject: Subject,
	include: readonly WrittenCondition[],
	exclude: readonly WrittenCondition[],
): boolean {
	return Object.entries(subject).every(([key, value]) => {
		const about = (items: readonly WrittenCondition[]) =>
			items.filter(({ condition }) => condition.kind === "value" && condition.key === key);
		const wanted = about(include);
		const isWanted = wanted.length === 0 || wanted.some(({ condition }) => fits(condition, value));
		return isWanted && !about(exclude).some(({ condition }) => fits(condition, value));
	});
}

function covers(wider: Condition, narrower: Condition): boolean {
	const sameKey = wider.kind === "value" && narrower.kind === "value" ? wider.key === narrower.key : true;
	return wider.kind === narrower.kind && sameKey && coversGlob(patternOf(wider), patternOf(narrower));
}

function fits(condition: Condition, value: string): boolean {
	return matchesGlob(patternOf(condition), value);
}

function patternOf(condition: Condition): string {
	return condition.kind === "field" ? condition.field : condition.pattern;
}

function some(events: readonly EventDefinition[]): string {
	const names = events.slice(0, 10).map(({ name }) => name);
	return events.length > names.length ? `${names.join(", ")} and ${events.length - names.length} more` : list(names);
}
