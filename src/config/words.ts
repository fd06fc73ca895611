// How messages quote and name parts of a config.
import { closest } from "../lib/suggest.ts";

/** What to do about an error; a function is called only if the error is shown. */
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
 * What the user wrote, short and on one line. For names and choices only, never for what may be a secret; a secret in the
 * wrong place is redacted if its form gives it away.
 */
export function quote(text: string): string {
	const shown = redactForms(text.slice(0, 1000));
	const short = shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
	return JSON.stringify(short).replaceAll(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** What JSON does not escape although it breaks a line or reverses the direction of text. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Shown in place of a secret. */
export const REDACTED = "•••";

/** Tokens of well-known services. */
const TOKEN =
	/\b(?:xox[abeoprs]-[\w-]{10,}|gh[oprsu]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|AKIA[\dA-Z]{16}|(?:sk|rk)_live_\w{16,}|eyJ[\w-]{10,}\.eyJ[\w.-]{10,})/;

/** URLs that are a credential as a whole. */
const WEBHOOK =
	/https:\/\/(?:hooks\.slack(?:-gov)?\.com\/(?:services|triggers|workflows)|(?:\w+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks|(?:[\w-]+\.)?webhook\.office\.com|outlook\.office(?:365)?\.com\/webhook|api\.telegram\.org\/bot\d)\/?\w/;

/** What is a credential wherever it is written. */
export const CREDENTIAL = new RegExp(`${TOKEN.source}|\\bwhsec_[\\w+/=]{20,}|${WEBHOOK.source}`);

/** What may be a secret by its form: the rest of a URL after its scheme, of a Standard Webhooks key after its prefix, a token. */
export const SECRET_FORM = new RegExp(`(?<=://|\\bwhsec_)[^\\s"'<>,]+|${TOKEN.source}`, "g");

/** The text without secrets that {@link SECRET_FORM} matches. */
export function redactForms(text: string): string {
	return text.replaceAll(SECRET_FORM, REDACTED);
}

/** A key as TOML writes it: bare where it can be, else quoted. */
export function keyName(key: string): string {
	return /^[A-Za-z0-9_-]{1,60}$/.test(key) ? key : quote(key);
}

/** A remedy with the known word closest to the written one, or `otherwise` if none is close. */
export function didYouMean(written: string, candidates: Iterable<string>, otherwise: string): string {
	const word = closest(written, candidates);
	return word === undefined ? otherwise : `did you mean ${quote(word)}?`;
}

/** `a, b or c`. */
export function list(words: readonly string[]): string {
	const last = words.at(-1) ?? "";
	return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
