// The kinds of keys: how the value of each is read and checked, and the same in JSON Schema.
import type { JsonObject } from "../lib/json.ts";
import { malformedReference, parseReference, type Reference } from "../model/reference.ts";
import type { Fields, Value } from "./fields.ts";
import type { Path } from "./positions.ts";
import { didYouMean, list, quote, typeName } from "./words.ts";

/** A key of a config, whose value is a T, and D where no table has one. */
export interface Key<T, D = T | undefined> {
	readonly name: string;
	/** One line, in Markdown. */
	readonly summary: string;
	/** Whether code frames show its value. */
	readonly public: boolean;
	readonly default: D;
	/** What the reference says of the default, where it is not a value. */
	readonly otherwise?: string;
	/** The words that it takes, where they are few. */
	readonly choices?: readonly string[];
	/** Its values, as JSON Schema. */
	readonly type: JsonObject;
	/** Its value in a table; undefined where it is absent, and where it is wrong, which is noted. */
	readonly read: (fields: Fields) => T | undefined;
}

/** What is written for each key; most are public. */
interface Written {
	readonly summary: string;
	readonly public?: boolean;
	readonly otherwise?: string;
}

/** What is written for a key whose default may be a plain value. */
type WithDefault<D, More> = Written & More & { readonly default: D };

/** A key of any kind, by the reader of its value. */
export function key<T, D = undefined>(
	name: string,
	written: Written & { readonly default: D },
	type: JsonObject,
	read: (value: Value) => T | undefined,
): Key<T, D> {
	return {
		public: true,
		...written,
		name,
		type,
		read: (fields) => {
			const value = fields.get(name);
			return value === undefined ? undefined : read(value);
		},
	};
}

/** A key without a default, by the reader of its value. */
export function special<T>(
	name: string,
	{ type, read, ...written }: Written & { readonly type: JsonObject; readonly read: (value: Value) => T | undefined },
): Key<T> {
	return key(name, { ...written, default: undefined }, type, read);
}

/** The largest number that timers take, and with it every number of a config. */
const MAX_INTEGER = 2 ** 31 - 1;

/** An integer from `least` to `most`. */
export function integer<D extends number | undefined>(
	name: string,
	{ least, most = MAX_INTEGER, ...written }: WithDefault<D, { readonly least: number; readonly most?: number }>,
): Key<number, D> {
	return key(name, written, { type: "integer", minimum: least, maximum: most }, (value) => {
		const { raw } = value;
		if (typeof raw === "number" && Number.isInteger(raw) && raw >= least && raw <= most) return raw;
		const unit = name.endsWith("_ms") ? "write milliseconds as a whole number" : "write a whole number in that range";
		const hint = typeof raw === "string" ? `${unit}, without quotes` : unit;
		return value.wrong(`must be an integer from ${least} to ${most}`, hint);
	});
}

export function boolean(name: string, written: WithDefault<boolean, unknown>): Key<boolean, boolean> {
	return key(name, written, { type: "boolean" }, readBoolean);
}

/** One of a few words. */
export function choice<T extends string, D extends T | undefined>(
	name: string,
	{ choices, anyCase, ...written }: WithDefault<D, { readonly choices: readonly T[]; readonly anyCase?: AnyCase }>,
): Key<T, D> {
	const type = wordType(choices, anyCase === "always");
	return {
		...key<T, D>(name, written, type, (value) => {
			return readChoice(value, choices, anyCase === "always" || anyCase === value.problems.dialect);
		}),
		choices,
	};
}

/** Where a word may be written in any case; `rocky` is in Rocky's own file. */
type AnyCase = "always" | "rocky";

/** A text that is not empty; never quoted in a message. */
export function text(name: string, written: Written): Key<string> {
	return special(name, { ...written, type: TEXT, read: readText });
}

/** A text that may refer to variables and, if it refers to none, is not empty. */
export function reference(name: string, written: Written): Key<Reference> {
	return special(name, { ...written, type: TEXT, read: readFilled });
}

/** One text or a list of them. */
export function texts(
	name: string,
	{ example, ...written }: Written & { readonly example: string },
): Key<readonly Text[]> {
	const type = oneOrMany(TEXT, { maxItems: MAX_TEXTS, uniqueItems: true });
	return special(name, { ...written, type, read: (value) => readTexts(value, `write ${name} = ${example}`) });
}

/** A string with something in it. */
export const TEXT: JsonObject = { type: "string", pattern: "\\S" };

/** One of the words, which editors then offer. */
export function wordType(words: readonly string[], anyCase = false): JsonObject {
	const exact = { type: "string", enum: [...words] };
	if (!anyCase) return exact;
	const letters = (word: string) =>
		word.replaceAll(/[a-z]/gi, (char) => `[${char.toUpperCase()}${char.toLowerCase()}]`);
	return { anyOf: [exact, { type: "string", pattern: `^(?:${words.map(letters).join("|")})$` }] };
}

export function oneOrMany(type: JsonObject, limits: JsonObject): JsonObject {
	return { anyOf: [type, { type: "array", items: type, minItems: 1, ...limits }] };
}

/** A text and where it is. */
export interface Text {
	/** Without white space around it, and not empty. */
	readonly text: string;
	readonly path: Path;
}

/** More than any hook needs. */
const MAX_TEXTS = 1000;
const MAX_TEXT = 1000;

/** The items of a list that is neither empty nor too long, or the one value in its place. */
export function readItems(value: Value, most: number, remedy: string): readonly Value[] {
	const items = value.items();
	if (items.length === 0) value.wrong("is empty", `${remedy}, or leave the key out`);
	if (items.length <= most) return items;
	value.wrong(`has more than ${most} items`, "shorten it");
	return [];
}

/** The texts of a key, in their order and each once. Those that are wrong are noted and left out. */
function readTexts(value: Value, remedy: string): readonly Text[] | undefined {
	if (!Array.isArray(value.raw) && typeof value.raw !== "string") return value.mistyped("an array of strings", remedy);
	const items = readItems(value, MAX_TEXTS, remedy);
	const found = new Map<string, Text>();
	for (const item of items) {
		const text = typeof item.raw === "string" ? item.raw.trim() : undefined;
		if (text === undefined) item.wrong(`must hold strings, not ${typeName(item.raw)}`, remedy);
		else if (text === "") item.wrong("has an empty string in it", "give it a value, or take it out");
		else if (text.length > MAX_TEXT) item.wrong(`has more than ${MAX_TEXT} characters in a string`, "shorten it");
		else if (LINE_BREAK.test(text))
			item.wrong("has a line break or control character in a string", "write it on one line");
		else if (found.has(text)) item.wrong(`has ${quote(text)} twice`, "take one of the two out");
		else found.set(text, { text, path: item.path });
	}
	return items.length === 0 ? undefined : [...found.values()];
}

/** What no text of one line has in it. */
const LINE_BREAK = /[\p{Cc}\p{Zl}\p{Zp}]/u;

export function readBoolean(value: Value): boolean | undefined {
	if (typeof value.raw === "boolean") return value.raw;
	return value.mistyped("true or false", "write true or false, without quotes");
}

/** One of the words, in any case where `folds`. */
export function readChoice<T extends string>(value: Value, choices: readonly T[], folds = false): T | undefined {
	const written = readText(value);
	if (written === undefined) return undefined;
	const same = (choice: T) => choice === written || (folds && choice.toLowerCase() === written.toLowerCase());
	const found = choices.find(same);
	if (found !== undefined) return found;
	const remedy = didYouMean(written, choices, `use ${list(choices)}`);
	return value.wrong(`is ${quote(written)}, which is not one of ${choices.join(", ")}`, remedy);
}

/** A string that is not empty. */
export function readText(value: Value): string | undefined {
	const text = readString(value);
	return text?.trim() === "" ? value.wrong("is empty", "give it a value, or leave the key out") : text;
}

/** A string that may refer to variables. */
export function readReference(value: Value): Reference | undefined {
	const text = readString(value);
	return text !== undefined && checkReferences(value, text) ? parseReference(text) : undefined;
}

/** A string that may refer to variables and, if it refers to none, is not empty. */
export function readFilled(value: Value): Reference | undefined {
	return readText(value) === undefined ? undefined : readReference(value);
}

/** Whether every `${` of a string in the value begins a variable; one that does not is noted. */
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
	return value.raw.includes("\0") ? value.wrong("has a NUL character in it", "take it out") : value.raw;
}

/** Names are shown in annotations and tables. */
const MAX_NAME = 100;

/** The `name` of a hook, on one line. */
export function readName(value: Value): string | undefined {
	const name = readText(value)?.trim();
	if (name !== undefined && name.length > MAX_NAME) value.wrong(`is longer than ${MAX_NAME} characters`, "shorten it");
	else if (name !== undefined && LINE_BREAK.test(name)) {
		value.wrong("has a line break or control character in it", "write it on one line");
	}
	return name;
}
