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

/** Collects the units of a new view. A derived view is never longer than what it is derived from. */
export class ViewWriter {
	readonly #units: Uint16Array;
	readonly #starts: Int32Array;
	#length = 0;

	constructor(capacity: number) {
		this.#units = new Uint16Array(capacity);
		this.#starts = new Int32Array(capacity + 1);
	}

	/** Adds a unit that begins at `start` in the original. */
	push(unit: number, start: number): void {
		this.#units[this.#length] = unit;
		this.#starts[this.#length] = start;
		this.#length += 1;
	}

	/** The view of what was added; `end` is the length of the original. */
	view(end: number): View {
		this.#starts[this.#length] = end;
		const bytes = Buffer.from(this.#units.buffer, 0, this.#length * 2);
		return { text: bytes.toString("utf16le"), starts: this.#starts.subarray(0, this.#length + 1) };
	}
}

const SPACE = 0x20;
const PLUS = 0x2b;

/** White space or a control character, or the plus sign that a form writes for a space. */
export function isBlank(unit: number): boolean {
	if (unit <= SPACE || unit === PLUS) return true;
	if (unit < 0x7f) return false;
	return unit <= 0xa0 || (unit >= 0x1680 && WIDE_SPACE.test(String.fromCharCode(unit)));
}

const WIDE_SPACE = /\s/;

/** Any blank but a single space. */
const NEEDS_FOLDING = /[^\S ]|[\p{Cc}+]| {2}/u;

/** The view with each run of blanks as one space: texts are shown on one line, and forms write a space as `+`. */
export function fold(view: View): View {
	const { text, starts } = view;
	if (!NEEDS_FOLDING.test(text)) return view;
	const folded = new ViewWriter(text.length);
	let wasBlank = false;
	for (let at = 0; at < text.length; at++) {
		const unit = text.charCodeAt(at);
		const blank = isBlank(unit);
		if (!blank) folded.push(unit, starts[at] ?? 0);
		else if (!wasBlank) folded.push(SPACE, starts[at] ?? 0);
		wasBlank = blank;
	}
	return folded.view(starts[text.length] ?? 0);
}
