// Redacts secrets in a text: as they are, in every encoding that SECURITY.md names, and truncated.
import { stripTerminal } from "../lib/text.ts";
import { decodings, hasEscape } from "./encodings.ts";
import { Finder } from "./finder.ts";
import { truncationsIn } from "./truncations.ts";
import { fold, foldText, Redactions } from "./view.ts";

/** Redacts every known secret in a text. */
export type Mask = (text: string) => string;

/** What a report shows foreign text by. */
export interface Redactor {
	/** A text without terminal sequences, which could hide a secret from the mask, and without the known secrets. */
	readonly redact: Mask;
	/** From now on these are redacted too. Gives those that were not known. */
	readonly protect: (secrets: readonly string[]) => readonly string[];
}

/** Begins with some secrets, which are asked for when the first text comes. What is added is prepared when that is used. */
export function createRedactor(first: () => readonly string[]): Redactor {
	const known = new Set<string>();
	let finders: readonly Finder[] | undefined;
	let added: string[] = [];
	return {
		redact: (text) => {
			if (finders === undefined) finders = [new Finder([...first(), ...added])];
			else if (added.length > 0) finders = withSecrets(finders, added);
			added = [];
			return redactedBy(finders, stripTerminal(text));
		},
		protect: (secrets) => {
			const unknown = [...new Set(secrets)].filter((secret) => !known.has(secret));
			for (const secret of unknown) {
				known.add(secret);
				added.push(secret);
			}
			return unknown;
		},
	};
}

/**
 * Finders of more secrets. Those that know no more than the new one become one with it: however many secrets are added one
 * by one, there are few finders, and each secret is prepared a few times only.
 */
function withSecrets(finders: readonly Finder[], added: readonly string[]): readonly Finder[] {
	const last = finders.at(-1);
	if (last === undefined || last.secrets.length > added.length) return [...finders, new Finder(added)];
	return withSecrets(finders.slice(0, -1), [...last.secrets, ...added]);
}

/** A mask for these secrets. Time and memory are linear in the text, whatever is in it and whatever the secrets are. */
export function createMask(secrets: readonly string[]): Mask {
	const finders = [new Finder(secrets)];
	return (text) => redactedBy(finders, text);
}

/** All of them look at the text itself: in what one has redacted another would not find what overlaps. */
function redactedBy(finders: readonly Finder[], text: string): string {
	const folded = hasEscape(text) ? undefined : foldText(text);
	const searching = finders.filter((finder) => !finder.isClear(text, folded));
	if (searching.length === 0) return text;
	const redactions = new Redactions(text);
	for (const view of decodings(text)) {
		const seen = { view, folded: fold(view), truncations: truncationsIn(view, text) };
		for (const finder of searching) finder.redact(seen, redactions);
	}
	return redactions.apply();
}
