// Offsets of a source as lines and columns.

/** A position. Lines and columns count from 1, columns in UTF-16 code units. */
export interface Spot {
	readonly line: number;
	readonly column: number;
	/** Index into the source, from 0. */
	readonly offset: number;
}

/** Turns offsets into lines and columns. The lines are counted only when the first position is asked for. */
export class Lines {
	readonly #source: string;
	#starts: number[] | undefined;

	constructor(source: string) {
		this.#source = source;
	}

	spot(offset: number): Spot {
		this.#starts ??= this.#count();
		let line = 0;
		for (let past = this.#starts.length; past - line > 1; ) {
			const middle = (line + past) >> 1;
			if ((this.#starts[middle] ?? 0) <= offset) line = middle;
			else past = middle;
		}
		return { line: line + 1, column: offset - (this.#starts[line] ?? 0) + 1, offset };
	}

	#count(): number[] {
		const starts = [0];
		for (let at = this.#source.indexOf("\n"); at !== -1; at = this.#source.indexOf("\n", at + 1)) starts.push(at + 1);
		return starts;
	}
}
