// JSON as people read it.
import { writesExactNumbers } from "./exact-number.ts";
import { readJson } from "./json-reader.ts";

/** The same JSON, indented; a text that is not JSON as it is, and one with numbers that this Node cannot write. */
export function indented(text: string): string {
	const read = readJson(text);
	if (read.kind === "error" || (read.exactNumberAt !== undefined && !writesExactNumbers())) return text;
	return JSON.stringify(read.value, undefined, 2);
}
