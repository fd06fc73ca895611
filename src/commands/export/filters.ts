// A hook's events and filters as OpenMetadata's event filters.
import type { Vocabulary } from "../../model/catalog.ts";
import type { Condition, Filter, Webhook } from "../../model/hook.ts";
import { pathsOfKey } from "../../model/keys.ts";
import { selects } from "../../model/selector.ts";
import type { EventFilter } from "./model.ts";

/** The types that its schema has. The server knows more. */
const EVENT_TYPES = ["entityCreated", "entityUpdated", "entitySoftDeleted", "entityDeleted"] as const;

/** One for each event of each filter. `tell` gets what there is no filter for. */
export function eventFilters(
	{ selectors, filters }: Webhook,
	{ events }: Vocabulary,
	tell: (note: string) => void,
): readonly EventFilter[] {
	// In the order of the config, so that what was imported comes out as it was.
	const selected = [...new Set(selectors.flatMap((selector) => events.filter((event) => selects(selector, event))))];
	const isKnown = (name: string) => EVENT_TYPES.some((type) => type === name);
	const others = selected.flatMap(({ name }) => (isKnown(name) ? [] : [name]));
	const none: Filter = { events: undefined, entities: undefined, include: [], exclude: [] };
	const written = (filters.length === 0 ? [none] : filters).flatMap((filter) => {
		const own = filter.events?.flatMap((selector) => selected.filter((event) => selects(selector, event))) ?? selected;
		return [...new Set(own)].filter(({ name }) => isKnown(name)).map(({ name }) => eventFilter(name, filter));
	});
	if (others.length > 0) tell(`eventFilters has ${EVENT_TYPES.join(", ")} only, and not ${others.join(", ")}`);
	return written;
}

function eventFilter(eventType: string, { entities = [], include, exclude }: Filter): EventFilter {
	return {
		eventType,
		...(entities.length === 0 ? {} : { entities }),
		...(include.length === 0 ? {} : { include: include.map(itemOf) }),
		...(exclude.length === 0 ? {} : { exclude: exclude.map(itemOf) }),
	};
}

/** OpenMetadata's keys are those of the entity, where only ours say so. */
function itemOf(condition: Condition): string {
	if (condition.kind === "field") return condition.field;
	const short = condition.key.replace(/^entity\./, "");
	return `${pathsOfKey(short).length === 0 ? short : condition.key}:${condition.pattern}`;
}
