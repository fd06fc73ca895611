// The kinds of keys: how the value of each is read and checked, and the same in JSON Schema.
import type { JsonObject } from "../lib/json.ts";
import { parseReference, type Reference } from "../model/reference.ts";
import type { Fields } from "./fields.ts";
import type { Path } from "./positions.ts";
import { didYouMean, list, quote, referenceProblem, typeName } from "./words.ts";

/** A key of a config. */
export interface Key<T> extends Described {
	readonly name: string;
	/** Its value in a table; undefined where it is absent, and where it is wrong, which is noted. */
	readonly read: (fields: Fields) => T | undefined;
	/** Its values, as JSON Schema. */
	readonly type: JsonObject;
	/** The words that it takes, where they are few. */
	readonly choices?: readonly string[];
	/** Its default, where that is a plain value. */
	readonly standard: number | string | boolean | undefined;
}

/** A key that hooks take from `[defaults]`, and else from here. */
export interface Setting<T> extends Key<T> {
	readonly default: T;
}

/** What the table says about a key of any kind. */
interface Described {
	/** One line, in Markdown. */
	readonly summary: string;
	/** Whether code frames show its value. */
	readonly public: boolean;
	/** What the reference says of the default, where it is not a value. */
	readonly otherwise?: string;
}

/** What is written for each key; most are public. */
interface Written<D> {
	readonly summary: string;
	readonly public?: false;
	readonly otherwise?: string;
	readonly default: D;
}

/** The largest number that timers take, and with it every number of a config. */
const MAX_INTEGER = 2 ** 31 - 1;

/** A key of a kind, of the reader for its value in a table. */
function key<T, D>(name: string, written: Written<D>, type: JsonObject, read: Key<T>["read"]): Setting<T | D> {
	const { default: value } = written;
	const standard =
		typeof value === "number" || typeof value === "string" || typeof value === "boolean" ? value : undefined;
	return { public: true, ...written, name, type, standard, read };
}

/** An integer from `least` to `most`. */
export function integer<D extends number | undefined>(
	name: string,
	{ least, most = MAX_INTEGER, ...written }: Written<D> & { readonly least: number; readonly most?: number },
): Setting<number | D> {
	return key(name, written, { type: "integer", minimum: least, maximum: most }, (fields) => {
		const value = fields.value(name);
		if (value === undefined) return undefined;
		if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
		const unit = name.endsWith("_ms") ? "write milliseconds as a whole number" : "write a whole number in that range";
		const hint = typeof value === "string" ? `${unit}, without quotes` : unit;
		return fields.wrong(name, `${fields.label(name)} must be an integer from ${least} to ${most}`, hint);
	});
}

export function boolean(name: string, written: Written<boolean>): Setting<boolean> {
	return key(name, written, { type: "boolean" }, (fields) => {
		const value = fields.value(name);
		if (value === undefined || typeof value === "boolean") return value;
		return fields.mistyped(name, "true or false", "write true or false, without quotes");
	});
}

/** One of a few words. */
export function choice<T extends string, D extends T | undefined>(
	name: string,
	{ choices, anyCase, ...written }: Written<D> & Choices<T>,
): Setting<T | D> {
	const row = key<T, D>(name, written, wordType(choices, anyCase === "always"), (fields) => {
		const folds = anyCase === "always" || (anyCase === "rocky" && fields.problems.dialect === "rocky");
		return readChoice(fields, name, choices, folds);
	});
	return { ...row, choices };
}

interface Choices<T> {
	readonly choices: readonly T[];
	/** Where a word may be written in any case; `rocky` is in Rocky's own file. */
	readonly anyCase?: "always" | "rocky";
}

/** A text that is not empty; never quoted in a message. */
export function text(name: string, written: Written<undefined>): Setting<string | undefined> {
	return key(name, written, TEXT, (fields) => readText(fields, name));
}

/** A text that may refer to variables and, if it refers to none, is not empty. */
export function reference(name: string, written: Written<undefined>): Setting<Reference | undefined> {
	return key(name, written, TEXT, (fields) => readFilled(fields, name));
}

/** One text or an array of them. */
export function texts(
	name: string,
	{ example, ...written }: Written<undefined> & { readonly example: string },
): Setting<readonly Text[] | undefined> {
	const type = oneOrMany(TEXT, { maxItems: MAX_TEXTS, uniqueItems: true });
	return key(name, written, type, (fields) => readTexts(fields, name, example));
}

/** A key whose value has a reader of its own. */
export function special<T, D>(
	name: string,
	{ type, read, ...written }: Written<D> & Pick<Key<T>, "type" | "read">,
): Setting<T | D> {
	return key(name, written, type, read);
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

/** The texts of a key, in their order and each once. Those that are wrong are noted and left out. */
function readTexts(fields: Fields, name: string, example: string): readonly Text[] | undefined {
	const value = fields.value(name);
	if (value === undefined) return undefined;
	const label = fields.label(name);
	const remedy = `write ${name} = ${example}`;
	if (!Array.isArray(value) && typeof value !== "string") return fields.mistyped(name, "an array of strings", remedy);
	const items: readonly unknown[] = Array.isArray(value) ? value : [value];
	if (items.length === 0) return fields.wrong(name, `${label} is empty`, `${remedy}, or leave the key out`);
	if (items.length > MAX_TEXTS) return fields.wrong(name, `${label} has more than ${MAX_TEXTS} items`, "shorten it");
	const found = new Map<string, Text>();
	for (const [index, item] of items.entries()) {
		const path = Array.isArray(value) ? [...fields.at(name), index] : fields.at(name);
		const wrong = (problem: string, what: string) =>
			fields.problems.add("config_value", path, `${label} ${problem}`, what);
		const text = typeof item === "string" ? item.trim() : undefined;
		if (text === undefined) wrong(`must hold strings, not ${typeName(item)}`, remedy);
		else if (text === "") wrong("has an empty string in it", "give it a value, or take it out");
		else if (text.length > MAX_TEXT) wrong(`has more than ${MAX_TEXT} characters in a string`, "shorten it");
		else if (LINE_BREAK.test(text)) wrong("has a line break or control character in a string", "write it on one line");
		else if (found.has(text)) wrong(`has ${quote(text)} twice`, "take one of the two out");
		else found.set(text, { text, path });
	}
	return [...found.values()];
}

/** What no text of one line has in it. */
const LINE_BREAK = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** One of the words, for which those that `folds` may be written in any case. */
export function readChoice<T extends string>(
	fields: Fields,
	name: string,
	choices: readonly T[],
	folds = false,
): T | undefined {
	const written = readText(fields, name);
	if (written === undefined) return undefined;
	const same = (choice: T) => choice === written || (folds && choice.toLowerCase() === written.toLowerCase());
	const found = choices.find(same);
	if (found !== undefined) return found;
	const remedy = didYouMean(written, choices, `use ${list(choices)}`);
	const message = `${fields.label(name)} is ${quote(written)}, which is not one of ${choices.join(", ")}`;
	return fields.wrong(name, message, remedy);
}

/** A string that is not empty. */
export function readText(fields: Fields, name: string): string | undefined {
	const value = readString(fields, name);
	if (value?.trim() !== "") return value;
	return fields.wrong(name, `${fields.label(name)} is empty`, "give it a value, or leave the key out");
}

/** A string that may refer to variables. */
export function readReference(fields: Fields, name: string): Reference | undefined {
	const value = readString(fields, name);
	if (value === undefined) return undefined;
	const found = referenceProblem(value);
	return found === undefined
		? parseReference(value)
		: fields.wrong(name, `${fields.label(name)} ${found.problem}`, found.remedy);
}

/** A string that may refer to variables and, if it refers to none, is not empty. */
export function readFilled(fields: Fields, name: string): Reference | undefined {
	return readText(fields, name) === undefined ? undefined : readReference(fields, name);
}

function readString(fields: Fields, name: string): string | undefined {
	const value = fields.value(name);
	if (value === undefined) return undefined;
	if (typeof value !== "string") return fields.mistyped(name, "a string", 'put it in quotes, as in "text"');
	if (!value.includes("\0")) return value;
	return fields.wrong(name, `${fields.label(name)} has a NUL character in it`, "take it out");
}

/** Names are shown in annotations and tables. */
const MAX_NAME = 100;

/** The `name` of a hook, on one line. */
export function readName(fields: Fields): string | undefined {
	const name = readText(fields, "name")?.trim();
	if (name !== undefined && name.length > MAX_NAME) {
		fields.wrong("name", `name is longer than ${MAX_NAME} characters`, "shorten it");
	} else if (name !== undefined && LINE_BREAK.test(name)) {
		fields.wrong("name", "name has a line break or control character in it", "write it on one line");
	}
	return name;
}
