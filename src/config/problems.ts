// The collector of a config's mistakes: each with its place and code frame, thrown together in the order of the file.
import { type Place, type Problem, type ProblemCode, throwIfAny } from "../errors.ts";
import { codeFrame } from "./frame.ts";
import type { Located, Path, Spot } from "./locate.ts";

/** More frames than anyone reads would only cost time and memory. */
const MAX_FRAMES = 50;

const TOP: Spot = { line: 1, column: 1, offset: 0 };

/** What is wrong with one config file, and where. */
export class Problems {
	readonly source: string;
	readonly located: Located;
	readonly #file: string;
	readonly #found: { readonly spot: Spot; readonly code: ProblemCode; message: string; remedy: string }[] = [];
	readonly #seen = new Set<string>();

	constructor(source: string, file: string, located: Located) {
		this.source = source;
		this.located = located;
		this.#file = file;
	}

	/** Where a key or table stands; an absent one where the nearest table around it does. */
	spot(path: Path): Spot {
		for (let length = path.length; length > 0; length--) {
			const spot = this.located.key(path.slice(0, length));
			if (spot !== undefined) return spot;
		}
		return TOP;
	}

	place(spot: Spot): Place {
		return { file: this.#file, line: spot.line, column: spot.column };
	}

	/** Notes a mistake at a key. */
	add(code: ProblemCode, path: Path, message: string, remedy: string): void {
		this.addAt(code, this.spot(path), message, remedy);
	}

	/** Notes a mistake at a place. The same one told twice, as of a default that many hooks take, counts once. */
	addAt(code: ProblemCode, spot: Spot, message: string, remedy: string): void {
		const identity = `${spot.offset} ${message}`;
		if (this.#seen.has(identity)) return;
		this.#seen.add(identity);
		this.#found.push({ spot, code, message, remedy });
	}

	/** Throws one error with all mistakes, or returns when there are none. */
	throwIfAny(): void {
		const sorted = this.#found.toSorted((a, b) => a.spot.offset - b.spot.offset);
		throwIfAny(
			sorted.map(({ spot, code, message, remedy }, index): Problem => {
				const problem = { code, message, remedy, place: this.place(spot) };
				if (index >= MAX_FRAMES) return problem;
				return { ...problem, frame: codeFrame(this.source, spot, this.located) };
			}),
		);
	}
}
