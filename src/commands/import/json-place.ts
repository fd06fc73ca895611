// Where in a JSON text a value is.
import { firstIndex } from "../../config/positions.ts";
import { parseJson } from "../../lib/json.ts";

/** The keys and indexes that lead to a value. */
export type JsonPath = readonly (string | number)[];

const STRING = /"(?:[^"\\]+|\\.)*"/y;
const SCALAR = /[^\s,:{}[\]"]+/y;
const BLANKS = /[\s,:]*/y;

/** The places in a text that is JSON. Each object and list is read once, however many of its values are looked up. */
export class JsonPlaces {
	readonly #text: string;
	/** The offsets of what is in an object or a list, by its own offset. */
	readonly #inside = new Map<number, ReadonlyMap<string | number, number>>();
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	/** The offset of the value that a path leads to. */
	offsetOf(path: JsonPath): number {
		this.#at = 0;
		this.#take(BLANKS);
		let found = this.#at;
		for (const step of path) {
			const inside = this.#inside.get(found) ?? this.#read(found);
			this.#inside.set(found, inside);
			found = inside.get(step) ?? found;
		}
		return found;
	}

	#read(start: number): ReadonlyMap<string | number, number> {
		const inside = new Map<string | number, number>();
		const isList = this.#text[start] === "[";
		this.#at = start + 1;
		for (let index = 0; this.#at < this.#text.length; index++) {
			this.#take(BLANKS);
			if (/[\]}]/.test(this.#text[this.#at] ?? "]")) break;
			const key = isList ? index : parseJson(this.#take(STRING));
			this.#take(BLANKS);
			if (typeof key === "string" || typeof key === "number") inside.set(key, this.#at);
			this.#skipValue();
		}
		return inside;
	}

	/** Goes past a value, without recursion: it may be nested deeply. */
	#skipValue(): void {
		for (let depth = 0; this.#at < this.#text.length; ) {
			this.#take(BLANKS);
			const character = this.#text[this.#at] ?? "";
			if (character === '"') this.#take(STRING);
			else if (/[{}[\]]/.test(character)) this.#at++;
			else this.#take(SCALAR);
			if (character === "{" || character === "[") depth++;
			else if (character === "}" || character === "]") depth--;
			if (depth === 0) return;
		}
	}

	#take(pattern: RegExp): string {
		pattern.lastIndex = this.#at;
		const [found = ""] = pattern.exec(this.#text) ?? [];
		this.#at += found.length;
		return found;
	}
}

/** The line and the column of an offset, of a text in which many are looked up. */
export function lineFinder(text: string): (offset: number) => { readonly line: number; readonly column: number } {
	const starts = [0];
	for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
	return (offset) => {
		const line = firstIndex(starts, (start) => start > offset);
		return { line, column: offset - (starts[line - 1] ?? 0) + 1 };
	};
}
