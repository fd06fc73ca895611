// One line of a hook's output as a log shows it.
import type { Mask } from "../mask/mask.ts";
import { clip, LINE_LIMIT, SHOWN_LIMIT, stripTerminal } from "../text.ts";

/** UTF-16 code units that a secret can have: GitHub's have at most 48 KB. */
const SECRET_LIMIT = 48 * 1024;

/**
 * The line masked, and only then cut for showing. Where it was cut before, it may end in the first part of a secret,
 * which no mask knows: so much of the end is not shown.
 */
export function shownLine(line: string, mask: Mask): string {
	const plain = stripTerminal(line);
	// A secret with colours in it, as `grep --color` writes, shows only without them.
	const hidden = plain !== line && mask(plain) !== stripTerminal(mask(line));
	const masked = mask(hidden ? plain : line);
	return clip(line.length < LINE_LIMIT ? masked : `${masked.slice(0, -SECRET_LIMIT)}…`, SHOWN_LIMIT);
}
