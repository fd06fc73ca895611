// Whatever else is known of a hook, as its table `custom`: no variable is inserted there, so secrets are left out.
import { isTable, type Table } from "../../config/fields.ts";
import { CREDENTIAL, keyName } from "../../config/words.ts";
import { ExactNumber } from "../../lib/exact-number.ts";
import { SECRET_NAME } from "../../model/hook-references.ts";
import { isSecretValue } from "../../secrets/parts.ts";
import type { Draft } from "./draft.ts";
import { hasCredential, isSecretUrl, mayHaveCredential } from "./secret-text.ts";
import type { TomlTable, TomlValue } from "./toml.ts";

/** What is said of values, and of which. */
type Told = Map<string, string[]>;

const SECRET = "a credential, not carried over, since no variable is inserted in custom";
const SUSPECT = "may have a credential in it: if so, remove it";
const NULL = "null, not carried over, since TOML does not have it";
const INEXACT = "written as a text, since TOML cannot hold the number";

/** The table without what it cannot have; `from` is its name where it was. A line for each reason says what is not as it was. */
export function customOf(table: Table, from: string, draft: Draft): TomlTable {
	const told: Told = new Map();
	const custom = tableOf(table, from, false, told);
	for (const [what, places] of told) draft.note(`${shortList(places)}: ${what}`);
	return custom;
}

/** The first few of many places. */
function shortList(places: readonly string[]): string {
	const shown = places.slice(0, 5).join(", ");
	return places.length > 5 ? `${shown} and ${places.length - 5} more` : shown;
}

function tableOf(table: Table, place: string, isSecret: boolean, told: Told): TomlTable {
	const entries = Object.entries(table).map(([key, item]): readonly [string, TomlValue | undefined] => {
		const at = `${place}.${keyName(key)}`;
		if (CREDENTIAL.test(key)) return [key, tell(told, SECRET, at)];
		return [key, tomlOf(item, at, isSecret || SECRET_NAME.test(key), told)];
	});
	return Object.fromEntries(entries);
}

/** `isSecret`: a key on the way to the value says that it is one. */
function tomlOf(value: unknown, place: string, isSecret: boolean, told: Told): TomlValue | undefined {
	if (typeof value === "string") return textOf(value, place, isSecret, told);
	if (Array.isArray(value)) {
		return value.flatMap((item: unknown, index) => {
			const found = tomlOf(item, `${place}[${index}]`, isSecret, told);
			return found === undefined ? [] : [found];
		});
	}
	if (isTable(value)) return tableOf(value, place, isSecret, told);
	if (typeof value === "boolean" || value instanceof Date) return value;
	if (typeof value !== "number" && typeof value !== "bigint" && !(value instanceof ExactNumber)) {
		return tell(told, NULL, place);
	}
	if (isSecret && String(value).length >= SHORTEST_PIN) return tell(told, SECRET, place);
	if (!(value instanceof ExactNumber) || isExactInToml(value)) return value;
	tell(told, INEXACT, place);
	return String(value);
}

/** Digits from which on a number under such a key is rather a password than a count. */
const SHORTEST_PIN = 6;

function textOf(text: string, place: string, isSecret: boolean, told: Told): string | undefined {
	const isNamed = isSecret && isSecretValue("secret", text) && !/^[./~]/.test(text);
	if (isNamed || hasCredential(text) || isSecretUrl(text)) return tell(told, SECRET, place);
	if (mayHaveCredential(text)) tell(told, SUSPECT, place);
	return text;
}

function tell(told: Told, what: string, place: string): undefined {
	const places = told.get(what);
	if (places === undefined) told.set(what, [place]);
	else places.push(place);
}

const MAX_INTEGER = 2n ** 63n;

/** Integers have 64 bits in TOML, and floats are JavaScript's. */
function isExactInToml(number: ExactNumber): boolean {
	if (!/^-?\d+$/.test(number.text)) return number.toNumber() !== undefined;
	const value = BigInt(number.text);
	return value >= -MAX_INTEGER && value < MAX_INTEGER;
}
