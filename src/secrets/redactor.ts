// Makes foreign text fit to be shown while a run comes to know more secrets.
import { stripTerminal } from "../lib/text.ts";
import { createMask, type Mask } from "./mask.ts";

/** What a report shows foreign text by. */
export interface Redactor {
	/** A text without terminal sequences, which could hide a secret from the mask, and without the known secrets. */
	readonly redact: Mask;
	/** From now on these are redacted too. Gives those that were not known. */
	readonly protect: (secrets: readonly string[]) => readonly string[];
}

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
