// Filters that no event of a hook can pass, each told at the item that is at fault.
import { isContextKey, PARTS } from "../event/context.ts";
import { type EventDefinition, STATUSES } from "../event/event.ts";
import { coversGlob } from "../event/glob.ts";
import { type Selector, selects } from "../event/selector.ts";
import { alwaysHolds, fits, holdsForNone, neverHolds, patternOf } from "./condition-faults.ts";
import type { Fields } from "./fields.ts";
import type { Condition } from "./hook.ts";
import type { Written } from "./strings.ts";
import { list, quote } from "./words.ts";

/** Pairs of items that are compared in one filter; nobody reads through more, and long globs would only cost time. */
const MAX_COMPARED = 100_000;

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
		const explained = neverHolds(item.condition) ?? holdsForNone(item.condition, met, fields.problems.full);
		if (explained === undefined) return false;
		const [what, remedy] = explained;
		wrong(item, `${quote(item.text)} ${what}`, remedy);
		return true;
	});
	const total = exclude.filter((item) => {
		if (!alwaysHolds(item.condition)) return false;
		wrong(item, `${quote(item.text)} is true of every event, so that nothing is left`, "take it out");
		return true;
	});
	const covered = (include.length * exclude.length > MAX_COMPARED ? [] : include).filter((item) => {
		const cover = exclude.find((other) => covers(other.condition, item.condition));
		if (cover === undefined) return false;
		wrong(item, `${quote(item.text)} is always excluded by ${quote(cover.text)}`, "take one of the two out");
		return true;
	});
	if (unknown.length + total.length + covered.length > 0 || met.length === 0) return;
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
	const sameKey = wider.kind === "value" && narrower.kind === "value" ? coversKey(wider.key, narrower.key) : true;
	return wider.kind === narrower.kind && sameKey && coversGlob(patternOf(wider), patternOf(narrower));
}

/** Whether all that stands under the narrower key stands under the wider one, too: `env` is looked for in `metadata`. */
function coversKey(wider: string, narrower: string): boolean {
	if (wider === narrower || !narrower.endsWith(wider)) return wider === narrower;
	const before = narrower.slice(0, -wider.length);
	return PARTS.some((part) => before === `${part}.`) && !isContextKey(wider.split(".", 1)[0] ?? "");
}

function some(events: readonly EventDefinition[]): string {
	const names = events.slice(0, 10).map(({ name }) => name);
	return events.length > names.length ? `${names.join(", ")} and ${events.length - names.length} more` : list(names);
}
