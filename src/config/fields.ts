// Reading one table of the config field by field: each value checked, each mistake noted at its own key.

import { isObject } from "../lib/json.ts";
import type { ProblemCode } from "../model/problem.ts";
import { parseReference, type Reference } from "../model/reference.ts";
import type { Path } from "./locate.ts";
import type { Problems } from "./problems.ts";
import { didYouMean, keyName, list, quote, referenceFault, typeName } from "./words.ts";

/** A TOML table. Its values may be anything that TOML has, integers past 2⁵³ as bigint and dates as Date. */
export type Table = Readonly<Record<string, unknown>>;

/** The largest number that timers take, and with it every number of a config. */
const MAX_INTEGER = 2 ** 31 - 1;

/** Whether a TOML value is a table; a date is none. */
export function isTable(value: unknown): value is Table {
	return isObject(value) && !(value instanceof Date);
}

/**
 * One table and where it stands. Each reader gives undefined where the key is absent, and where it is wrong after
 * noting that.
 */
export class Fields {
	readonly table: Table;
	readonly path: Path;
	readonly problems: Problems;
	readonly #prefix: string;

	/** `prefix` stands before the keys of a nested table in messages: `env.`. */
	constructor(table: Table, path: Path, problems: Problems, prefix = "") {
		this.#prefix = prefix;
		this.table = table;
		this.path = path;
		this.problems = problems;
	}

	has(key: string): boolean {
		return Object.hasOwn(this.table, key);
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

	/** Notes a mistake at a key of this table. */
	wrong(key: string, message: string, remedy: string, code: ProblemCode = "config_value"): undefined {
		this.problems.add(code, this.at(key), message, remedy);
	}

	/** Notes at the table's header that a key is not there. */
	missing(key: string, remedy: string, message = `${key} is missing`): undefined {
		this.problems.add("config_shape", this.path, message, remedy);
	}

	/** A string that must say something; never quoted in a message. */
	text(key: string): string | undefined {
		const value = this.#string(key);
		if (value?.trim() !== "") return value;
		return this.wrong(key, `${this.label(key)} is empty`, "give it a value, or leave the key out");
	}

	/** An integer from `least` to {@link MAX_INTEGER}, or to `most`. */
	integer(key: string, least: number, most: number = MAX_INTEGER): number | undefined {
		const value = this.#read(key);
		if (value === undefined) return undefined;
		if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
		const unit = key.endsWith("_ms") ? "write milliseconds as a whole number" : "write a whole number in that range";
		const hint = typeof value === "string" ? `${unit}, without quotes` : unit;
		return this.wrong(key, `${this.label(key)} must be an integer from ${least} to ${most}`, hint);
	}

	boolean(key: string): boolean | undefined {
		const value = this.#read(key);
		if (value === undefined || typeof value === "boolean") return value;
		return this.#mistyped(key, "true or false", "write true or false, without quotes");
	}

	/** One of a few words. `fold` is put on what is written before it is looked up. */
	choice<T extends string>(
		key: string,
		choices: readonly T[],
		fold: (written: string) => string = (written) => written,
	): T | undefined {
		const written = this.text(key);
		if (written === undefined) return undefined;
		const found = choices.find((choice) => choice === fold(written));
		if (found !== undefined) return found;
		const remedy = didYouMean(written, choices, `use ${list(choices)}`);
		return this.wrong(key, `${this.label(key)} is ${quote(written)}, which is none of ${choices.join(", ")}`, remedy);
	}

	/** A string that may refer to variables. */
	reference(key: string): Reference | undefined {
		const value = this.#string(key);
		if (value === undefined) return undefined;
		const fault = referenceFault(value);
		if (fault !== undefined) return this.wrong(key, `${this.label(key)} ${fault.problem}`, fault.remedy);
		return parseReference(value);
	}

	/** A string that may refer to variables and, if it refers to none, must say something. */
	filled(key: string): Reference | undefined {
		return this.text(key) === undefined ? undefined : this.reference(key);
	}

	/** A table below this one, undefined if the key is absent or something else, for which there is the remedy. */
	nested(key: string, remedy = 'write it as { KEY = "value" }'): Fields | undefined {
		const value = this.#read(key);
		if (value === undefined) return undefined;
		if (isTable(value)) return new Fields(value, this.at(key), this.problems, `${this.label(key)}.`);
		return this.#mistyped(key, "a table", remedy);
	}

	#string(key: string): string | undefined {
		const value = this.#read(key);
		if (value === undefined) return undefined;
		if (typeof value !== "string") return this.#mistyped(key, "a string", 'put it in quotes, as in "text"');
		if (value.includes("\0")) return this.wrong(key, `${this.label(key)} has a NUL character in it`, "take it out");
		return value;
	}

	#read(key: string): unknown {
		return this.has(key) ? this.table[key] : undefined;
	}

	#mistyped(key: string, wanted: string, remedy: string): undefined {
		return this.wrong(
			key,
			`${this.label(key)} must be ${wanted}, not ${typeName(this.table[key])}`,
			remedy,
			"config_shape",
		);
	}
}
