// The `filter` of a hook: which of its events it is fired for, by what is in them.
import type { EventDefinition } from "../model/event.ts";
import type { Filter } from "../model/hook.ts";
import { type Selector, selects } from "../model/selector.ts";
import { ConditionReader } from "./condition.ts";
import { Fields, isTable, type Table } from "./fields.ts";
import { type Explanation, refuseUnknown } from "./keys.ts";
import type { Path } from "./locate.ts";
import type { Problems } from "./problems.ts";
import type { Resolver } from "./resolve.ts";
import type { Selection } from "./selection.ts";
import { readStrings, type Written } from "./strings.ts";
import { readSelectors } from "./subscriptions.ts";
import { list, quote, typeName } from "./words.ts";

const EXAMPLES = {
	events: '["job.*", "phase:quality"]',
	entities: '["table", "dash*"]',
	include: '["tags", "branch:release/*"]',
	exclude: '["status:success"]',
} as const;

/** The keys whose items are neither events nor filters. */
type Worded = "entities" | "include" | "exclude";

/** What is meant by "all". */
const ALL: Readonly<Record<Worded, string>> = {
	entities: 'write "*", or leave entities out where there need be none',
	include: 'write "*", or leave include out where nothing need be changed',
	exclude: 'write "*"',
};

/** The filters of a hook, of which one must hold; none where it has none. */
export function readFilters({ fields, selectors }: Selection, resolver: Resolver): readonly Filter[] {
	if (!fields.has("filter")) return [];
	const value = fields.table["filter"];
	const path = fields.at("filter");
	const tables: readonly unknown[] = Array.isArray(value) ? value : [value];
	if (tables.length === 0) fields.wrong("filter", "filter is empty", "write filter = { … }, or leave the key out");
	// Of a hook that only others reach, or whose own events are mistaken, any event may be asked about.
	const events = selectors.length === 0 ? resolver.events : resolver.select(selectors);
	return tables.flatMap((table, index): Filter[] => {
		const at = Array.isArray(value) ? [...path, index] : path;
		if (isTable(table)) return [readFilter(table, at, events, resolver, fields.problems)];
		const message = `filter must be a table, not ${typeName(table)}`;
		fields.problems.add("config_shape", at, message, `write it as { include = ${EXAMPLES.include} }`);
		return [];
	});
}

function readFilter(
	table: Table,
	path: Path,
	events: Resolver["events"],
	resolver: Resolver,
	problems: Problems,
): Filter {
	const fields = new Fields(table, path, problems, "filter.");
	refuseUnknown(fields, Object.keys(EXAMPLES), (key) => explainKey(key, table[key]));
	if (fields.keys().length === 0) {
		problems.add("config_value", path, "filter asks nothing", `write it as { include = ${EXAMPLES.include} }`);
	}
	const selectors: readonly Selector[] | undefined = readSelectors(fields, "events", EXAMPLES.events, resolver);
	const texts = (key: Worded) => {
		const written = readStrings(fields, key, EXAMPLES[key]);
		return written?.filter((item) => isPlain(item, problems) && !isAll(item, key, problems));
	};
	const entities = texts("entities")?.map(({ text }) => text);
	const selected = events.filter((event) => selectors?.some((selector) => selects(selector, event)) ?? true);
	// Without any selector, the items themselves were wrong.
	if (selected.length === 0 && selectors?.length !== 0) {
		fields.wrong("events", "filter.events has none of the hook's own events", `those are ${some(events)}`);
	}
	const reader = new ConditionReader(selected, resolver, problems);
	const conditions = (key: "include" | "exclude", other: string) =>
		(texts(key) ?? []).flatMap((item) => reader.read(item, other));
	return {
		events: selectors,
		entities,
		include: conditions("include", "exclude"),
		exclude: conditions("exclude", "include"),
	};
}

function some(events: readonly EventDefinition[]): string {
	const names = events.slice(0, 10).map(({ name }) => name);
	return events.length > names.length ? `${names.join(", ")} and ${events.length - names.length} more` : list(names);
}

/** Variables are known only on sending, and a hook is chosen before. */
function isPlain({ text, path }: Written, problems: Problems): boolean {
	if (!text.includes("${")) return true;
	const message = "filter has a variable in it, and none is read there";
	problems.add("config_value", path, message, "write what is meant itself, with * for any characters");
	return false;
}

/**
 * OpenMetadata's word for every entity and every field:
 * https://github.com/open-metadata/OpenMetadata/blob/main/openmetadata-spec/src/main/resources/json/schema/type/changeEvent.json
 */
function isAll({ text, path }: Written, key: Worded, problems: Problems): boolean {
	if (text.toLowerCase() !== "all") return false;
	const message = `filter.${key} has ${quote(text)}, which stands for nothing but itself`;
	problems.add("config_value", path, message, ALL[key]);
	return true;
}

function explainKey(key: string, value: unknown): Explanation | undefined {
	if (typeof value !== "string" || /^(?:event|entit|in|ex)/i.test(key)) return undefined;
	return [`unknown key ${quote(key)}`, `write it as include = [${quote(`${key}:…`)}]`];
}
