// The tables and values of a config, each with its path, so that errors are reported where they are.
import { isObject } from "../lib/json.ts";
import type { ErrorCode, WarningCode } from "../model/problem.ts";
import type { Path } from "./positions.ts";
import type { Problems } from "./problems.ts";
import { keyName, type Remedy, typeName } from "./words.ts";

/** A TOML table. Its values may be anything that TOML has, integers past 2⁵³ as bigint and dates as Date. */
export type Table = Readonly<Record<string, unknown>>;

/** Whether a TOML value is a table; a date is not one. */
export function isTable(value: unknown): value is Table {
	return isObject(value) && !(value instanceof Date);
}

/** A value that may hold further tables. */
export function isContainer(value: unknown): value is readonly unknown[] | Table {
	return Array.isArray(value) || isTable(value);
}

/** One value of a table or list. */
export class Value {
	readonly raw: unknown;
	readonly path: Path;
	/** Its name in messages: its key, after the keys of the tables around it. */
	readonly label: string;
	readonly problems: Problems;

	constructor(raw: unknown, path: Path, label: string, problems: Problems) {
		this.raw = raw;
		this.path = path;
		this.label = label;
		this.problems = problems;
	}

	/** Reports an error; `problem` follows the label. */
	wrong(problem: string, remedy: Remedy, code: ErrorCode = "config_value"): undefined {
		this.problems.add(code, this.path, `${this.label} ${problem}`, remedy);
	}

	/** Reports a warning; `problem` follows the label. */
	warn(code: WarningCode, problem: string, remedy: Remedy): void {
		this.problems.warn(code, this.path, `${this.label} ${problem}`, remedy);
	}

	mistyped(wanted: string, remedy: string): undefined {
		return this.wrong(`must be ${wanted}, not ${typeName(this.raw)}`, remedy, "config_shape");
	}

	/** The items of a list; the value itself if it is not a list. */
	items(): readonly Value[] {
		const { raw, path, label, problems } = this;
		if (!Array.isArray(raw)) return [this];
		return raw.map((item: unknown, index) => new Value(item, [...path, index], label, problems));
	}

	/** The tables of a list, or the one table. Anything else is an error, in which an item is called `what`. */
	tables(what: string, remedy: string, prefix = ""): readonly Fields[] {
		const named = new Value(this.raw, this.path, what, this.problems);
		return named.items().flatMap((item) => item.fields(remedy, prefix) ?? []);
	}

	/** The value as a table; anything else is an error. `prefix` comes before the names of its keys in messages. */
	fields(remedy = 'write it as { KEY = "value" }', prefix = `${this.label}.`): Fields | undefined {
		if (!isTable(this.raw)) return this.mistyped("a table", remedy);
		return new Fields(this.raw, this.path, this.problems, prefix);
	}
}

/** One table. */
export class Fields {
	readonly table: Table;
	readonly path: Path;
	readonly problems: Problems;
	readonly #prefix: string;

	constructor(table: Table, path: Path, problems: Problems, prefix = "") {
		this.table = table;
		this.path = path;
		this.problems = problems;
		this.#prefix = prefix;
	}

	has(key: string): boolean {
		return Object.hasOwn(this.table, key);
	}

	/** The value of a key; undefined where it is absent. */
	get(key: string): Value | undefined {
		return this.has(key) ? this.#value(key) : undefined;
	}

	entries(): readonly (readonly [key: string, value: Value])[] {
		return this.keys().map((key) => [key, this.#value(key)]);
	}

	#value(key: string): Value {
		return new Value(this.table[key], this.at(key), this.#prefix + keyName(key), this.problems);
	}

	keys(): string[] {
		return Object.keys(this.table);
	}

	/** The same table with only these keys. */
	only(keys: readonly string[]): Fields {
		const table = Object.fromEntries(keys.map((key) => [key, this.table[key]]));
		return new Fields(table, this.path, this.problems, this.#prefix);
	}

	at(key: string): Path {
		return [...this.path, key];
	}

	/** Reports an error at a key of this table. */
	wrong(key: string, message: string, remedy: Remedy, code: ErrorCode = "config_value"): undefined {
		this.problems.add(code, this.at(key), message, remedy);
	}

	/** Reports at the table's header that a key is missing. */
	missing(key: string, remedy: string, message = `${key} is missing`): undefined {
		this.problems.add("config_shape", this.path, message, remedy);
	}
}
