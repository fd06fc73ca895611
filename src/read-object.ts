// Reading a JSON object that a person or a program wrote, with what is wrong where it is none.
import { isJsonObject, isTooDeep, type JsonObject, MAX_DEPTH, parseJson, wellFormed } from "./json.ts";
import { findJsonFault } from "./template/json-fault.ts";

/** The object that a text is, or what is wrong with it as a phrase. */
export function readObject(text: string, notJson: string): JsonObject | string {
	const value = parseJson(text);
	if (value === undefined) return `${notJson}${jsonReason(text)}`;
	// A level takes two characters at least, and half a character only an escape or half of one in the text.
	if (text.length > 2 * MAX_DEPTH && isTooDeep(value)) return `is nested deeper than ${MAX_DEPTH} levels`;
	const object = text.includes("\\u") || !text.isWellFormed() ? wellFormed(value) : value;
	return isJsonObject(object) ? object : "is JSON, but not an object";
}

/** Where the text stops being JSON, without quoting it: it may hold a secret. */
function jsonReason(text: string): string {
	const fault = findJsonFault(text);
	if (fault === undefined) return "";
	if (fault.kind === "ended") return " (it ends too early)";
	const before = text.slice(0, fault.offset).split("\n");
	const column = `column ${(before.at(-1)?.length ?? 0) + 1}`;
	return ` (wrong at ${text.trim().includes("\n") ? `line ${before.length}, ${column}` : column})`;
}
