// One line of a hook's output as a log shows it.

import { clip, LINE_LIMIT, SHOWN_LIMIT, stripTerminal } from "../lib/text.ts";
import type { Mask } from "../secrets/mask.ts";

/** The line redacted, and only then cut. One that was cut before ends in a `…`, so that no beginning of a secret is left. */
export function shownLine(line: string, redact: Mask): string {
	return clip(redact(line.length < LINE_LIMIT ? line : `${stripTerminal(line)}…`), SHOWN_LIMIT);
}
