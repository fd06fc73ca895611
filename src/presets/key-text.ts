// How a key is written: no value can look like another, like a part, or like the hash of a longer key.
import { createHash } from "node:crypto";
import { isJsonObject, type Json } from "../lib/json.ts";

/** The parts of a key by their names, in the order in which they are written; those without a value are left out. */
export type Parts = Readonly<Record<string, Json | undefined>>;

/** A key of at most `limit` code units (48 or more); a longer one ends in `#` and a hash of all of it. */
export function boundedKey(key: string, limit: number): string {
	if (key.length <= limit) return key;
	const hash = shortHash(key);
	return `${key.slice(0, limit - hash.length - 1).toWellFormed()}#${hash}`;
}

/** 128 bits. */
export function shortHash(text: string): string {
	return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/**
 * The marks that keys are made of, what cannot be seen, and white space that a service may drop; of a long run some at a
 * time, since the call stack does not hold all of a megabyte.
 */
const ENCODED = /(?:[%#;=\p{C}]|[^\P{Z} ]|^ | $| (?= )){1,100}/gu;

/** `repository=acme/warehouse; branch=main`: no value can look like a part, or like the hash of {@link boundedKey}. */
export function writeKey(parts: Parts): string {
	return Object.entries(parts)
		.filter(([, value]) => !isAbsent(value))
		.map(([name, value]) => `${name}=${partText(value).replaceAll(ENCODED, encode)}`)
		.join("; ");
}

/** A lone surrogate has no bytes in UTF-8, and two of them must not become one character. */
function encode(run: string): string {
	if (run.isWellFormed()) return encodeURIComponent(run);
	const points = Array.from(run, (point) =>
		point.isWellFormed() ? encodeURIComponent(point) : `%u${point.charCodeAt(0).toString(16)}`,
	);
	return points.join("");
}

/** Whether there is nothing to write. */
export function isAbsent(value: Json | undefined): value is undefined | null | "" {
	return value === undefined || value === null || value === "";
}

/** A part as text: objects with their keys in one order; empty for one without a value. */
export function partText(value: Json | undefined): string {
	if (isAbsent(value)) return "";
	return typeof value === "string" ? value : JSON.stringify(sorted(value));
}

/** With the keys of objects in one order. */
function sorted(value: Json): Json {
	if (isJsonObject(value)) {
		const pairs = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
		return Object.fromEntries(pairs.toSorted(([one], [other]) => (one < other ? -1 : 1)));
	}
	return Array.isArray(value) ? value.map(sorted) : value;
}
