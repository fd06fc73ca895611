// Where in a JSON text a value is.
import { parseJson } from "../../lib/json.ts";

/** The keys and indexes that lead to a value. */
export type JsonPath = readonly (string | number)[];

const STRING = /"(?:[^"\\]+|\\.)*"/y;
const SCALAR = /[^\s,:{}[\]"]+/y;

/** The offset of the value that a path leads to, in a text that is JSON. */
export function offsetOf(text: string, path: JsonPath): number {
	let at = 0;
	const skipBlanks = () => {
		while (/[\s,:]/.test(text[at] ?? "")) at++;
	};
	const take = (pattern: RegExp) => {
		pattern.lastIndex = at;
		const [found = ""] = pattern.exec(text) ?? [];
		at += Math.max(1, found.length);
		return found;
	};
	/** Goes past a value, without recursion: it may be nested deeply. */
	const skipValue = () => {
		for (let depth = 0; at < text.length; ) {
			skipBlanks();
			const character = text[at] ?? "";
			if (character === '"') take(STRING);
			else if (character === "{" || character === "[") [depth, at] = [depth + 1, at + 1];
			else if (character === "}" || character === "]") [depth, at] = [depth - 1, at + 1];
			else take(SCALAR);
			if (depth === 0) return;
		}
	};
	skipBlanks();
	for (const step of path) {
		at++;
		for (let index = 0; at < text.length; index++) {
			skipBlanks();
			const isHere = typeof step === "number" ? step === index : parseJson(take(STRING)) === step;
			skipBlanks();
			if (isHere) break;
			skipValue();
		}
	}
	return at;
}
