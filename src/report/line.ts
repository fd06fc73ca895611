// One line of a hook's output as a log shows it.
import type { Mask } from "../secrets/mask.ts";
import { clip, LINE_LIMIT, SHOWN_LIMIT, stripTerminal } from "../text.ts";

/** The line redacted, and only then cut. One that was cut before ends in a `…`, so that no beginning of a secret is left. */
export function shownLine(line: string, redact: Mask): string {
	return clip(redact(line.length < LINE_LIMIT ? line : `${stripTerminal(line)}…`), SHOWN_LIMIT);
}
