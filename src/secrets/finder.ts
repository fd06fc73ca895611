// Finds some secrets in a text: as they are, in base64 and hex, and what is left of them at a truncation.
import { stripTerminal } from "../lib/text.ts";
import { Automaton } from "./automaton.ts";
import { CodeFinder } from "./codes.ts";
import { decodings } from "./encodings.ts";
import type { Truncations } from "./truncations.ts";
import { foldText, offset, type Redactions, type View } from "./view.ts";

/** UTF-16 code units. Shorter texts are words (`eu`, `dev`): redacting them would garble the log and protect nothing. */
export const SHORTEST = 4;

/**
 * UTF-16 code units of a truncated secret that are redacted. Fewer give little away, and are the beginning of many a
 * word.
 */
const SHORTEST_TRUNCATED = 6;

/** Units of texts, times units of what is looked for in them, that are worth a look before anything is prepared. */
const QUICK_UNITS = 8_000_000;
/** Of so few ends a look at a short text costs less than a search, however often. */
const FEW_ENDS = 100;

/** A view of a text, and what is found out of it once, whoever looks at it. */
interface Seen {
	readonly view: View;
	readonly folded: View;
	readonly truncations: Truncations;
}

/** What finds some secrets. It prepares its search when a text first needs one: nearly no text has a part of a secret. */
export class Finder {
	readonly secrets: readonly string[];
	readonly #patterns: readonly string[];
	/** Whatever is redacted of a secret that is not in base64 or hex has one of these. */
	readonly #ends: readonly string[];
	readonly #codes: CodeFinder;
	#quickUnits = QUICK_UNITS;
	#forward: Automaton | undefined;
	/** For what is left of a secret after a truncation: reads the patterns from their ends. */
	#backward: Automaton | undefined;

	constructor(secrets: readonly string[]) {
		this.secrets = secrets;
		this.#patterns = patternsOf(secrets);
		const ends = this.#patterns.flatMap((pattern) => [
			pattern.slice(0, SHORTEST_TRUNCATED),
			pattern.slice(-SHORTEST_TRUNCATED),
		]);
		this.#ends = [...new Set(ends)];
		this.#codes = new CodeFinder(secrets);
	}

	/** Whether a text is known at once to have nothing of these secrets; `folded` only where it has no escapes. */
	isClear(text: string, folded: string | undefined): boolean {
		if (this.secrets.length === 0) return true;
		if (folded === undefined) return false;
		const units = text.length * this.#ends.length;
		if (units > this.#quickUnits) return false;
		if (this.#ends.length > FEW_ENDS) this.#quickUnits -= units;
		return !this.#ends.some((end) => folded.includes(end)) && this.#codes.find(text).next().done === true;
	}

	/** Redacts what a view of a text shows. */
	redact({ view, folded, truncations }: Seen, redactions: Redactions): void {
		for (const [start, end] of this.#codes.find(view.text)) redactions.add(offset(view, start), offset(view, end));
		this.#redactBeginnings(folded, truncations, redactions);
		if (truncations.starts.size > 0) this.#redactEnds(folded, truncations, redactions);
	}

	/** Whole secrets, and the beginnings of secrets that end at a truncation. */
	#redactBeginnings(view: View, { ends }: Truncations, redactions: Redactions): void {
		this.#forward ??= new Automaton(this.#patterns);
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
	#redactEnds(view: View, { starts }: Truncations, redactions: Redactions): void {
		this.#backward ??= new Automaton(this.#patterns.map((pattern) => pattern.split("").toReversed().join("")));
		let state = this.#backward.start;
		for (let at = view.text.length - 1; at >= 0; at--) {
			state = this.#backward.next(state, view.text.charCodeAt(at));
			if (state.depth < SHORTEST_TRUNCATED || !starts.has(offset(view, at))) continue;
			redactions.add(offset(view, at), offset(view, at + state.depth));
		}
	}
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
