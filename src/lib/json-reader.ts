// Reads JSON (RFC 8259) with what `JSON.parse` loses: the digits of numbers, keys given twice, the place of an error.

import { type ExactNumber, readNumber } from "./exact-number.ts";
import type { Json } from "./json.ts";

/** What is wrong at an offset. `missing_value` and `bare` stand where a value was wanted, `separator` where none was. */
export interface JsonFault {
	readonly kind:
		| "missing_value"
		| "trailing_comma"
		| "bare"
		| "key"
		| "separator"
		| "extra"
		| "ended"
		| "control"
		| "backslash";
	/** In UTF-16 code units, after any white space; the length of the text for `ended`. */
	readonly offset: number;
}

/** What a text says, or where it stops being JSON. */
export type JsonRead =
	| {
			readonly kind: "value";
			readonly value: Json;
			/** The offset of the first key that its object has had before; the object holds what was given last. */
			readonly repeatedKeyAt: number | undefined;
			/** The offset of the first number that JavaScript cannot write as it is written. */
			readonly exactNumberAt: number | undefined;
	  }
	| { readonly kind: "fault"; readonly fault: JsonFault };

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a JSON string may not hold.
const PLAIN = /[^"\\\x00-\x1f]*/y;
const ESCAPED = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![^\s,:{}[\]"])/y;

/** Reads a text. Takes time in proportion to it, however deep it nests. */
export function readJson(text: string): JsonRead {
	return new Reader(text).read();
}

/** An object or a list that is not closed yet, and where its value goes. */
type Open =
	| { readonly close: "}"; readonly items: Record<string, Json>; key: string }
	| { readonly close: "]"; readonly items: Json[] };

type Wanted = "value" | "first item" | "key" | "first key" | "colon" | "more";

class Reader {
	readonly #text: string;
	readonly #open: Open[] = [];
	#wanted: Wanted = "value";
	#at = 0;
	#value: Json = null;
	#repeatedKeyAt: number | undefined;
	#exactNumberAt: number | undefined;

	constructor(text: string) {
		this.#text = text;
	}

	read(): JsonRead {
		let before = "";
		for (;;) {
			this.#at = skipSpace(this.#text, this.#at);
			const character = this.#text[this.#at];
			if (this.#wanted === "more" && this.#open.length === 0) {
				if (character !== undefined) return this.#fault("extra");
				return {
					kind: "value",
					value: this.#value,
					repeatedKeyAt: this.#repeatedKeyAt,
					exactNumberAt: this.#exactNumberAt,
				};
			}
			if (character === undefined) return this.#fault("ended");
			const fault = this.#take(character, before);
			if (fault !== undefined) return { kind: "fault", fault };
			before = character;
		}
	}

	/** Reads one token. */
	#take(character: string, before: string): JsonFault | undefined {
		const open = this.#open.at(-1);
		const wanted = this.#wanted;
		const wantsKey = wanted === "key" || wanted === "first key";
		if (character === open?.close) {
			if (wanted === "more" || wanted === "first item" || wanted === "first key") {
				this.#open.pop();
				this.#at++;
				this.#put(open.items);
				return undefined;
			}
			if (before === ",") return { kind: "trailing_comma", offset: this.#at };
		}
		if (wanted === "more" || wanted === "colon") {
			if (character !== (wanted === "more" ? "," : ":")) return { kind: "separator", offset: this.#at };
			this.#wanted = wanted === "more" && open?.close === "}" ? "key" : "value";
			this.#at++;
			return undefined;
		}
		if (character === '"') return this.#string(open, wantsKey);
		if (wantsKey) return { kind: "key", offset: this.#at };
		if (character === "{" || character === "[") {
			this.#open.push(character === "{" ? { close: "}", items: {}, key: "" } : { close: "]", items: [] });
			this.#wanted = character === "{" ? "first key" : "first item";
			this.#at++;
			return undefined;
		}
		return this.#literal(character);
	}

	#string(open: Open | undefined, isKey: boolean): JsonFault | undefined {
		const start = this.#at;
		const end = endOfString(this.#text, start);
		if (typeof end !== "number") return end;
		const inner = this.#text.slice(start + 1, end - 1);
		const value = inner.includes("\\") ? String(JSON.parse(this.#text.slice(start, end))) : inner;
		this.#at = end;
		if (!isKey || open?.close !== "}") {
			this.#put(value);
			return undefined;
		}
		if (Object.hasOwn(open.items, value)) this.#repeatedKeyAt ??= start;
		open.key = value;
		this.#wanted = "colon";
		return undefined;
	}

	#literal(character: string): JsonFault | undefined {
		const start = this.#at;
		const end = skip(LITERAL, this.#text, start);
		if (end === start) return { kind: ",]}".includes(character) ? "missing_value" : "bare", offset: start };
		this.#at = end;
		const value = literal(this.#text.slice(start, end));
		if (typeof value === "object" && value !== null) this.#exactNumberAt ??= start;
		this.#put(value);
		return undefined;
	}

	/** A finished value, into what is open around it. */
	#put(value: Json): void {
		const open = this.#open.at(-1);
		if (open === undefined) this.#value = value;
		else if (open.close === "}") setOwn(open.items, open.key, value);
		else open.items.push(value);
		this.#wanted = "more";
	}

	#fault(kind: JsonFault["kind"]): JsonRead {
		return { kind: "fault", fault: { kind, offset: this.#at } };
	}
}

function literal(text: string): number | ExactNumber | boolean | null {
	switch (text) {
		case "true":
			return true;
		case "false":
			return false;
		case "null":
			return null;
		default:
			return readNumber(text);
	}
}

/** A key `__proto__` is an own property like any other. */
function setOwn(object: Record<string, Json>, key: string, value: Json): void {
	if (key !== "__proto__") object[key] = value;
	else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The offset after a match at `offset`; the same offset when there is none. */
function skip(pattern: RegExp, text: string, offset: number): number {
	pattern.lastIndex = offset;
	return pattern.test(text) ? pattern.lastIndex : offset;
}

/** The offset after any white space. */
function skipSpace(text: string, offset: number): number {
	let at = offset;
	while (text[at] === " " || text[at] === "\n" || text[at] === "\t" || text[at] === "\r") at++;
	return at;
}

/** The offset after the closing quote, or the fault inside the string. */
function endOfString(text: string, start: number): number | JsonFault {
	let at = start + 1;
	for (;;) {
		at = skip(PLAIN, text, at);
		if (text[at] === '"') return at + 1;
		if (at >= text.length) return { kind: "ended", offset: at };
		if (text[at] !== "\\") return { kind: "control", offset: at };
		const end = skip(ESCAPED, text, at);
		if (end === at) return { kind: "backslash", offset: at };
		at = end;
	}
}
