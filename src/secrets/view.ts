// A text derived from another one, with the place in the original that each of its units came from.

/** A derived text. Units are UTF-16 code units; the original is covered without gaps. */
export interface View {
	readonly text: string;
	/** Unit `i` came from the original's units `starts[i]` up to, not including, `starts[i + 1]`. */
	readonly starts: Int32Array;
}

/** The view of a text that changes nothing. */
export function viewOf(text: string): View {
	const starts = new Int32Array(text.length + 1);
	for (let at = 0; at <= text.length; at++) starts[at] = at;
	return { text, starts };
}

/** Where a unit of a view, or its end, is in the original. */
export function offset({ starts }: View, at: number): number {
	return starts[at] ?? 0;
}

/** The view with every match rewritten, to nothing longer; undefined leaves one as it is. */
export function rewrite(view: View, pattern: RegExp, write: (match: string) => string | undefined): View {
	const starts = new Int32Array(view.starts.length);
	let text = "";
	let end = 0;
	const keep = (until: number) => {
		starts.set(view.starts.subarray(end, until), text.length);
		text += view.text.slice(end, until);
	};
	for (const { 0: match, index } of view.text.matchAll(pattern)) {
		const written = write(match);
		if (written === undefined) continue;
		keep(index);
		starts.fill(offset(view, index), text.length, text.length + written.length);
		text += written;
		end = index + match.length;
	}
	if (end === 0) return view;
	keep(view.text.length);
	starts[text.length] = offset(view, view.text.length);
	return { text, starts: starts.subarray(0, text.length + 1) };
}

/** White space, control characters, and the `+` that a form writes for a space. */
const BLANK = String.raw`[\s\u0000-\u001f\u007f-\u009f+]`;
/** Runs of these, but not a single space. By `\p{Cc}`, which needs the flag u, ten million would overflow the call stack. */
const BLANKS = new RegExp(`(?! (?!${BLANK}))${BLANK}+`, "g");

/** The view with each run of white space as one space: texts are shown on one line, and forms write a space as `+`. */
export function fold(view: View): View {
	return rewrite(view, BLANKS, () => " ");
}

/** As {@link fold}. */
export function foldText(text: string): string {
	return text.replaceAll(BLANKS, " ");
}

/** What a secret is replaced with. */
export const REDACTED = "***";

/** Collects stretches of a text, in any order, and puts {@link REDACTED} in their places. */
export class Redactions {
	readonly #text: string;
	/** How many stretches more begin than end at each offset. */
	readonly #changes: Int32Array;

	constructor(text: string) {
		this.#text = text;
		this.#changes = new Int32Array(text.length + 1);
	}

	/** Offsets in UTF-16 code units; `end` is not included. */
	add(start: number, end: number): void {
		this.#change(start, 1);
		this.#change(end, -1);
	}

	#change(offset: number, by: number): void {
		this.#changes[offset] = (this.#changes[offset] ?? 0) + by;
	}

	/** The text with one {@link REDACTED} for all that overlaps or touches. */
	apply(): string {
		let shown = "";
		let open = 0;
		let past = 0;
		for (const [at, change] of this.#changes.entries()) {
			if (open === 0 && change > 0) shown += this.#text.slice(past, at) + REDACTED;
			open += change;
			if (open > 0) past = at + 1;
		}
		return shown + this.#text.slice(past);
	}
}
