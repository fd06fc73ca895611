// Filters that no event of a hook can pass, each told at the item that is at fault.
import { isContextKey, PARTS } from "../event/context.ts";
import { type EventDefinition, STATUSES } from "../event/event.ts";
import { coversGlob } from "../event/glob.ts";
import { type Selector, selects } from "../event/selector.ts";
import { fits, holdsForAll, holdsForNone, KNOWN, knownValues, neverHolds, patternOf } from "./condition-faults.ts";
import type { Fields } from "./fields.ts";
import type { Condition } from "./hook.ts";
import type { Explanation } from "./keys.ts";
import type { Resolver } from "./resolve.ts";
import type { Written } from "./strings.ts";
import { list, quote } from "./words.ts";

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

/** Notes what keeps every one of the events out; where there is too much of both, what needs no look at each of them. */
export function refuseUnmatchable(
	{ fields, selectors, include, exclude }: WrittenFilter,
	events: readonly EventDefinition[],
	resolver: Pick<Resolver, "affords" | "near">,
): void {
	const met = events.filter((event) => selectors?.some((selector) => selects(selector, event)) ?? true);
	// Without any, the items themselves were wrong.
	if (met.length === 0 && selectors?.length !== 0) {
		fields.wrong("events", "filter.events has none of the hook's own events", `those are ${some(events)}`);
		return;
	}
	const refused = (items: readonly WrittenCondition[], explain: (item: WrittenCondition) => Explanation | undefined) =>
		items.filter((item) => {
			const [what, remedy] = explain(item) ?? [];
			if (what === undefined || remedy === undefined) return false;
			fields.problems.add("config_value", item.path, `${quote(item.text)} ${what}`, remedy);
			return true;
		}).length;
	const items = [...include, ...exclude];
	const asking = items.filter(({ condition }) => condition.kind === "value" && KNOWN.includes(condition.key));
	const all = asking.length === 0 ? [] : knownValues(met);
	const affordable = resolver.affords(
		patternsOf(asking),
		all.flatMap(({ values }) => values),
	);
	const known = affordable ? all : [];
	const near: Resolver["near"] = (...words) => (fields.problems.full ? undefined : resolver.near(...words));
	const compared = resolver.affords(patternsOf(include), patternsOf(exclude)) ? include : [];
	const count =
		refused(items, ({ condition }) => neverHolds(condition) ?? holdsForNone(condition, known, near)) +
		refused(exclude, ({ condition }) => holdsForAll(condition)) +
		refused(compared, (item) => isExcluded(item, exclude));
	if (count > 0 || met.length === 0 || !affordable) return;
	const never = (what: string) => {
		const key = exclude.length > 0 ? "exclude" : "include";
		fields.wrong(key, `filter can never match: its items leave no ${what}`, "loosen one of them");
	};
	const passes = (key: string) => passesBy(key, include, exclude);
	const [byEvent, byPhase] = [passes("event"), passes("phase")];
	if (!met.some(({ name, phase }) => byEvent(name) && byPhase(phase))) never("event");
	if (!STATUSES.some(passes("status"))) never("status");
}

function patternsOf(items: readonly WrittenCondition[]): readonly string[] {
	return items.map(({ condition }) => patternOf(condition));
}

/** Whether the items about a key, and no others, let something with a value under it through. */
function passesBy(
	key: string,
	include: readonly WrittenCondition[],
	exclude: readonly WrittenCondition[],
): (value: string) => boolean {
	const about = (items: readonly WrittenCondition[]) =>
		items.flatMap(({ condition }) => (condition.kind === "value" && condition.key === key ? [condition] : []));
	const [wanted, unwanted] = [about(include), about(exclude)];
	return (value) => {
		const isWanted = wanted.length === 0 || wanted.some((condition) => fits(condition, value));
		return isWanted && !unwanted.some((condition) => fits(condition, value));
	};
}

function isExcluded({ condition }: WrittenCondition, exclude: readonly WrittenCondition[]): Explanation | undefined {
	const cover = exclude.find((other) => covers(other.condition, condition));
	return cover && [`is always excluded by ${quote(cover.text)}`, "take one of the two out"];
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
