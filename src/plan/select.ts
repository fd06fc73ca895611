// Which hooks meet an event, in the order of the file, and why the others do not.

import type { Unmet } from "../model/delivery.ts";
import type { Hook } from "../model/hook.ts";
import { selects, showSelector } from "../model/selector.ts";
import { filterFault, type Occasion } from "./filter.ts";

/** All hooks of a config, by whether they meet an event. */
export interface Selected {
	readonly selected: readonly Hook[];
	readonly unmet: readonly Unmet[];
}

/** So many events or hooks are named in a reason. */
const SHOWN = 8;

/** Splits the hooks by whether they meet the event, each part in the order of the file. */
export function selection(hooks: readonly Hook[], occasion: Occasion): Selected {
	const selected: Hook[] = [];
	const unmet: Unmet[] = [];
	let ways: Ways | undefined;
	for (const hook of hooks.toSorted((a, b) => a.order - b.order)) {
		const attached = isAttached(hook, occasion);
		const reason = attached ? keptOut(hook, occasion) : unattached(hook, () => (ways ??= waysTo(hooks)));
		if (reason === undefined) selected.push(hook);
		else unmet.push({ hook, reason, attached });
	}
	return { selected, unmet };
}

/** Whether a hook meets the event by itself, as nobody's fallback or follower. */
export function meets(hook: Hook, occasion: Occasion): boolean {
	return isAttached(hook, occasion) && admits(hook, occasion);
}

/** Whether a hook can be fired with the event once something reaches it: it is enabled, and its filter lets it through. */
export function admits(hook: Hook, occasion: Occasion): boolean {
	return keptOut(hook, occasion) === undefined;
}

function isAttached({ selectors }: Hook, { definition }: Occasion): boolean {
	return selectors.some((selector) => selects(selector, definition));
}

function keptOut({ enabled, filters }: Hook, occasion: Occasion): string | undefined {
	return enabled ? filterFault(filters, occasion) : "it is disabled";
}

/** By the name of a hook: the hooks whose fallback it is, and those that it follows. */
type Ways = ReadonlyMap<string, { readonly instead: readonly string[]; readonly after: readonly string[] }>;

function waysTo(hooks: readonly Hook[]): Ways {
	const ways = new Map<string, { readonly instead: string[]; readonly after: string[] }>();
	const to = (name: string) => {
		const known = ways.get(name) ?? { instead: [], after: [] };
		ways.set(name, known);
		return known;
	};
	for (const { name, fallback, onSuccess } of hooks) {
		if (fallback !== undefined) to(fallback).instead.push(name);
		for (const next of onSuccess) to(next).after.push(name);
	}
	return ways;
}

function unattached({ name, selectors }: Hook, ways: () => Ways): string {
	if (selectors.length > 0) return `its events are ${some(selectors.map(showSelector))}`;
	const { instead = [], after = [] } = ways().get(name) ?? {};
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
