// What of a config's text is a secret by its looks, and what is shown in its place.
import { closest } from "../lib/suggest.ts";
import type { Path } from "./locate.ts";

/** One line of a source, without its line end. */
export interface Line {
	/** From 1. */
	readonly number: number;
	/** Offset of its first character in the source. */
	readonly start: number;
	readonly text: string;
}

/** A part of a line, by offsets in its text, and what is shown instead. */
export interface Blank {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/** Tells the blanks of a line, in order and apart from each other. */
export type Blanker = (line: Line) => readonly Blank[];

const DOTS = "•••";
const WORDS = "url|secret|headers|key|token|passw|auth|credential|cookie|dsn";
const SECRET_WORD = new RegExp(WORDS, "i");
/** In free text: a word that names a secret, up to where its value would begin. An escape could spell any word. */
const ASSIGNED = new RegExp(`(?:${WORDS}|\\\\[uUx])[\\w.-]*["']?\\s*[=:]?\\s*`, "i");
/** The names that people mistype; a frame shows mistyped keys above all. */
const MISTYPED = ["url", "secret", "headers", "token", "password"];

/** Whether the value at the path may be a secret: a key on the path names one, if only by a slip of the keyboard. */
export function isSecretKey(path: Path, isSecret: (name: string) => boolean = isSecretName): boolean {
	return path.some((step) => typeof step === "string" && isSecret(step));
}

/** Whether a single key names a secret. */
export function isSecretName(name: string): boolean {
	return SECRET_WORD.test(name) || closest(name, MISTYPED) !== undefined;
}

/** Where the first thing begins that free text seems to tell as a secret. */
export function guessSecret(text: string): number | undefined {
	const found = ASSIGNED.exec(text);
	return found === null ? undefined : found.index + found[0].length;
}

/** Blanks a part of a line that is a comment or the like. Whatever it assigns is hidden: no one needs to see it. */
export function blankFreeText(text: string, start: number, end: number): readonly Blank[] {
	const part = text.slice(start, end);
	const assigned = part.indexOf("=") + 1 || part.length;
	const secret = start + Math.min(guessSecret(part) ?? part.length, assigned);
	return [...blankForms(text, start, secret), ...blankValue(text, secret, end)];
}

const OPENING = /^(?:"""|'''|["'])/;
const CLOSING = /(?:"""|'''|["'])$/;
const REFERENCE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;
const PUNCTUATION = /^[\s[\]{},"']*$/;

/** Blanks a value but for its quotes. A reference to a variable is no secret, and an empty value hides none. */
export function blankValue(line: string, from: number, to: number): readonly Blank[] {
	const text = line.slice(from, to).trim();
	if (PUNCTUATION.test(text)) return [];
	const opening = OPENING.exec(text)?.[0] ?? "";
	const ending = CLOSING.exec(text)?.[0] ?? "";
	if (REFERENCE.test(text.slice(opening.length, text.length - ending.length))) return [];
	// The last line of a text over several lines ends in quotes that began before.
	const closing = ending === opening || (opening === "" && ending.length === 3) ? ending : "";
	const start = line.indexOf(text, from);
	return [{ start, end: start + text.length, text: `${opening}${DOTS}${closing}` }];
}

/** What is a secret by its form, wherever it stands: a URL, of which a path may be all of it, and a key of Standard Webhooks. */
const FORMS = /(:\/\/|\bwhsec_)([^\s"'<>,]+)/g;

/** Blanks what URLs have besides scheme and host, and what keys of Standard Webhooks have besides their prefix. */
export function blankForms(line: string, from: number, to: number): readonly Blank[] {
	const blanks: Blank[] = [];
	for (const { index, 1: mark = "", 2: secret = "" } of line.slice(from, to).matchAll(FORMS)) {
		const shown = mark === "://" ? shownAddress(secret) : DOTS;
		const start = from + index + mark.length;
		if (shown !== secret) blanks.push({ start, end: start + secret.length, text: shown });
	}
	return blanks;
}

function shownAddress(address: string): string {
	const [authority = ""] = address.split(/[/?#]/, 1);
	const host = authority.slice(authority.lastIndexOf("@") + 1);
	return `${host === authority ? "" : `${DOTS}@`}${host}${address === authority ? "" : `/${DOTS}`}`;
}

/** A stretch of a text with the blanks put in that lie inside of it as a whole. */
export function putBlanks(text: string, blanks: readonly Blank[], from = 0, to = text.length): string {
	let shown = "";
	let past = from;
	for (const blank of blanks) {
		if (blank.start < from || blank.end > to) continue;
		shown += text.slice(past, blank.start) + blank.text;
		past = blank.end;
	}
	return shown + text.slice(past, to);
}

/** A text from a config as a message may quote it. */
export function withoutForms(text: string): string {
	return putBlanks(text, blankForms(text, 0, text.length));
}
