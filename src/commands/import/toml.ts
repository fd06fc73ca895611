// Writes tables as TOML, with comments above what they are about.
// https://toml.io/en/v1.1.0
import type { ExactNumber } from "../../lib/exact-number.ts";
import { isObject } from "../../lib/json.ts";
import { wrapped } from "../table.ts";

/** An exact number is written as it is, which TOML must be able to hold. */
export type TomlValue = string | number | bigint | boolean | Date | ExactNumber | readonly TomlValue[] | TomlTable;

/** A key that is undefined is not written. */
export interface TomlTable {
	readonly [key: string]: TomlValue | undefined;
}

/** One table with a header, and the tables in it. */
export interface Section {
	/** The keys of its header: `["hook", "webhooks", "pipeline_error"]`. */
	readonly path: readonly string[];
	/** Whether it is one of a list: `[[…]]`. */
	readonly isList: boolean;
	readonly table: TomlTable;
	/** Above the header. */
	readonly head: readonly string[];
	/** Above the key of that name. */
	readonly comments: ReadonlyMap<string, readonly string[]>;
}

/** Columns of a comment's text. */
const COMMENT_WIDTH = 110;

/** The text of a file. Parsed, it gives the same tables. */
export function writeToml(head: readonly string[], sections: readonly Section[]): string {
	const blocks = [head.flatMap(commentLines), ...sections.flatMap((section) => sectionBlocks(section))];
	const texts = blocks.filter((lines) => lines.length > 0).map((lines) => `${lines.join("\n")}\n`);
	return texts.join("\n");
}

/** The lines of each header and what is below it. Tables in a table of a section are written on one line. */
function sectionBlocks(
	{ path, isList, table, head, comments }: Section,
	isWhole = true,
): readonly (readonly string[])[] {
	const entries = Object.entries(table).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
	const isInner = ([, value]: (typeof entries)[number]) => isWhole && (isTable(value) || isTableList(value));
	const own = entries.filter((entry) => !isInner(entry));
	const width = own.reduce((most, [key]) => Math.max(most, tomlKey(key).length), 0);
	const lines = own.flatMap(([key, value]) => {
		const line = `${tomlKey(key).padEnd(width)} = ${tomlValue(value, true)}`;
		return [...(comments.get(key) ?? []).flatMap(commentLines), line];
	});
	const name = path.map(tomlKey).join(".");
	const inner = entries.filter(isInner).flatMap(([key, value]) => {
		const above = comments.get(key) ?? [];
		const tables = isTable(value) ? [value] : Array.isArray(value) ? value.filter(isTable) : [];
		return tables.flatMap((item, index) => {
			const rest = { path: [...path, key], isList: !isTable(value), head: index === 0 ? above : [] };
			return sectionBlocks({ ...rest, table: item, comments: new Map() }, false);
		});
	});
	return [[...head.flatMap(commentLines), isList ? `[[${name}]]` : `[${name}]`, ...lines], ...inner];
}

function isTable(value: TomlValue): value is TomlTable {
	return isObject(value) && !(value instanceof Date);
}

function isTableList(value: TomlValue): boolean {
	return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

/** A comment cannot hold control characters; a line break would end it. */
function commentLines(text: string): readonly string[] {
	const line = text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ");
	return wrapped(line.trim(), COMMENT_WIDTH).map((part) => `# ${part}`.trimEnd());
}

/** A key, bare where it can be. */
function tomlKey(key: string): string {
	return /^[\w-]+$/.test(key) ? key : basic(key);
}

/** A value; a text with line breaks goes on several lines where there is room for them. */
function tomlValue(value: TomlValue, isRoomy: boolean): string {
	if (typeof value === "string") return isRoomy && value.includes("\n") ? multiLine(value) : basic(value);
	if (Array.isArray(value)) return `[${value.map((item) => tomlValue(item, false)).join(", ")}]`;
	if (typeof value === "number") return tomlNumber(value);
	if (value instanceof Date) return value.toISOString();
	if (!isTable(value)) return String(value);
	const pairs = Object.entries(value).flatMap(([key, item]) =>
		item === undefined ? [] : [`${tomlKey(key)} = ${tomlValue(item, false)}`],
	);
	return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

function tomlNumber(value: number): string {
	if (Number.isNaN(value)) return "nan";
	if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
	return Object.is(value, -0) ? "-0.0" : String(value);
}

/** JSON's escapes are TOML's; DEL has none in JSON. */
function basic(text: string): string {
	return JSON.stringify(text.toWellFormed()).replaceAll("\u007f", "\\u007f");
}

/** Escaped as on one line, but for line breaks and for quotes that do not end the text. */
function multiLine(text: string): string {
	const escaped = basic(text).slice(1, -1);
	const plain = escaped.replaceAll(/\\(.)/g, (all, code) => (code === "n" ? "\n" : code === '"' ? '"' : all));
	return `"""\n${plain.replaceAll(/"(?="")|"$/g, '\\"')}"""`;
}
