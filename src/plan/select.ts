// Which hooks match an event, in the order of the file, and why the others do not.

import type { Unmatched } from "../model/delivery.ts";
import type { Hook } from "../model/hook.ts";
import { selects, showSelector } from "../model/selector.ts";
import { type EventLike, excludedByFilter } from "./filter.ts";

/** All hooks of a config, by whether they match an event. */
export interface Selected {
	readonly selected: readonly Hook[];
	readonly unmatched: readonly Unmatched[];
}

/** So many events or hooks are named in a reason. */
const SHOWN = 8;

/** Splits the hooks by whether they match the event, each part in the order of the file. */
export function selection(hooks: readonly Hook[], event: EventLike): Selected {
	const selected: Hook[] = [];
	const unmatched: Unmatched[] = [];
	for (const hook of hooks.toSorted((a, b) => a.order - b.order)) {
		const attached = isAttached(hook, event);
		const reason = attached ? excludedBecause(hook, event) : unattached(hook, hooks);
		if (reason === undefined) selected.push(hook);
		else unmatched.push({ hook, reason, attached });
	}
	return { selected, unmatched };
}

/** Whether a hook matches the event by itself, as nobody's fallback or follower. */
export function matches(hook: Hook, event: EventLike): boolean {
	return isAttached(hook, event) && passesFilter(hook, event);
}

/** Whether a hook can be fired with the event once something reaches it: it is enabled, and its filter lets it through. */
export function passesFilter(hook: Hook, event: EventLike): boolean {
	return excludedBecause(hook, event) === undefined;
}

/**
 * Whether a hook may have been fired with the event: it matches, or a hook other than a gate leads to it. One that is
 * reached only by gates never waits for a later run.
 */
export function mayHaveFired(hook: Hook, event: EventLike, hooks: readonly Hook[]): boolean {
	const leads = ({ fallback, onSuccess, onFailure }: Hook) =>
		onSuccess.includes(hook.name) || (fallback === hook.name && onFailure !== "abort");
	return matches(hook, event) || (passesFilter(hook, event) && hooks.some(leads));
}

function isAttached({ selectors }: Hook, { definition }: EventLike): boolean {
	return selectors.some((selector) => selects(selector, definition));
}

function excludedBecause({ enabled, filters }: Hook, event: EventLike): string | undefined {
	return enabled ? excludedByFilter(filters, event) : "it is disabled";
}

function unattached({ name, selectors }: Hook, hooks: readonly Hook[]): string {
	if (selectors.length > 0) return `its events are ${some(selectors.map(showSelector))}`;
	const instead = hooks.filter(({ fallback }) => fallback === name).map((hook) => hook.name);
	const after = hooks.filter(({ onSuccess }) => onSuccess.includes(name)).map((hook) => hook.name);
	const told = [
		...(instead.length === 0 ? [] : [`as the fallback of ${some(instead)}`]),
		...(after.length === 0 ? [] : [`after ${some(after)}`]),
	];
	return `it is fired only ${told.join(" and ")}`;
}

function some(words: readonly string[]): string {
	const shown = words.slice(0, SHOWN).join(", ");
	return words.length > SHOWN ? `${shown} and ${words.length - SHOWN} more` : shown;
}
