// Where somebody has truncated a text, also where the mark of that is encoded.
import { offset, type View } from "./view.ts";

/** The truncations of a text, by offsets in the text as it is. */
export interface Truncations {
	/** Where a secret before one may end, with where what is left of it ends: an escape may be unfinished there. */
	readonly ends: ReadonlyMap<number, number>;
	/** Where what comes after one begins. */
	readonly starts: ReadonlySet<number>;
}

const NONE: Truncations = { ends: new Map(), starts: new Set() };

/**
 * The mark of a truncation: an ellipsis or three dots, perhaps in brackets, or behind the quote that was closed, and with
 * what is left of a character that was split.
 */
const MARKS = /["'`)\]\s[(<{]{0,2}(?:…|\.{3,})["'`)\]>}\s]{0,2}\ufffd{0,3}/g;

/** Those that a view shows, since their mark may be encoded too: `&hellip;`, `\\u2026`. `whole` is the text itself. */
export function truncationsIn(view: View, whole: string): Truncations {
	if (!view.text.includes("…") && !view.text.includes("...")) return NONE;
	const ends = new Map<number, number>();
	const starts = new Set<number>();
	for (const { 0: mark, index } of view.text.matchAll(MARKS)) {
		const end = offset(view, index);
		for (let at = unfinishedAt(whole, end); at <= end; at++) if (!ends.has(at)) ends.set(at, end);
		starts.add(offset(view, index + mark.length));
	}
	return { ends, starts };
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
