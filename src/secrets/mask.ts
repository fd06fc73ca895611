// Redacts secrets in a text: as they are, in every encoding that SECURITY.md names, and truncated.
import { stripTerminal } from "../lib/text.ts";
import { Automaton } from "./automaton.ts";
import { CodeFinder } from "./codes.ts";
import { decodings, hasEscape } from "./encodings.ts";
import { fold, foldText, offset, Redactions, type View } from "./view.ts";

/** Redacts every known secret in a text. */
export type Mask = (text: string) => string;

/** What a report shows foreign text by. */
export interface Redactor {
	/** A text without terminal sequences, which could hide a secret from the mask, and without the known secrets. */
	readonly redact: Mask;
	/** From now on these are redacted too. Gives those that were not known. */
	readonly protect: (secrets: readonly string[]) => readonly string[];
}

/** UTF-16 code units. Shorter texts are words (`eu`, `dev`): redacting them would garble the log and protect nothing. */
export const SHORTEST = 4;

/**
 * UTF-16 code units of a truncated secret that are redacted. Fewer give little away, and are the beginning of many a
 * word.
 */
const SHORTEST_TRUNCATED = 6;

/** Units of a text, times units of what is looked for in it, that are worth a look before anything is prepared. */
const QUICK_UNITS = 8_000_000;

/** Begins with some secrets, which are asked for when the first text comes. Its mask is made anew only when used. */
export function createRedactor(first: () => readonly string[]): Redactor {
	const known = new Set<string>();
	let mask: Mask | undefined;
	return {
		redact: (text) => {
			mask ??= createMask([...first(), ...known]);
			return mask(stripTerminal(text));
		},
		protect: (secrets) => {
			const added = [...new Set(secrets)].filter((secret) => !known.has(secret));
			for (const secret of added) known.add(secret);
			if (added.length > 0) mask = undefined;
			return added;
		},
	};
}

/**
 * A mask for these secrets. Time and memory are linear in the text, whatever is in it and whatever the secrets are. It
 * prepares its search when a text first needs one: nearly no text has a secret or the beginning of one.
 */
export function createMask(secrets: readonly string[]): Mask {
	const patterns = patternsOf(secrets);
	if (patterns.length === 0) return (text) => text;
	// Whatever is redacted of a secret that is not in base64 or hex has one of its ends.
	const ends = [
		...new Set(
			patterns.flatMap((pattern) => [pattern.slice(0, SHORTEST_TRUNCATED), pattern.slice(-SHORTEST_TRUNCATED)]),
		),
	];
	const codes = new CodeFinder(secrets);
	const isClear = (text: string): boolean => {
		if (text.length * ends.length > QUICK_UNITS || hasEscape(text)) return false;
		const folded = foldText(text);
		return !ends.some((end) => folded.includes(end)) && codes.find(text).next().done === true;
	};
	let search: Search | undefined;
	return (text) => {
		if (isClear(text)) return text;
		search ??= new Search(patterns, codes);
		return search.redact(text);
	};
}

/** The secrets as they are looked for in the folded decodings of a text, without those that are too short. */
function patternsOf(secrets: readonly string[]): readonly string[] {
	const written = secrets.flatMap((secret) => [secret, stripTerminal(secret), asMisread(secret)]);
	// A secret may hold what looks like an escape itself.
	const forms = [...new Set(written)].flatMap((secret) => Array.from(decodings(secret), ({ text }) => text));
	const folded = forms.map((form) => foldText(form.trim()).trim());
	return [...new Set(folded)].filter((pattern) => pattern.replaceAll(" ", "").length >= SHORTEST);
}

/** As bytes of Latin-1 look that were read as UTF-8. */
function asMisread(secret: string): string {
	return secret.replaceAll(/[\u0080-\u00ff]/g, "\ufffd");
}

/** What finds the secrets in a text. */
class Search {
	readonly #patterns: readonly string[];
	readonly #codes: CodeFinder;
	readonly #forward: Automaton;
	/** For what is left of a secret after a truncation: reads the patterns from their ends. */
	#backward: Automaton | undefined;

	constructor(patterns: readonly string[], codes: CodeFinder) {
		this.#patterns = patterns;
		this.#codes = codes;
		this.#forward = new Automaton(patterns);
	}

	redact(text: string): string {
		const redactions = new Redactions(text);
		for (const view of decodings(text)) {
			for (const [start, end] of this.#codes.find(view.text)) redactions.add(offset(view, start), offset(view, end));
			const truncations = truncationsIn(view, text);
			const folded = fold(view);
			this.#findBeginnings(folded, truncations, redactions);
			if (truncations.length > 0) this.#findEnds(folded, truncations, redactions);
		}
		return redactions.apply();
	}

	/** Whole secrets, and the beginnings of secrets that end at a truncation. */
	#findBeginnings(view: View, truncations: readonly Truncation[], redactions: Redactions): void {
		const ends = new Map<number, number>();
		for (const { whole, end } of truncations.toReversed()) for (let at = whole; at <= end; at++) ends.set(at, end);
		let state = this.#forward.start;
		for (let at = 0; at < view.text.length; at++) {
			state = this.#forward.next(state, view.text.charCodeAt(at));
			const past = offset(view, at + 1);
			if (state.found > 0) redactions.add(offset(view, at + 1 - state.found), past);
			const end = state.depth < SHORTEST_TRUNCATED ? undefined : ends.get(past);
			if (end !== undefined) redactions.add(offset(view, at + 1 - state.depth), end);
		}
	}

	/** The ends of secrets that begin at a truncation. */
	#findEnds(view: View, truncations: readonly Truncation[], redactions: Redactions): void {
		this.#backward ??= new Automaton(this.#patterns.map((pattern) => pattern.split("").toReversed().join("")));
		const starts = new Set(truncations.map(({ start }) => start));
		let state = this.#backward.start;
		for (let at = view.text.length - 1; at >= 0; at--) {
			state = this.#backward.next(state, view.text.charCodeAt(at));
			if (state.depth < SHORTEST_TRUNCATED || !starts.has(offset(view, at))) continue;
			redactions.add(offset(view, at), offset(view, at + state.depth));
		}
	}
}

/** A place where somebody has truncated a text, by offsets in the text as it is. */
interface Truncation {
	/** Where what comes before it ends; an escape that it has left unfinished may begin at `whole`. */
	readonly end: number;
	readonly whole: number;
	/** Where what comes after it begins. */
	readonly start: number;
}

/**
 * The mark of a truncation: an ellipsis or three dots, perhaps in brackets, or behind the quote that was closed, and with
 * what is left of a character that was split.
 */
const MARKS = /["'`)\]\s[(<{]{0,2}(?:…|\.{3,})["'`)\]>}\s]{0,2}\ufffd{0,3}/g;

/** Those that a view shows, since their mark may be encoded too: `&hellip;`, `\\u2026`. `whole` is the text itself. */
function truncationsIn(view: View, whole: string): readonly Truncation[] {
	if (!view.text.includes("…") && !view.text.includes("...")) return [];
	return Array.from(view.text.matchAll(MARKS), ({ 0: mark, index }): Truncation => {
		const end = offset(view, index);
		return { end, whole: unfinishedAt(whole, end), start: offset(view, index + mark.length) };
	});
}

/** What an escape or a character that a truncation has left unfinished is made of, and how many units it has at most. */
const ESCAPE_UNIT = /[\w%&#;\\\ufffd]/;
const ESCAPE_START = /[%&\\\ufffd]/;
const LONGEST_UNFINISHED = 17;

/** Where an escape or a character begins that may not be finished at `end`; `end` where there is none. */
function unfinishedAt(text: string, end: number): number {
	let start = end;
	for (let at = end - 1; at >= end - LONGEST_UNFINISHED && ESCAPE_UNIT.test(text.charAt(at)); at--) {
		if (ESCAPE_START.test(text.charAt(at))) start = at;
	}
	return start;
}
