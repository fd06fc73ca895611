// How hooks reach each other by name, as fallbacks and followers.

import type { FindChained } from "../model/delivery.ts";
import type { Hook } from "../model/hook.ts";
import { passesFilter } from "./select.ts";

/** Finds hooks by name: whether they are enabled and their filters count, and not their own events. */
export function chainLookup(hooks: readonly Hook[]): FindChained {
	const byName = new Map(hooks.map((hook) => [hook.name, hook]));
	return (name, events) => {
		const hook = byName.get(name);
		if (hook === undefined) return undefined;
		const [first, ...rest] = events.filter((event) => passesFilter(hook, event));
		return first === undefined ? undefined : { hook, events: [first, ...rest] };
	};
}

/** Of a hook: itself first, then all hooks that it leads to by chains, each once. */
export function chainsIn(hooks: readonly Hook[]): (hook: Hook) => readonly [Hook, ...Hook[]] {
	const byName = new Map(hooks.map((hook) => [hook.name, hook]));
	return (first) => {
		const found = new Set([first]);
		// A set gives what is added while it is walked through, too.
		for (const { fallback, onSuccess } of found) {
			for (const name of [fallback ?? "", ...onSuccess]) {
				const next = byName.get(name);
				if (next !== undefined) found.add(next);
			}
		}
		found.delete(first);
		return [first, ...found];
	};
}
