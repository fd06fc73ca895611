// OpenMetadata's event filters as the events and the filters of a hook.
import { vocabulary } from "../../model/catalog.ts";
import { pathsOfKey } from "../../model/keys.ts";
import type { Draft } from "./draft.ts";
import type { JsonTable } from "./json.ts";
import type { TomlTable } from "./toml.ts";

/** A filter, and the events that it is for. */
interface EventFilter {
	readonly events: string[];
	readonly rest: TomlTable;
}

/** Sets the events, and gives the filters: one for each that differs from the one before it. */
export function readFilters(source: JsonTable, draft: Draft): readonly TomlTable[] | undefined {
	const items = source.needed("eventFilters", 'add "eventFilters", each with an "eventType"')?.items() ?? [];
	const found: EventFilter[] = [];
	for (const item of items) {
		const filter = item.object();
		const event = filter?.needed("eventType", 'add "eventType"')?.text()?.trim();
		if (filter === undefined || event === undefined) continue;
		const rest: Record<string, readonly string[]> = {};
		for (const [key, texts] of PARTS.map((key) => [key, filter.texts(key)] as const)) {
			const meant = key === "entities" ? texts.map((text) => (text === "all" ? "*" : text)) : texts.map(conditionOf);
			if (meant.length > 0) rest[key] = meant;
		}
		for (const key of filter.keys()) {
			if (key !== "eventType" && !PARTS.some((part) => part === key)) draft.leftOut(key);
		}
		const last = found.at(-1);
		if (last !== undefined && JSON.stringify(last.rest) === JSON.stringify(rest)) last.events.push(event);
		else found.push({ events: [event], rest });
	}
	const events = [...new Set(found.flatMap((filter) => filter.events))];
	if (source.isEmpty("eventFilters")) {
		source.get("eventFilters")?.wrong("is empty", 'add a filter: { "eventType": "entityUpdated" }');
	}
	draft.set("events", events.map(selectorOf));
	const known = vocabulary();
	for (const event of events) {
		if (event === ALL || known.find(event) !== undefined) continue;
		draft.findings.events.set(event, "entity");
	}
	const isWhole = found.every(({ rest }) => Object.keys(rest).length === 0);
	if (isWhole) return undefined;
	if (found.length === 1) return found.map(({ rest }) => rest);
	return found.map(({ events, rest }) => ({ events: [...new Set(events)].map(selectorOf), ...rest }));
}

const PARTS = ["entities", "include", "exclude"] as const;

/** The server's word for every event of its entities. */
const ALL = "all";

function selectorOf(event: string): string {
	return event === ALL ? "phase:entity" : event;
}

/** Keys that only an entity has are read there: `domain:Sales` as it is, `owners.name:ann` and `costCenter:42` in the entity. */
function conditionOf(item: string): string {
	const colon = item.indexOf(":");
	const key = item.slice(0, Math.max(0, colon)).trim();
	return colon < 1 || pathsOfKey(key).length > 0 ? item : `entity.${item}`;
}
