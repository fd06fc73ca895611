// The words that messages about a config are made of.
import { closest } from "../lib/suggest.ts";

/** What to do about an error; worked out only where it is told. */
export type Remedy = string | (() => string);

/** What is wrong, and what to do about it. */
export type Explanation = readonly [message: string, remedy: Remedy];

/** A TOML value's type, for people. */
export function typeName(value: unknown): string {
	if (typeof value === "string") return "a string";
	if (typeof value === "boolean") return "a boolean";
	if (typeof value === "bigint" || Number.isInteger(value)) return "an integer";
	if (typeof value === "number") return "a float";
	if (Array.isArray(value)) return "an array";
	return value instanceof Date ? "a date" : "a table";
}

/**
 * What the user wrote, short and on one line. For names and choices only, never for what may be a secret; one in the wrong
 * place is redacted where its form tells it.
 */
export function quote(text: string): string {
	const shown = redactForms(text.slice(0, 1000));
	const short = shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
	return JSON.stringify(short).replaceAll(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** What JSON leaves as it is although it breaks a line or turns the order of text around. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** What is shown in the place of a secret. */
export const REDACTED = "•••";

/** Secrets that their form tells, wherever they are: what follows the scheme of a URL, or the mark of a Standard Webhooks key. */
export const SECRET_FORM = /(?<=:\/\/|\bwhsec_)[^\s"'<>,]+/g;

/** A text from a config as a message may quote it. */
export function redactForms(text: string): string {
	return text.replaceAll(SECRET_FORM, REDACTED);
}

/** A key as TOML writes it: bare where it can be, else quoted. */
export function keyName(key: string): string {
	return /^[A-Za-z0-9_-]{1,60}$/.test(key) ? key : quote(key);
}

/** A remedy that begins with the known word closest to the written one, if any is close. */
export function didYouMean(written: string, candidates: Iterable<string>, otherwise: string): string {
	const word = closest(written, candidates);
	return word === undefined ? otherwise : `did you mean ${quote(word)}?`;
}

/** `a, b or c`. */
export function list(words: readonly string[]): string {
	const last = words.at(-1) ?? "";
	return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
