// The parts of a text that are not shown.

/** What a secret is replaced with. */
export const REDACTED = "***";

/** Collects stretches of a text, in any order, and puts {@link REDACTED} in their places. */
export class Redactions {
	readonly #text: string;
	/** How many stretches more begin than end at each offset. */
	readonly #changes: Int32Array;
	#isEmpty = true;

	constructor(text: string) {
		this.#text = text;
		this.#changes = new Int32Array(text.length + 1);
	}

	/** Offsets in UTF-16 code units; `end` is not included. */
	add(start: number, end: number): void {
		if (start >= end) return;
		this.#isEmpty = false;
		this.#changes[start] = (this.#changes[start] ?? 0) + 1;
		this.#changes[end] = (this.#changes[end] ?? 0) - 1;
	}

	/** The text with one {@link REDACTED} for all that overlaps or touches. */
	apply(): string {
		if (this.#isEmpty) return this.#text;
		let shown = "";
		let open = 0;
		let past = 0;
		for (let at = 0; at <= this.#text.length; at++) {
			const before = open;
			open += this.#changes[at] ?? 0;
			if (before === 0 && open > 0) shown += this.#text.slice(past, at) + REDACTED;
			if (open > 0) past = at + 1;
		}
		return shown + this.#text.slice(past);
	}
}
