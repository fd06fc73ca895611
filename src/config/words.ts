// The words that messages about a config are made of.
import { closest } from "../lib/suggest.ts";
import { malformedReference } from "../model/reference.ts";

/** A message and a remedy. The remedy is worked out only where the error is told. */
export type Explanation = readonly [message: string, remedy: string | (() => string)];

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

/** A secret by its form, wherever it is: a URL, of which a path may be all of it, and a key of Standard Webhooks. */
const FORMS = /(:\/\/|\bwhsec_)([^\s"'<>,]+)/g;

/** A part of a text, by offsets in it, and what is shown instead. */
export interface Redaction {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/** What URLs have besides scheme and host, and what keys of Standard Webhooks have besides their prefix. */
export function formsIn(text: string): readonly Redaction[] {
	return [...text.matchAll(FORMS)].flatMap(({ index, 1: mark = "", 2: secret = "" }) => {
		const shown = mark === "://" ? shownAddress(secret) : REDACTED;
		const start = index + mark.length;
		return shown === secret ? [] : [{ start, end: start + secret.length, text: shown }];
	});
}

function shownAddress(address: string): string {
	const [authority = ""] = address.split(/[/?#]/, 1);
	const host = authority.slice(authority.lastIndexOf("@") + 1);
	return `${host === authority ? "" : `${REDACTED}@`}${host}${address === authority ? "" : `/${REDACTED}`}`;
}

/** A text from a config as a message may quote it. */
export function redactForms(text: string): string {
	return formsIn(text).reduceRight(
		(all, { start, end, text: shown }) => all.slice(0, start) + shown + all.slice(end),
		text,
	);
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

/** What is wrong with the variables that a string refers to, as a phrase after its key; undefined if nothing is. */
export function referenceProblem(text: string): { readonly problem: string; readonly remedy: string } | undefined {
	const index = malformedReference(text);
	if (index === undefined) return undefined;
	if (/^\$\{\{\s*(?:secrets|env|vars|github|inputs)\b/.test(text.slice(index, index + 50))) {
		return {
			problem: "has a GitHub expression in it, which is not evaluated in a file",
			remedy: `set a variable under env: of the workflow step and write \${VARIABLE} here`,
		};
	}
	return {
		problem: `has a \${ that does not begin a variable`,
		remedy: `write \${NAME} or \${NAME:-default}; a literal \${ is written $\${`,
	};
}

/** `a, b or c`. */
export function list(words: readonly string[]): string {
	const last = words.at(-1) ?? "";
	return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
