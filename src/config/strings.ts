// A key that holds texts: one as a string, several as an array of strings.
import type { Fields } from "./fields.ts";
import type { Path } from "./locate.ts";
import { quote, typeName } from "./words.ts";

/** A text and where it stands. */
export interface Written {
	/** Without white space around it, and not empty. */
	readonly text: string;
	readonly path: Path;
}

/** More than any hook needs. */
const MAX_ITEMS = 1000;
const MAX_LENGTH = 1000;

/**
 * The texts of a key, in their order and each once; undefined where the key is absent. Mistakes are noted, and the items
 * that are right given nevertheless.
 */
export function readStrings(fields: Fields, key: string, example: string): readonly Written[] | undefined {
	if (!fields.has(key)) return undefined;
	const value = fields.table[key];
	const label = fields.label(key);
	const remedy = `write ${key} = ${example}`;
	if (!Array.isArray(value) && typeof value !== "string") {
		return fields.wrong(key, `${label} must be an array of strings, not ${typeName(value)}`, remedy, "config_shape");
	}
	const items: readonly unknown[] = Array.isArray(value) ? value : [value];
	if (items.length === 0) return fields.wrong(key, `${label} is empty`, `${remedy}, or leave the key out`);
	if (items.length > MAX_ITEMS) return fields.wrong(key, `${label} has more than ${MAX_ITEMS} items`, "shorten it");
	const found = new Map<string, Written>();
	for (const [index, item] of items.entries()) {
		const path = Array.isArray(value) ? [...fields.at(key), index] : fields.at(key);
		const wrong = (message: string, what: string) => fields.problems.add("config_value", path, message, what);
		if (typeof item !== "string") {
			wrong(`${label} must hold strings, not ${typeName(item)}`, remedy);
			continue;
		}
		const text = item.trim();
		if (text === "") wrong(`${label} has an empty string in it`, "give it a value, or take it out");
		else if (text.length > MAX_LENGTH)
			wrong(`${label} has more than ${MAX_LENGTH} characters in a string`, "shorten it");
		else if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text))
			wrong(`${label} has a line break or control character in a string`, "write it on one line");
		else if (found.has(text)) wrong(`${label} has ${quote(text)} twice`, "take one of the two out");
		else found.set(text, { text, path });
	}
	return [...found.values()];
}
