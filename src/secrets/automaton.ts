// Looks for many texts at once, in time that is linear in what is searched.
// A. Aho and M. Corasick, Efficient string matching: an aid to bibliographic search, 1975.

/** How much of which pattern the text read so far ends with, in UTF-16 code units. */
export interface State {
	readonly id: number;
	/** Of the longest beginning of a pattern. */
	readonly depth: number;
	/** Of the longest whole pattern; 0 for none. */
	found: number;
	/** The longest shorter text that is the beginning of a pattern too; undefined at the start. */
	readonly shorter: State | undefined;
}

/** UTF-16 code units. */
const UNITS = 0x10000;

/** Finds patterns in a text that is given unit by unit. */
export class Automaton {
	readonly start: State = { id: 0, depth: 0, found: 0, shorter: undefined };
	/** One map for all states, by state and unit: a map for each would take far more memory. */
	readonly #next = new Map<number, State>();

	/** Level by level, so that every shorter state is complete. */
	constructor(patterns: readonly string[]) {
		let open = patterns.map((pattern) => ({ pattern, state: this.start }));
		for (let depth = 1; open.length > 0; depth++) {
			open = open
				.filter(({ pattern }) => pattern.length >= depth)
				.map(({ pattern, state }) => ({ pattern, state: this.#grow(state, pattern, depth) }));
		}
	}

	/** The state after one more unit; the start after none that leads on. */
	next(state: State | undefined, unit: number): State {
		for (let from = state; from !== undefined; from = from.shorter) {
			const to = this.#next.get(from.id * UNITS + unit);
			if (to !== undefined) return to;
		}
		return this.start;
	}

	/** The state of the pattern's first `depth` units, after that of one less. */
	#grow(from: State, pattern: string, depth: number): State {
		const unit = pattern.charCodeAt(depth - 1);
		const key = from.id * UNITS + unit;
		let state = this.#next.get(key);
		if (state === undefined) {
			const shorter = this.next(from.shorter, unit);
			state = { id: this.#next.size + 1, depth, found: shorter.found, shorter };
			this.#next.set(key, state);
		}
		if (depth === pattern.length) state.found = depth;
		return state;
	}
}
