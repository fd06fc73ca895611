// JSON that is read with its places, so that an error says at which line and column.
import { didYouMean, quote } from "../../config/words.ts";
import { ExactNumber } from "../../lib/exact-number.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, MAX_DEPTH, wellFormed } from "../../lib/json.ts";
import { type JsonError, readJson } from "../../lib/json-reader.ts";
import { UserError } from "../../model/problem.ts";
import type { JsonPath } from "./json-place.ts";
import type { JsonSource } from "./json-source.ts";

/** Parses a whole text. Throws `UserError` where it is not JSON, without quoting it: it may hold secrets. */
export function parseSource(source: JsonSource): JsonValue {
	const { text, file } = source;
	const read = readJson(text, MAX_DEPTH);
	const fail = (offset: number, message: string, remedy: string) => {
		return new UserError({ code: "input", message: `${file} ${message}`, remedy, place: source.placeAt(offset) });
	};
	if (read.kind === "error") throw fail(read.error.offset, ...explain(read.error));
	if (read.repeatedKeyAt !== undefined) {
		throw fail(read.repeatedKeyAt, "has a key twice in one object", "keep one of the two");
	}
	return new JsonValue(wellFormed(read.value), [], source);
}

function explain({ kind }: JsonError): readonly [message: string, remedy: string] {
	if (kind === "too_deep") return [`is nested deeper than ${MAX_DEPTH} levels`, "no webhook needs so many: flatten it"];
	return [kind === "ended" ? "ends too early" : "is not JSON here", "give the JSON as the API takes or gives it"];
}

/** A value at its place. */
export class JsonValue {
	readonly raw: Json;
	readonly path: JsonPath;
	readonly #source: JsonSource;

	constructor(raw: Json, path: JsonPath, source: JsonSource) {
		this.raw = raw;
		this.path = path;
		this.#source = source;
	}

	/** Reports an error here; `problem` follows the path. */
	wrong(problem: string, remedy: string): undefined {
		this.#source.wrong(this.path, problem, remedy);
		return undefined;
	}

	/** The items of a list; nothing where it is none, which is reported. */
	items(): readonly JsonValue[] {
		const { raw, path } = this;
		if (isJsonArray(raw)) return raw.map((item, index) => new JsonValue(item, [...path, index], this.#source));
		this.wrong("must be an array", "put it in brackets: [ … ]");
		return [];
	}

	/** Undefined where it is not an object, which is reported. */
	object(): JsonTable | undefined {
		const { raw, path } = this;
		if (!isJsonObject(raw)) return this.wrong("must be an object", "write it in braces: { … }");
		return new JsonTable(raw, (key) => new JsonValue(raw[key] ?? null, [...path, key], this.#source), this);
	}

	text(): string | undefined {
		if (typeof this.raw === "string") return this.raw;
		return this.wrong("must be a string", "put it in quotes");
	}

	/** A text, or a number or a truth value as one. */
	word(): string | undefined {
		const { raw } = this;
		const isWord = typeof raw === "number" || typeof raw === "boolean" || raw instanceof ExactNumber;
		return isWord ? String(raw) : this.text();
	}
}

/** An object. A key whose value is null counts as absent. */
export class JsonTable {
	readonly raw: JsonObject;
	readonly whole: JsonValue;
	readonly #at: (key: string) => JsonValue;

	constructor(raw: JsonObject, at: (key: string) => JsonValue, whole: JsonValue) {
		this.raw = raw;
		this.#at = at;
		this.whole = whole;
	}

	/** The keys that have a value. */
	keys(): readonly string[] {
		return Object.keys(this.raw).filter((key) => this.raw[key] !== null);
	}

	has(...keys: readonly string[]): boolean {
		return keys.some((key) => Object.hasOwn(this.raw, key) && this.raw[key] !== null);
	}

	get(key: string): JsonValue | undefined {
		return this.has(key) ? this.#at(key) : undefined;
	}

	/** A value that must be there. */
	needed(key: string, remedy: string): JsonValue | undefined {
		return this.get(key) ?? this.whole.wrong(`has no ${key}`, remedy);
	}

	/** A text without white space around it; undefined where it is absent or empty. */
	text(key: string): string | undefined {
		const text = this.get(key)?.text()?.trim();
		return text === "" ? undefined : text;
	}

	flag(key: string): boolean | undefined {
		const value = this.get(key);
		if (typeof value?.raw === "boolean") return value.raw;
		return value?.wrong("must be true or false", "write it without quotes");
	}

	/** A whole number of at least 1. */
	count(key: string): number | undefined {
		const value = this.get(key);
		if (value === undefined) return undefined;
		const { raw } = value;
		if (typeof raw === "number" && Number.isSafeInteger(raw) && raw >= 1) return raw;
		const exact = raw instanceof ExactNumber ? " that is not too large" : "";
		return value.wrong(`must be a whole number from 1${exact}`, "write it without quotes and without a fraction");
	}

	choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
		const value = this.get(key);
		const text = value?.text();
		if (value === undefined || text === undefined) return undefined;
		const known = `it is one of ${choices.join(", ")}`;
		return choices.find((word) => word === text) ?? value.wrong(`is ${quote(text)}`, reply(text, choices, known));
	}

	/** A list of texts, each once and none of them empty; empty where it is absent. */
	texts(key: string): readonly string[] {
		const texts = this.get(key)
			?.items()
			.map((item) => item.text()?.trim() ?? "");
		return [...new Set(texts)].filter((text) => text !== "");
	}

	/** Whether a key has a list without anything in it. */
	isEmpty(key: string): boolean {
		const raw = this.has(key) ? this.raw[key] : undefined;
		return isJsonArray(raw) && raw.every((item) => typeof item === "string" && item.trim() === "");
	}

	items(key: string): readonly JsonValue[] {
		return this.get(key)?.items() ?? [];
	}
}

function reply(text: string, choices: readonly string[], otherwise: string): string {
	const help = didYouMean(text, choices, otherwise);
	return help === otherwise ? help : `${help} ${otherwise}`;
}
