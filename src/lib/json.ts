// JSON values and the few questions that several layers ask of them.
import { ExactNumber } from "./exact-number.ts";

/** A value that `JSON.stringify` writes without loss. */
export type Json = string | number | ExactNumber | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. Only its own keys count: readers use `Object.hasOwn` or `Object.entries`. */
export interface JsonObject {
	readonly [key: string]: Json;
}

/** The value of a JSON text; undefined if it is not JSON. */
export function parseJson(text: string): Json | undefined {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Whether a parsed value is an object, and neither an array nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Whether a parsed JSON value is an object, and neither an array nor null. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
	return isObject(value);
}

/** Whether a parsed JSON value is an array. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
	return Array.isArray(value);
}

/** T as it is written before {@link compact}: its optional keys may be undefined, the others may not. */
export type Loose<T> = { readonly [K in keyof T]: Partial<Pick<T, K>> extends Pick<T, K> ? T[K] | undefined : T[K] };

/** The same object without the keys that are undefined, in the same order. */
export function compact<T extends object>(value: Loose<T>): T {
	const kept: Record<string, unknown> = {};
	// Over keys, and not over pairs, which would be made for every event.
	for (const key in value) if (Object.hasOwn(value, key) && value[key] !== undefined) kept[key] = value[key];
	// Only optional keys can be undefined in a Loose<T>, so leaving those out gives a T.
	return kept as T;
}

/**
 * The value with lone surrogates replaced in every string and key: JSON can carry them, receivers refuse them. Itself
 * where there are none, which is nearly always.
 */
export function wellFormed(value: Json): Json {
	return isWellFormed(value) ? value : repaired(value);
}

function isWellFormed(value: Json): boolean {
	if (typeof value === "string") return value.isWellFormed();
	if (isJsonArray(value)) return value.every(isWellFormed);
	if (!isJsonObject(value)) return true;
	return Object.keys(value).every((key) => key.isWellFormed() && isWellFormed(value[key] ?? null));
}

function repaired(value: Json): Json {
	if (typeof value === "string") return value.toWellFormed();
	if (isJsonObject(value)) {
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), repaired(item)]));
	}
	return isJsonArray(value) ? value.map(repaired) : value;
}

/** Levels of objects and lists in each other that are read: what walks through values would run out of stack. */
export const MAX_DEPTH = 500;

/** Whether objects and lists are nested deeper than {@link MAX_DEPTH} levels. */
export function isTooDeep(value: Json): boolean {
	let level = [value].filter(isNested);
	for (let depth = 1; level.length > 0; depth++) {
		if (depth > MAX_DEPTH) return true;
		level = level.flatMap((item) => Object.values(item)).filter(isNested);
	}
	return false;
}

function isNested(value: Json): value is JsonObject | readonly Json[] {
	return isJsonArray(value) || isJsonObject(value);
}
