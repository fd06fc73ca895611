// Collects what is wrong with a config, or hardly meant, with places and code frames, in the order of the file.
import { count } from "../lib/text.ts";
import {
	type ErrorCode,
	type Place,
	type Problem,
	throwIfAny,
	type Warning,
	type WarningCode,
} from "../model/problem.ts";
import { codeFrame, hideValues } from "./frame.ts";
import { type Node, type Path, Positions } from "./positions.ts";
import type { Remedy } from "./words.ts";

/** `rocky.toml` belongs to Rocky: much that is an error in our own files may be right there. */
export type Dialect = "native" | "rocky";

/** More errors, or warnings, are only counted. */
const MAX_TOLD = 100;

/** Something to tell. */
interface Finding<C> {
	readonly offset: number;
	readonly code: C;
	readonly message: string;
	readonly remedy: string;
}

/** The first findings; the same twice, as in a default that many hooks use, counts once. */
class Findings<C> {
	readonly #found = new Map<string, Finding<C>>();
	untold = 0;

	add(code: C, offset: number, message: string, remedy: Remedy): void {
		const identity = `${offset} ${message}`;
		if (this.#found.has(identity)) return;
		if (this.#found.size === MAX_TOLD) this.untold++;
		else this.#found.set(identity, { offset, code, message, remedy: typeof remedy === "string" ? remedy : remedy() });
	}

	get sorted(): readonly Finding<C>[] {
		return [...this.#found.values()].toSorted((a, b) => a.offset - b.offset);
	}
}

/** What is wrong with one config file, or hardly meant, and where. */
export class Problems {
	readonly source: string;
	readonly file: string;
	readonly dialect: Dialect;
	readonly #errors = new Findings<ErrorCode>();
	readonly #warnings = new Findings<WarningCode>();
	readonly #tables: (readonly [path: Path, isPublic: (key: string) => boolean])[] = [];
	#positions: Positions | undefined;

	constructor(source: string, file: string, dialect: Dialect) {
		this.source = source;
		this.file = file;
		this.dialect = dialect;
	}

	/** Computed only if one is needed. */
	get positions(): Positions {
		this.#positions ??= new Positions(this.source);
		return this.#positions;
	}

	/** Says which values of a table frames may show. Values in all other tables are hidden. */
	know(path: Path, isPublic: (key: string) => boolean): void {
		this.#tables.push([path, isPublic]);
	}

	/** The offset of a key or table; of an absent one, that of the nearest table around it. */
	offset(path: Path): number {
		for (let length = path.length; length > 0; length--) {
			const node = this.positions.find(path.slice(0, length));
			if (node !== undefined) return node.offset;
		}
		return 0;
	}

	/** The place of a key or table, computed when it is read. */
	place(path: Path): Place {
		const spot = () => this.positions.spot(this.offset(path));
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

	/** Reports an error at a key. */
	add(code: ErrorCode, path: Path, message: string, remedy: Remedy): void {
		this.addAt(code, this.offset(path), message, remedy);
	}

	/** Reports an error at an offset. */
	addAt(code: ErrorCode, offset: number, message: string, remedy: Remedy): void {
		this.#errors.add(code, offset, message, remedy);
	}

	/** Reports a warning at a key. */
	warn(code: WarningCode, path: Path, message: string, remedy: Remedy): void {
		this.warnAt(code, this.offset(path), message, remedy);
	}

	/** Reports a warning at an offset. */
	warnAt(code: WarningCode, offset: number, message: string, remedy: Remedy): void {
		this.#warnings.add(code, offset, message, remedy);
	}

	/** Throws one {@link UserError} with all errors, if there are any. */
	throwIfAny(): void {
		const told: Problem[] = this.#told(this.#errors.sorted);
		const { untold } = this.#errors;
		if (untold > 0) {
			const message = `${count(untold, "more error")} in ${this.file}`;
			told.push({ code: "config_shape", message, remedy: "correct these first" });
		}
		throwIfAny(told);
	}

	/** The warnings, in the order of the file. */
	warnings(): readonly Warning[] {
		const told = this.#told(this.#warnings.sorted);
		const [last, { untold }] = [told.at(-1), this.#warnings];
		if (last === undefined || untold === 0) return told;
		const { code, place } = last;
		return [...told, { code, place, message: `${count(untold, "more warning")} in ${this.file}`, remedy: "" }];
	}

	#told<C>(findings: readonly Finding<C>[]) {
		if (findings.length === 0) return [];
		const hide = hideValues(this.source, this.positions, this.#isPublic());
		return findings.map(({ offset, ...problem }) => {
			const spot = this.positions.spot(offset);
			const place: Place = { file: this.file, line: spot.line, column: spot.column };
			return { ...problem, place, frame: codeFrame(this.source, spot, hide) };
		});
	}

	/** The innermost known table around a value decides whether it is public. */
	#isPublic(): (node: Node) => boolean {
		const tables = new Map(this.#tables.map(([path, isPublic]) => [this.positions.find(path), isPublic]));
		return ({ step, parent }) => {
			for (let [key, table] = [step, parent]; table !== undefined; { step: key, parent: table } = table) {
				const isPublic = tables.get(table);
				if (isPublic !== undefined) return typeof key === "string" && isPublic(key);
			}
			return false;
		};
	}
}
