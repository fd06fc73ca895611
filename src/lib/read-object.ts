// Reading a JSON object that a person or a program wrote, with what is wrong where it is none.

import { writesExactNumbers } from "./exact-number.ts";
import { isJsonObject, isTooDeep, type JsonObject, MAX_DEPTH, wellFormed } from "./json.ts";
import { type JsonFault, readJson } from "./json-reader.ts";

/** The object that a text is, or what is wrong with it as a phrase. */
export function readObject(text: string, notJson: string): JsonObject | string {
	const read = readJson(text);
	if (read.kind === "fault") return `${notJson}${placeOfFault(text, read.fault)}`;
	const { value, repeatedKeyAt, exactNumberAt } = read;
	// A level takes two characters at least, and half a character only an escape or half of one in the text.
	if (text.length > 2 * MAX_DEPTH && isTooDeep(value)) return `is nested deeper than ${MAX_DEPTH} levels`;
	if (repeatedKeyAt !== undefined) return `has a key twice in one object${placeIn(text, repeatedKeyAt, "again at")}`;
	if (exactNumberAt !== undefined && !writesExactNumbers()) {
		return `has a number that loses digits${placeIn(text, exactNumberAt, "at")}: put it in quotes, or use Node 22 or later`;
	}
	const object = text.includes("\\u") || !text.isWellFormed() ? wellFormed(value) : value;
	return isJsonObject(object) ? object : "is JSON, but not an object";
}

/** Where the text stops being JSON, without quoting it: it may hold a secret. */
function placeOfFault(text: string, { kind, offset }: JsonFault): string {
	return kind === "ended" ? " (it ends too early)" : placeIn(text, offset, "wrong at");
}

/** ` (wrong at line 2, column 5)`; without the line where there is but one. */
function placeIn(text: string, offset: number, what: string): string {
	const before = text.slice(0, offset).split("\n");
	const column = `column ${(before.at(-1)?.length ?? 0) + 1}`;
	return ` (${what} ${text.trim().includes("\n") ? `line ${before.length}, ${column}` : column})`;
}
