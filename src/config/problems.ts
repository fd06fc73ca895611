// The collector of a config's errors: each with its place and code frame, thrown together in the order of the file.
import { count } from "../lib/text.ts";
import { type Place, type Problem, type ProblemCode, throwIfAny } from "../model/problem.ts";
import { codeFrame } from "./frame.ts";
import { type Located, locate, type Path, type Spot } from "./locate.ts";
import { type IsPublic, redactValues } from "./redact.ts";

/** Whose file it is: in `rocky.toml`, which belongs to Rocky, some errors are not ours to tell. */
export type Dialect = "native" | "rocky";

/** As many errors as anyone reads at once; the others are counted. */
const MAX_TOLD = 100;

const TOP: Spot = { line: 1, column: 1, offset: 0 };

/** What is wrong with one config file, and where. */
export class Problems {
	readonly source: string;
	readonly file: string;
	readonly dialect: Dialect;
	readonly #found: { readonly spot: Spot; readonly code: ProblemCode; message: string; remedy: string }[] = [];
	readonly #seen = new Set<string>();
	readonly #tables: (readonly [path: Path, isPublic: (key: string) => boolean])[] = [];
	#untold = 0;
	#located: Located | undefined;

	constructor(source: string, file: string, dialect: Dialect) {
		this.source = source;
		this.file = file;
		this.dialect = dialect;
	}

	/** Where everything is; found only when the first place is asked for. */
	get located(): Located {
		this.#located ??= locate(this.source);
		return this.#located;
	}

	/** Says which keys of a table frames may show the values of. Those of tables that nobody names are hidden. */
	know(path: Path, isPublic: (key: string) => boolean): void {
		this.#tables.push([path, isPublic]);
	}

	/** Where a key or table is; for an absent one, where the nearest table around it is. */
	spot(path: Path): Spot {
		for (let length = path.length; length > 0; length--) {
			const spot = this.located.key(path.slice(0, length));
			if (spot !== undefined) return spot;
		}
		return TOP;
	}

	/** The place of a key or table, worked out when it is read. */
	place(path: Path): Place {
		const spot = () => this.spot(path);
		return {
			file: this.file,
			get line() {
				return spot().line;
			},
			get column() {
				return spot().column;
			},
		};
	}

	/** Notes an error at a key. */
	add(code: ProblemCode, path: Path, message: string, remedy: string | (() => string)): void {
		this.addAt(code, this.spot(path), message, remedy);
	}

	/** Notes an error at a spot. The same one told twice, as of a default that many hooks take, counts once. */
	addAt(code: ProblemCode, spot: Spot, message: string, remedy: string | (() => string)): void {
		const identity = `${spot.offset} ${message}`;
		if (this.#seen.has(identity)) return;
		if (this.#found.length === MAX_TOLD) {
			this.#untold++;
			return;
		}
		this.#seen.add(identity);
		this.#found.push({ spot, code, message, remedy: typeof remedy === "string" ? remedy : remedy() });
	}

	/** Throws one error with all of them, or returns when there are none. */
	throwIfAny(): void {
		if (this.#found.length === 0) return;
		const redact = redactValues(this.source, this.located, this.#isPublic());
		const sorted = this.#found.toSorted((a, b) => a.spot.offset - b.spot.offset);
		const told = sorted.map(({ spot: { line, column, ...spot }, code, message, remedy }): Problem => {
			const place = { file: this.file, line, column };
			return { code, message, remedy, place, frame: codeFrame(this.source, { line, column, ...spot }, redact) };
		});
		if (this.#untold > 0) {
			const message = `${count(this.#untold, "more error")} in ${this.file}`;
			told.push({ code: "config_shape", message, remedy: "correct these first" });
		}
		throwIfAny(told);
	}

	/** A value is public where the innermost known table that it is in says so of its key there. */
	#isPublic(): IsPublic {
		const tables = new Map(this.#tables.map(([path, isPublic]) => [JSON.stringify(path), isPublic]));
		const deepest = this.#tables.reduce((most, [path]) => Math.max(most, path.length), 0);
		return (path) => {
			for (let length = Math.min(path.length - 1, deepest); length > 0; length--) {
				const isPublic = tables.get(JSON.stringify(path.slice(0, length)));
				const key = path[length];
				if (isPublic !== undefined) return typeof key === "string" && isPublic(key);
			}
			return false;
		};
	}
}
