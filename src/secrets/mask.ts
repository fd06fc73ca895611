// Redacts secrets in a text: as they are, in every encoding that SECURITY.md names, and cut off by a `…`.
import { stripTerminal } from "../lib/text.ts";
import { Automaton } from "./automaton.ts";
import { CodeFinder, hasNoCode, isPrintable } from "./codes.ts";
import { decodedForms, decodings, hasEscape } from "./decode.ts";
import { Redactions } from "./redactions.ts";
import { fold, type View, viewOf } from "./view.ts";

/** Redacts every known secret in a text. */
export type Mask = (text: string) => string;

/** UTF-16 code units. Shorter texts are words (`eu`, `dev`): redacting them would garble the log and protect nothing. */
export const SHORTEST = 4;

/**
 * UTF-16 code units of a secret that are redacted before or after a cut. Fewer give little away, and are the beginning
 * of many a word.
 */
export const SHORTEST_CUT = 6;

/**
 * Where somebody has cut a text: an ellipsis or three dots, perhaps in brackets, or behind the quote that they closed, and
 * with what is left of a character that was cut in two.
 */
const CUTS = /["'`)\]\s[(<{]{0,2}(?:…|\.{3,})["'`)\]>}\s]{0,2}\ufffd{0,3}/g;

/** What an escape or a character that a cut has left unfinished is made of, and how many units it has at most. */
const ESCAPE_UNIT = /[\w%&#;\\\ufffd]/;
const ESCAPE_START = /[%&\\\ufffd]/;
const LONGEST_UNFINISHED = 17;

/** Texts up to this many units, and secrets up to this many, are worth a look before anything is prepared. */
const QUICK_TEXT = 8192;
const QUICK_SECRETS = 64;

/**
 * A mask for these secrets. Time and memory are linear in the text, whatever is in it and whatever the secrets are. It
 * prepares itself when a text first needs it.
 */
export function createMask(secrets: readonly string[]): Mask {
	const patterns = patternsOf(secrets);
	if (patterns.length === 0) return (text) => text;
	const isClear = quickTest(secrets, patterns);
	let finder: Finder | undefined;
	return (text) => {
		if (isClear(text)) return text;
		finder ??= new Finder(secrets, patterns);
		return finder.redact(text);
	};
}

/** The secrets as they are looked for in the folded decodings of a text, without those that are too short. */
function patternsOf(secrets: readonly string[]): readonly string[] {
	const written = secrets.flatMap((secret) => [secret, stripTerminal(secret), asMisread(secret)]);
	const forms = [...new Set(written)].flatMap(decodedForms);
	const folded = forms.map((form) => fold(viewOf(form.trim())).text.trim());
	return [...new Set(folded)].filter((pattern) => pattern.replaceAll(" ", "").length >= SHORTEST);
}

/** As bytes of Latin-1 look that were read as UTF-8. */
function asMisread(secret: string): string {
	return secret.replaceAll(/[\u0080-\u00ff]/g, "\ufffd");
}

/** Tells, of most texts at once, that the mask would change nothing. */
function quickTest(secrets: readonly string[], patterns: readonly string[]): (text: string) => boolean {
	// Whatever is redacted of a secret has one of its ends.
	const ends = patterns.flatMap((pattern) => [pattern.slice(0, SHORTEST_CUT), pattern.slice(-SHORTEST_CUT)]);
	const isSimple =
		patterns.length <= QUICK_SECRETS && secrets.every(isPrintable) && ends.every((end) => !end.includes(" "));
	if (!isSimple) return () => false;
	return (text) => {
		if (text.length > QUICK_TEXT || hasEscape(text)) return false;
		return ends.every((end) => !text.includes(end)) && hasNoCode(text);
	};
}

/** A place where somebody has cut a text, by offsets in the text as it is. */
interface Cut {
	/** Where what comes before it ends; an unfinished escape may begin at `whole`. */
	readonly end: number;
	readonly whole: number;
	/** Where what comes after it begins. */
	readonly start: number;
}

/** What finds the secrets in a text. */
class Finder {
	readonly #patterns: readonly string[];
	readonly #forward: Automaton;
	/** For what is left of a secret after a cut: reads the patterns from their ends. */
	#backward: Automaton | undefined;
	readonly #codes: CodeFinder;

	constructor(secrets: readonly string[], patterns: readonly string[]) {
		this.#patterns = patterns;
		this.#forward = new Automaton(patterns);
		this.#codes = new CodeFinder(secrets);
	}

	redact(text: string): string {
		const redactions = new Redactions(text);
		for (const view of decodings(text)) {
			this.#codes.find(view, redactions);
			const folded = fold(view);
			const cuts = cutsIn(view, text);
			this.#findWhole(folded, cuts, redactions);
			if (cuts.length > 0) this.#findEnds(folded, cuts, redactions);
		}
		return redactions.apply();
	}

	/** Whole secrets, and the beginnings of secrets that end at a cut. */
	#findWhole({ text, starts }: View, cuts: readonly Cut[], redactions: Redactions): void {
		this.#forward.restart();
		const cutsLeft = cuts.values();
		let cut = cutsLeft.next().value;
		for (let at = 0; at < text.length; at++) {
			const { depth, found } = this.#forward.read(text.charCodeAt(at));
			const end = starts[at + 1] ?? 0;
			if (found > 0) redactions.add(starts[at + 1 - found] ?? 0, end);
			while (cut !== undefined && cut.end < end) cut = cutsLeft.next().value;
			if (cut !== undefined && end >= cut.whole && depth >= SHORTEST_CUT)
				redactions.add(starts[at + 1 - depth] ?? 0, cut.end);
		}
	}

	/** The ends of secrets that begin at a cut. */
	#findEnds({ text, starts }: View, cuts: readonly Cut[], redactions: Redactions): void {
		this.#backward ??= new Automaton(this.#patterns.map((pattern) => reversed(pattern)));
		this.#backward.restart();
		const cutsLeft = cuts.toReversed().values();
		let cut = cutsLeft.next().value;
		for (let at = text.length - 1; at >= 0; at--) {
			const { depth } = this.#backward.read(text.charCodeAt(at));
			const start = starts[at] ?? 0;
			while (cut !== undefined && cut.start > start) cut = cutsLeft.next().value;
			if (cut?.start === start && depth >= SHORTEST_CUT) redactions.add(start, starts[at + depth] ?? 0);
		}
	}
}

/** The cuts that a view shows, since the mark of one may be encoded too: `&hellip;`, `\\u2026`. `whole` is the text itself. */
function cutsIn({ text, starts }: View, whole: string): readonly Cut[] {
	if (!text.includes("…") && !text.includes("...")) return [];
	return Array.from(text.matchAll(CUTS), ({ 0: mark, index }): Cut => {
		const end = starts[index] ?? 0;
		return { end, whole: unfinishedAt(whole, end), start: starts[index + mark.length] ?? 0 };
	});
}

/** Where an escape or a character begins that may not be finished at `end`; `end` where there is none. */
function unfinishedAt(text: string, end: number): number {
	let start = end;
	for (let at = end - 1; at >= end - LONGEST_UNFINISHED && ESCAPE_UNIT.test(text.charAt(at)); at--) {
		if (ESCAPE_START.test(text.charAt(at))) start = at;
	}
	return start;
}

/** By code units, as an automaton reads. */
function reversed(text: string): string {
	return Array.from({ length: text.length }, (_, at) => text.charAt(text.length - 1 - at)).join("");
}
