// What a filter asks, for people.
import type { Filter } from "../model/hook.ts";
import { showSelector } from "../model/selector.ts";
import { alternatives, grouped, showAny } from "../plan/filter.ts";

/** What a filter asks, in the words of the config. */
export function showFilter({ events, entities, include, exclude }: Filter): string {
	return [
		...(events === undefined ? [] : [`events ${alternatives(events.map(showSelector))}`]),
		...(entities === undefined ? [] : [`entities ${alternatives(entities)}`]),
		...grouped(include).map(showAny),
		...(exclude.length === 0 ? [] : [`not ${showAny(exclude)}`]),
	].join("; ");
}
