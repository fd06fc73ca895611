// What the types that Google publishes of its Chat API say of a message.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isJsonArray, isJsonObject, type Json } from "../../src/lib/json.ts";

const path = fileURLToPath(import.meta.resolve("@googleapis/chat")).replace(/index\.js$/, "v1.d.ts");

/** The type of each key of each interface, as it is written: `string | null`, `Schema$Widget[]`. */
const INTERFACES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
	Array.from(
		readFileSync(path, "utf8").matchAll(/^ {4}export interface (Schema\$\w+) \{\n([\s\S]*?)^ {4}\}$/gm),
		([, name = "", keys = ""]) => [
			name,
			new Map(Array.from(keys.matchAll(/^ {8}(\w+)\?: (.+);$/gm), ([, key = "", type = ""]) => [key, type])),
		],
	),
);

/** What is wrong with a message by these types, with its place; empty when nothing is. */
export function messageFaults(message: Json): readonly string[] {
	return faults(message, "Schema$Message", "message");
}

function faults(value: Json, written: string, place: string): readonly string[] {
	const type = written.replace(/ \| null$/, "");
	const items = /^(.+)\[\]$/.exec(type)?.[1];
	if (items !== undefined) {
		if (!isJsonArray(value)) return [`${place} is no list`];
		return value.flatMap((item, index) => faults(item, items, `${place}.${index}`));
	}
	const keys = INTERFACES.get(type);
	if (keys === undefined) return typeof value === type ? [] : [`${place} is no ${type}`];
	if (!isJsonObject(value)) return [`${place} is no ${type}`];
	return Object.entries(value).flatMap(([key, item]) => {
		const known = keys.get(key);
		return known === undefined ? [`${place}.${key} is unknown`] : faults(item, known, `${place}.${key}`);
	});
}
