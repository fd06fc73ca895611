// The collector of a config's mistakes: each with its place and code frame, thrown together in the order of the file.

import { count } from "../lib/text.ts";
import { type Place, type Problem, type ProblemCode, throwIfAny } from "../model/problem.ts";
import { codeFrame } from "./frame.ts";
import type { Located, Path, Spot } from "./locate.ts";
import { endOfLine } from "./scan.ts";

/** More frames, and more mistakes, than anyone reads would only cost time and memory. */
const MAX_FRAMES = 50;
const MAX_TOLD = 1000;

/** UTF-16 code units of the lines that frames are cut from, in all: a file may be one line of 10 MB. */
const MAX_FRAMED = 500_000;

const TOP: Spot = { line: 1, column: 1, offset: 0 };

/** What is wrong with one config file, and where. */
export class Problems {
	readonly source: string;
	readonly located: Located;
	readonly #file: string;
	readonly #found: { readonly spot: Spot; readonly code: ProblemCode; message: string; remedy: string }[] = [];
	readonly #seen = new Set<string>();
	#untold = 0;

	constructor(source: string, file: string, located: Located) {
		this.source = source;
		this.located = located;
		this.#file = file;
	}

	/** Whether further mistakes are only counted, so that help with them need not be looked for. */
	get full(): boolean {
		return this.#found.length >= MAX_TOLD;
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
		if (this.full) {
			this.#untold++;
			return;
		}
		this.#seen.add(identity);
		this.#found.push({ spot, code, message, remedy });
	}

	/** Throws one error with all mistakes, or returns when there are none. */
	throwIfAny(): void {
		const sorted = this.#found.toSorted((a, b) => a.spot.offset - b.spot.offset);
		let room = MAX_FRAMED;
		const told = sorted.map(({ spot, code, message, remedy }, index): Problem => {
			const problem = { code, message, remedy, place: this.place(spot) };
			if (index >= MAX_FRAMES || room < 0) return problem;
			room -= spot.column + endOfLine(this.source, spot.offset) - spot.offset;
			return { ...problem, frame: codeFrame(this.source, spot, this.located) };
		});
		if (this.#untold > 0) told.push(this.#rest());
		throwIfAny(told);
	}

	#rest(): Problem {
		const message = `${count(this.#untold, "more mistake")} in ${this.#file}`;
		return { code: "config_shape", message, remedy: "correct these first" };
	}
}
