// Hooks told the other way round: `[[subscription]]`, one target and the events that it is for.
import { type Selector, showSelector } from "../model/selector.ts";
import { Fields, isTable } from "./fields.ts";
import { isHookKey } from "./own.ts";
import { explainUnknown, type Resolver } from "./resolve.ts";
import type { Selection } from "./selection.ts";
import { readStrings } from "./strings.ts";
import { keyName, quote, typeName } from "./words.ts";

const EXAMPLE = '["pipeline_error", "job.*", "phase:quality"]';

/** The hooks under `subscription`, in their order; mistakes in their events are noted. */
export function readSubscriptions(root: Fields, resolver: Resolver): readonly Selection[] {
	if (!root.has("subscription")) return [];
	const { problems } = root;
	const value = root.table["subscription"];
	const path = root.at("subscription");
	if (isNamed(value)) {
		for (const name of Object.keys(value)) {
			const message = `subscription.${keyName(name)} is a table in a table, but subscriptions are a list`;
			problems.add("config_shape", [...path, name], message, `write [[subscription]] with name = ${quote(name)}`);
		}
		return [];
	}
	const tables: readonly unknown[] = Array.isArray(value) ? value : [value];
	return tables.flatMap((table, index): Selection[] => {
		const at = Array.isArray(value) ? [...path, index] : path;
		if (!isTable(table)) {
			const message = `a subscription must be a table, not ${typeName(table)}`;
			problems.add("config_shape", at, message, "write it as [[subscription]]");
			return [];
		}
		const fields = new Fields(table, at, problems);
		const selectors = readSelectors(fields, "events", EXAMPLE, resolver) ?? [];
		const kind = fields.has("command") ? "shell" : "webhook";
		return [{ kind, event: undefined, selectors, fields, spot: problems.spot(at) }];
	});
}

/** Notes that a hook has no events, and is not reached by another's chain either. */
export function requireEvents({ event, fields }: Selection, reached: boolean): void {
	if (event !== undefined || fields.has("events") || reached) return;
	const remedy = `add events = ${EXAMPLE}, or name it as another hook's fallback or in its then`;
	fields.missing("events", remedy);
}

/** The selectors of a key; undefined where it is absent or wrong as a whole. What selects no event is noted. */
export function readSelectors(
	fields: Fields,
	key: string,
	example: string,
	resolver: Resolver,
): readonly Selector[] | undefined {
	const found = new Map<string, { readonly selector: Selector; readonly text: string }>();
	const written = readStrings(fields, key, example);
	for (const { text, path } of written ?? []) {
		const selector = resolver.resolve(text);
		if (selector === undefined) {
			fields.problems.add("config_value", path, ...explainUnknown(resolver.unknown(text, path)));
			continue;
		}
		const shown = showSelector(selector);
		const before = found.get(shown);
		if (before === undefined) {
			found.set(shown, { selector, text });
			continue;
		}
		const other = text === shown ? `before as ${quote(before.text)}` : `here as ${quote(text)}`;
		const message = `${fields.label(key)} has ${quote(shown)} twice, ${other}`;
		fields.problems.add("config_value", path, message, "take one of the two out");
	}
	return written === undefined ? undefined : [...found.values()].map(({ selector }) => selector);
}

/** `[subscription.a]`: tables where keys belong. */
function isNamed(value: unknown): value is Readonly<Record<string, unknown>> {
	if (!isTable(value)) return false;
	const items = Object.entries(value).filter(([key]) => !isHookKey(key));
	return items.length > 0 && items.every(([, item]) => isTable(item) || (Array.isArray(item) && item.every(isTable)));
}
