// Reads JSON (RFC 8259) with what `JSON.parse` loses: the digits of numbers, keys given twice, the place of an error.

import { ExactNumber, readNumber, writesExactNumbers } from "./exact-number.ts";
import { isJsonObject, type Json, type JsonObject, MAX_DEPTH, wellFormed } from "./json.ts";

/** What is wrong at an offset. For `missing_value` and `bare` a value was expected, for `separator` none was. */
export interface JsonError {
	readonly kind:
		| "missing_value"
		| "trailing_comma"
		| "bare"
		| "key"
		| "separator"
		| "extra"
		| "ended"
		| "control"
		| "backslash"
		| "too_deep";
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
	| { readonly kind: "error"; readonly error: JsonError };

/** Reads a text with at most so many levels of objects and lists in each other, in time that is linear in the text. */
export function readJson(text: string, maxDepth: number = 2 * MAX_DEPTH): JsonRead {
	try {
		return new Reader(text, maxDepth).read();
	} catch (thrown) {
		if (thrown instanceof NotJson) return { kind: "error", error: thrown.error };
		throw thrown;
	}
}

/**
 * The object that a text is, of at most so many levels, or what is wrong with it as a phrase; `notJson` begins that for one
 * that is not JSON.
 */
export function readObject(text: string, notJson: string, maxDepth = MAX_DEPTH): JsonObject | string {
	const read = readJson(text, maxDepth);
	if (read.kind === "error") {
		const { kind, offset } = read.error;
		if (kind === "too_deep") return `is nested deeper than ${maxDepth} levels`;
		// Without quoting it: it may hold a secret.
		return `${notJson}${kind === "ended" ? " (it ends too early)" : placeIn(text, offset, "wrong at")}`;
	}
	const { value, repeatedKeyAt, exactNumberAt } = read;
	if (repeatedKeyAt !== undefined) return `has a key twice in one object${placeIn(text, repeatedKeyAt, "again at")}`;
	if (exactNumberAt !== undefined && !writesExactNumbers()) {
		return `has a number that loses digits${placeIn(text, exactNumberAt, "at")}: put it in quotes, or use Node 22 or later`;
	}
	const object = text.includes("\\u") || !text.isWellFormed() ? wellFormed(value) : value;
	return isJsonObject(object) ? object : "is JSON, but not an object";
}

/** ` (wrong at line 2, column 5)`; without the line if the text has only one. */
function placeIn(text: string, offset: number, what: string): string {
	const before = text.slice(0, offset).split("\n");
	const column = `column ${(before.at(-1)?.length ?? 0) + 1}`;
	return ` (${what} ${text.trim().includes("\n") ? `line ${before.length}, ${column}` : column})`;
}

/** Thrown and caught in this file only. */
class NotJson extends Error {
	readonly error: JsonError;

	constructor(error: JsonError) {
		super(error.kind);
		this.error = error;
	}
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a JSON string may not hold.
const STRING_PART = /[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![^\s,:{}[\]"])/y;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
	["true", true],
	["false", false],
	["null", null],
]);

class Reader {
	readonly #text: string;
	readonly #maxDepth: number;
	#at = 0;
	#repeatedKeyAt: number | undefined;
	#exactNumberAt: number | undefined;

	constructor(text: string, maxDepth: number) {
		this.#text = text;
		this.#maxDepth = maxDepth;
	}

	read(): JsonRead {
		const value = this.#value(1);
		if (this.#next() !== undefined) this.#fail("extra");
		return { kind: "value", value, repeatedKeyAt: this.#repeatedKeyAt, exactNumberAt: this.#exactNumberAt };
	}

	/** A value; an object or a list is on this level. */
	#value(level: number): Json {
		const character = this.#next();
		if (character === '"') return this.#string();
		if (character !== "{" && character !== "[") return this.#literal(character);
		if (level > this.#maxDepth) this.#fail("too_deep");
		if (character === "[") {
			const list: Json[] = [];
			this.#items("]", () => list.push(this.#value(level + 1)));
			return list;
		}
		const object: Record<string, Json> = {};
		this.#items("}", () => {
			const start = this.#at;
			if (this.#text[start] !== '"') this.#fail("key");
			const key = this.#string();
			if (Object.hasOwn(object, key)) this.#repeatedKeyAt ??= start;
			if (!this.#skip(":")) this.#fail("separator");
			setOwn(object, key, this.#value(level + 1));
		});
		return object;
	}

	/** All from a bracket to the one that closes it; each item is read from its first character on. */
	#items(close: string, readItem: () => void): void {
		this.#at++;
		if (this.#skip(close)) return;
		for (;;) {
			readItem();
			if (this.#skip(close)) return;
			if (!this.#skip(",")) this.#fail("separator");
			if (this.#next() === close) this.#fail("trailing_comma");
		}
	}

	#string(): string {
		const start = this.#at;
		this.#at++;
		while (this.#match(STRING_PART) !== "");
		const end = this.#text[this.#at];
		if (end !== '"') this.#fail(end === "\\" ? "backslash" : "control");
		this.#at++;
		const written = this.#text.slice(start, this.#at);
		return written.includes("\\") ? String(JSON.parse(written)) : written.slice(1, -1);
	}

	#literal(character = ""): Json {
		const start = this.#at;
		const written = this.#match(LITERAL);
		if (written === "") this.#fail(",]}".includes(character) ? "missing_value" : "bare");
		const word = WORDS.get(written);
		if (word !== undefined) return word;
		const number = readNumber(written);
		if (number instanceof ExactNumber) this.#exactNumberAt ??= start;
		return number;
	}

	/** What matches here, which is then read; empty where nothing does. */
	#match(pattern: RegExp): string {
		pattern.lastIndex = this.#at;
		const [found = ""] = pattern.exec(this.#text) ?? [];
		this.#at += found.length;
		return found;
	}

	/** The next character that is not white space; it is not read yet. */
	#next(): string | undefined {
		while (" \n\t\r".includes(this.#text[this.#at] ?? "?")) this.#at++;
		return this.#text[this.#at];
	}

	/** Reads the next character if it is this one, and white space after it. */
	#skip(character: string): boolean {
		if (this.#next() !== character) return false;
		this.#at++;
		this.#next();
		return true;
	}

	/** At the end of the text, whatever was expected: it has ended. */
	#fail(kind: JsonError["kind"]): never {
		throw new NotJson({ kind: this.#at < this.#text.length ? kind : "ended", offset: this.#at });
	}
}

/** A key `__proto__` is an own property like any other. */
function setOwn(object: Record<string, Json>, key: string, value: Json): void {
	if (key !== "__proto__") object[key] = value;
	else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
