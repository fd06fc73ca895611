// The keys of a config and the kinds of values that they hold: how each is read and checked, and its JSON Schema.
import type { JsonObject } from "../lib/json.ts";
import { malformedReference, parseReference, type Reference } from "../model/reference.ts";
import type { Fields, Value } from "./fields.ts";
import type { Path } from "./positions.ts";
import { didYouMean, list, quote, typeName } from "./words.ts";

/** A kind of value. */
export interface Kind<T> {
	/** As JSON Schema. */
	readonly type: JsonObject;
	/** The words that it accepts, if there are few. */
	readonly choices?: readonly string[];
	/** The value; undefined if it is wrong, which is reported. */
	readonly parse: (value: Value) => T | undefined;
}

/** What the table of keys says of each. */
interface Written {
	/** One line, in Markdown. */
	readonly summary: string;
	/** Whether code frames show its value; most are public. */
	readonly public?: boolean;
	/** The default as the reference describes it, if it is not a plain value. */
	readonly otherwise?: string;
}

/** A key whose value is a T, or a D if no table has the key. */
export interface Key<T, D = T | undefined> extends Kind<T>, Written {
	readonly name: string;
	readonly public: boolean;
	readonly default: D;
	/** Its value in a table; undefined if it is absent, or wrong, which is reported. */
	readonly read: (fields: Fields) => T | undefined;
}

export function key<T>(name: string, kind: Kind<T>, written: Written): Key<T>;
export function key<T, D extends T>(name: string, kind: Kind<T>, written: Written & { readonly default: D }): Key<T, D>;
export function key<T>(
	name: string,
	kind: Kind<T>,
	{ default: value, ...written }: Written & { readonly default?: unknown },
): Key<T, unknown> {
	const read = (fields: Fields) => {
		const found = fields.get(name);
		return found === undefined ? undefined : kind.parse(found);
	};
	return { public: true, ...kind, ...written, name, default: value, read };
}

/** A hook's own table, then its defaults. */
export type Layers = readonly [Fields, ...Fields[]];

/** The value in the first table that has the key, else its default. */
export function setting<T, D>(row: Key<T, D>, layers: readonly Fields[]): T | D {
	for (const fields of layers) {
		const value = row.read(fields);
		if (value !== undefined) return value;
	}
	return row.default;
}

type Rows = Readonly<Record<string, Key<unknown, unknown>>>;
type Settings<R> = { readonly [N in keyof R]: R[N] extends Key<infer T, infer D> ? T | D : never };

/** The settings of several rows, under the names that the rows have in their record. */
export function settings<R extends Rows>(rows: R, layers: Layers): Settings<R>;
export function settings(rows: Rows, layers: Layers): Readonly<Record<string, unknown>> {
	return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, setting(row, layers)]));
}

/** The largest number that timers take, and with it every number of a config. */
const MAX_INTEGER = 2 ** 31 - 1;

/** An integer from `least` to `most`. */
export function integer(least: number, most = MAX_INTEGER): Kind<number> {
	return {
		type: { type: "integer", minimum: least, maximum: most },
		parse: (value) => {
			const { raw } = value;
			if (typeof raw === "number" && Number.isInteger(raw) && raw >= least && raw <= most) return raw;
			const isTime = value.label.endsWith("_ms");
			const unit = isTime ? "write milliseconds as a whole number" : "write a whole number in that range";
			const hint = typeof raw === "string" ? `${unit}, without quotes` : unit;
			return value.wrong(`must be an integer from ${least} to ${most}`, hint);
		},
	};
}

export const BOOLEAN: Kind<boolean> = {
	type: { type: "boolean" },
	parse: (value) => {
		if (typeof value.raw === "boolean") return value.raw;
		return value.mistyped("true or false", "write true or false, without quotes");
	},
};

/** A text that is not empty. Messages never quote it. */
export const TEXT: Kind<string> = {
	type: { type: "string", pattern: "\\S" },
	parse: (value) => {
		const text = readString(value);
		return text?.trim() === "" ? value.wrong("is empty", "give it a value, or leave the key out") : text;
	},
};

/** A text with variables, or one that is not empty. */
export const REFERENCE: Kind<Reference> = {
	type: TEXT.type,
	parse: (value) => (TEXT.parse(value) === undefined ? undefined : readReference(value)),
};

/** One of a few words; `anyCase` ignores case, always or only in rocky.toml. */
export function choice<T extends string>(choices: readonly T[], anyCase?: "always" | "rocky"): Kind<T> {
	const exact = { type: "string", enum: [...choices] };
	const letters = (word: string) =>
		word.replaceAll(/[a-z]/gi, (char) => `[${char.toUpperCase()}${char.toLowerCase()}]`);
	const folded = { type: "string", pattern: `^(?:${choices.map(letters).join("|")})$` };
	return {
		type: anyCase === "always" ? { anyOf: [exact, folded] } : exact,
		choices,
		parse: (value) => {
			const written = TEXT.parse(value);
			if (written === undefined) return undefined;
			const folds = anyCase === "always" || anyCase === value.problems.dialect;
			const fold = (word: string) => (folds ? word.toLowerCase() : word);
			const found = choices.find((word) => fold(word) === fold(written));
			if (found !== undefined) return found;
			const remedy = didYouMean(written, choices, `use ${list(choices)}`);
			return value.wrong(`is ${quote(written)}, which is not one of ${choices.join(", ")}`, remedy);
		},
	};
}

/** As in Rocky, a word in a rocky.toml that is not one of the choices is a warning, and another one takes its place. */
export function orInRocky<T extends string>(kind: Kind<T>, otherwise: T): Kind<T> {
	const { choices = [] } = kind;
	return {
		...kind,
		parse: (value) => {
			const { raw, problems, path, label } = value;
			const isKnown = typeof raw !== "string" || choices.some((word) => word.toLowerCase() === raw.toLowerCase());
			if (problems.dialect !== "rocky" || isKnown || raw.trim() === "") return kind.parse(value);
			const message = `${label} is ${quote(raw)}, which is unknown, so it is ${quote(otherwise)}`;
			problems.warn("choice_unknown", path, message, didYouMean(raw, choices, `use ${list(choices)}`));
			return otherwise;
		},
	};
}

/** One value, or a list of some. */
export function oneOrMany(type: JsonObject, limits: JsonObject = {}): JsonObject {
	return { anyOf: [type, { type: "array", items: type, minItems: 1, ...limits }] };
}

/** The items of a list, which must not be empty or too long, or a single value. */
export function readItems(value: Value, most: number, remedy: string): readonly Value[] {
	const items = value.items();
	if (items.length === 0) value.wrong("is empty", `${remedy}, or leave the key out`);
	if (items.length <= most) return items;
	value.wrong(`has more than ${most} items`, "shorten it");
	return [];
}

/** One text or a list; each once, empty ones left out. */
export const STRINGS: Kind<readonly string[]> = {
	type: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
	parse: (value) => {
		const items = value.items();
		const found = items.map(({ raw }) => raw).filter((raw) => typeof raw === "string");
		if (found.length === items.length)
			return [...new Set(found.map((text) => text.trim()))].filter((text) => text !== "");
		if (items[0] === value) return value.mistyped("a string or an array of strings", 'write it as ["one", "two"]');
		return value.wrong("must contain only strings", "quote each item");
	},
};

/** A text and where it is. */
export interface Text {
	/** Without white space around it, and not empty. */
	readonly text: string;
	readonly path: Path;
}

/** More than any hook needs. */
const MAX_TEXTS = 1000;
const MAX_TEXT = 1000;

/** One text or a list of different ones. Wrong ones are reported and left out. */
export function texts(example: string): Kind<readonly Text[]> {
	const remedy = `write ${example}`;
	return {
		type: oneOrMany(TEXT.type, { maxItems: MAX_TEXTS, uniqueItems: true }),
		parse: (value) => {
			const isList = Array.isArray(value.raw);
			if (!isList && typeof value.raw !== "string") return value.mistyped("an array of strings", remedy);
			const items = readItems(value, MAX_TEXTS, remedy);
			const found = new Map<string, Text>();
			for (const item of items) {
				const text = readOneOf(item, remedy);
				if (text === undefined) continue;
				if (found.has(text)) item.wrong(`has ${quote(text)} twice`, "remove one of the two");
				else found.set(text, { text, path: item.path });
			}
			return items.length === 0 ? undefined : [...found.values()];
		},
	};
}

function readOneOf(item: Value, remedy: string): string | undefined {
	if (typeof item.raw !== "string") return item.wrong(`must contain strings, not ${typeName(item.raw)}`, remedy);
	const text = item.raw.trim();
	if (text === "") return item.wrong("has an empty string in it", "give it a value, or remove it");
	if (text.length > MAX_TEXT) return item.wrong(`has more than ${MAX_TEXT} characters in a string`, "shorten it");
	if (!LINE_BREAK.test(text)) return text;
	return item.wrong("has a line break or control character in a string", "write it on one line");
}

/** What a text on one line cannot contain. */
const LINE_BREAK = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** Names are shown in annotations and tables. */
const MAX_NAME = 100;

/** The name of a hook, on one line. */
export const NAME: Kind<string> = {
	type: TEXT.type,
	parse: (value) => {
		const name = TEXT.parse(value)?.trim() ?? "";
		if (name.length > MAX_NAME) value.wrong(`is longer than ${MAX_NAME} characters`, "shorten it");
		else if (LINE_BREAK.test(name)) value.wrong("has a line break or control character in it", "write it on one line");
		return name === "" ? undefined : name;
	},
};

/** A string with variables, possibly empty. */
export function readReference(value: Value): Reference | undefined {
	const text = readString(value);
	return text !== undefined && checkReferences(value, text) ? parseReference(text) : undefined;
}

/** Whether every `${` in a string begins a variable; one that does not is reported. */
export function checkReferences(value: Value, text: string): boolean {
	const index = malformedReference(text);
	if (index === undefined) return true;
	if (/^\$\{\{\s*(?:secrets|env|vars|github|inputs)\b/.test(text.slice(index, index + 50))) {
		const remedy = "set a variable under env: of the workflow step and write ${VARIABLE} here";
		value.wrong("has a GitHub expression in it, which is not evaluated in a file", remedy);
	} else {
		const remedy = "write ${NAME} or ${NAME:-default}; a literal ${ is written $${";
		value.wrong("has a ${ that does not begin a variable", remedy);
	}
	return false;
}

function readString(value: Value): string | undefined {
	if (typeof value.raw !== "string") return value.mistyped("a string", 'put it in quotes, as in "text"');
	return value.raw.includes("\0") ? value.wrong("has a NUL character in it", "remove it") : value.raw;
}
