// One table of the config and where it is: what it has, and the errors noted at its keys.
import { isObject } from "../lib/json.ts";
import type { ProblemCode } from "../model/problem.ts";
import type { Path } from "./positions.ts";
import type { Problems } from "./problems.ts";
import { keyName, typeName } from "./words.ts";

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

/** One table, its path and the collector of errors. */
export class Fields {
	readonly table: Table;
	readonly path: Path;
	readonly problems: Problems;
	readonly #prefix: string;

	/** `prefix` comes before the keys of a nested table in messages: `env.`. */
	constructor(table: Table, path: Path, problems: Problems, prefix = "") {
		this.#prefix = prefix;
		this.table = table;
		this.path = path;
		this.problems = problems;
	}

	has(key: string): boolean {
		return Object.hasOwn(this.table, key);
	}

	/** The value of a key; undefined where it is absent. */
	value(key: string): unknown {
		return this.has(key) ? this.table[key] : undefined;
	}

	/** The table's keys, without `__proto__`, which is refused for the whole file at once. */
	keys(): string[] {
		return Object.keys(this.table).filter((key) => key !== "__proto__");
	}

	/** The same table as if it had only these of its keys. */
	only(keys: readonly string[]): Fields {
		const table = Object.fromEntries(keys.map((key) => [key, this.table[key]]));
		return new Fields(table, this.path, this.problems, this.#prefix);
	}

	at(key: string): Path {
		return [...this.path, key];
	}

	/** A key as messages name it. */
	label(key: string): string {
		return this.#prefix + keyName(key);
	}

	/** Notes an error at a key of this table. */
	wrong(key: string, message: string, remedy: string | (() => string), code: ProblemCode = "config_value"): undefined {
		this.problems.add(code, this.at(key), message, remedy);
	}

	/** Notes at a key that its value is of another type. */
	mistyped(key: string, wanted: string, remedy: string): undefined {
		const message = `${this.label(key)} must be ${wanted}, not ${typeName(this.table[key])}`;
		return this.wrong(key, message, remedy, "config_shape");
	}

	/** Notes at the table's header that a key is missing. */
	missing(key: string, remedy: string, message = `${key} is missing`): undefined {
		this.problems.add("config_shape", this.path, message, remedy);
	}

	/** A table below this one; undefined if the key is absent, or is something else, for which there is the remedy. */
	nested(key: string, remedy = 'write it as { KEY = "value" }'): Fields | undefined {
		const value = this.value(key);
		if (isTable(value)) return new Fields(value, this.at(key), this.problems, `${this.label(key)}.`);
		return value === undefined ? undefined : this.mistyped(key, "a table", remedy);
	}
}
