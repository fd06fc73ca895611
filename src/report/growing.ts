// A mask that grows while a run comes to know secrets.
import { createMask, type Mask } from "../mask/mask.ts";

/** A mask, and the way to add to it. */
export interface GrowingMask {
	readonly mask: Mask;
	/** From now on these are blanked too. Those of them that were not known. */
	readonly add: (secrets: readonly string[]) => readonly string[];
}

/** A mask that begins with the secrets given, which are asked for at its first use. It is made anew only when used. */
export function growingMask(first: () => readonly string[]): GrowingMask {
	const known = new Set<string>();
	let current: Mask | undefined;
	return {
		mask: (text) => {
			current ??= createMask([...first(), ...known]);
			return current(text);
		},
		add: (secrets) => {
			const added = [...new Set(secrets)].filter((secret) => !known.has(secret));
			for (const secret of added) known.add(secret);
			if (added.length > 0) current = undefined;
			return added;
		},
	};
}
