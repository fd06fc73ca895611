// Filters: whether an event has what a hook's filter asks of it.

import { ExactNumber } from "../lib/exact-number.ts";
import { isObject } from "../lib/json.ts";
import { valuesAt } from "../lib/lookup.ts";
import { type EventContext, type EventDefinition, entityTypes } from "../model/event.ts";
import type { Condition, Filter } from "../model/hook.ts";
import { pathsOfKey, spellings } from "../model/keys.ts";
import { matchesGlob, selects, showSelector } from "../model/selector.ts";

/** An event; without a context where only its name is known yet. */
export interface EventLike {
	readonly definition: EventDefinition;
	readonly context?: EventContext | undefined;
}

/** What an object goes by, where a text is compared with an object. */
const NAMES = ["name", "fullyQualifiedName", "displayName", "tagFQN", "id"] as const;

/**
 * Why no filter lets the event through, as one phrase; undefined if one does, or if there are no filters. Conditions that
 * need a context are passed where only the name is known.
 */
export function excludedByFilter(filters: readonly Filter[], event: EventLike): string | undefined {
	const reasons = new Set<string>();
	for (const filter of filters) {
		const reason = unmatchedIn(filter, event);
		if (reason === undefined) return undefined;
		reasons.add(reason);
	}
	return reasons.size === 0 ? undefined : `its filter ${[...reasons].join(", or ")}`;
}

/** What a condition asks, in the words of the config. */
function showCondition(condition: Condition): string {
	return condition.kind === "field" ? `changed ${condition.field}` : `${condition.key}:${condition.pattern}`;
}

/** What conditions ask that are alternatives to each other. */
export function showAny(conditions: readonly Condition[]): string {
	return alternatives(conditions.map(showCondition));
}

/** The first part of a filter that does not match, as a phrase. */
function unmatchedIn({ events, entities, include, exclude }: Filter, event: EventLike): string | undefined {
	const { definition, context } = event;
	if (events !== undefined && !events.some((selector) => selects(selector, definition))) {
		return `requires events ${alternatives(events.map(showSelector))}`;
	}
	if (entities !== undefined && context !== undefined && !isOfEntity(entities, context)) {
		return `requires entities ${alternatives(entities)}`;
	}
	const unmatched = grouped(include).find((group) => group.every((condition) => holds(condition, event) === false));
	if (unmatched !== undefined) return `requires ${showAny(unmatched)}`;
	const excluding = exclude.find((condition) => holds(condition, event) === true);
	return excluding === undefined ? undefined : `excludes ${showCondition(excluding)}`;
}

/** Items that are alternatives to each other: all fields, and all values under one key. */
export function grouped(conditions: readonly Condition[]): readonly (readonly Condition[])[] {
	const groups = new Map<string, Condition[]>();
	for (const condition of conditions) {
		// No key is empty.
		const key = condition.kind === "field" ? "" : condition.key;
		groups.set(key, [...(groups.get(key) ?? []), condition]);
	}
	return [...groups.values()];
}

function isOfEntity(patterns: readonly string[], context: EventContext): boolean {
	return entityTypes(context).some((type) => patterns.some((pattern) => matchesGlob(pattern, type)));
}

/** Whether a condition holds; undefined if that needs a context and there is none. */
function holds(condition: Condition, { definition, context }: EventLike): boolean | undefined {
	if (condition.kind === "field") {
		if (context === undefined) return undefined;
		const changed = valuesAt(context, ["changes", "field"], "every_item").flatMap(textsOf);
		return spellings(condition.field).some((asked) => changed.some((field) => matchesGlob(asked, field)));
	}
	const { key, pattern } = condition;
	if (key === "event") return matchesGlob(pattern, definition.name);
	if (key === "phase") return matchesGlob(pattern, definition.phase);
	if (context === undefined) return undefined;
	const texts = pathsOfKey(key).flatMap((path) => valuesAt(context, path, "every_item").flatMap(textsOf));
	return texts.some((text) => matchesGlob(pattern, text));
}

/** The texts by which a value can be meant: itself, or the names of an object. */
function textsOf(value: unknown): readonly string[] {
	if (!isObject(value)) return isScalar(value) ? [String(value)] : [];
	return NAMES.flatMap((name) => {
		const text = Object.hasOwn(value, name) ? value[name] : undefined;
		return isScalar(text) ? [String(text)] : [];
	});
}

function isScalar(value: unknown): value is string | number | ExactNumber | boolean {
	return ["string", "number", "boolean"].includes(typeof value) || value instanceof ExactNumber;
}

/** `a or b`. */
export function alternatives(words: readonly string[]): string {
	return words.join(" or ");
}
