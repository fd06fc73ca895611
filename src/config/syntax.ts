// The text of a config file as TOML: decoded, parsed by smol-toml, and its errors explained.
import { isUtf8 } from "node:buffer";
import { parse, TomlError } from "smol-toml";
import { type Place, UserError } from "../model/problem.ts";
import type { Table } from "./fields.ts";
import { codeFrame, hideAllButKeys } from "./frame.ts";
import { allPresets, optionRows } from "./options.ts";
import { otherFormat } from "./other-formats.ts";
import { TABLES } from "./schema.ts";
import { redactForms } from "./words.ts";

/** A message and a remedy. */
type Explanation = readonly [message: string, remedy: string];

const NOT_CLOSED: Explanation = ["a header is not closed", "end it with as many brackets as begin it"];
const NO_VALUE: Explanation = ["the line is not a key with a value", "write it as key = value"];

/** The parser's errors that users meet. */
const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
	"invalid value": ["the value is missing or is not a TOML value", 'put text in quotes, as in key = "text"'],
	"unfinished string": ["a string is not closed", "end it with the same quotes that it begins with"],
	"unfinished table": ["an inline table is not closed", "add the missing }"],
	"unfinished array": ["an array is not closed", "add the missing ]"],
	"expected comma or end of structure": ["a comma or a closing bracket is missing", "separate the items by commas"],
	"expected end of table array declaration": NOT_CLOSED,
	"each key-value declaration must be followed by an end-of-line": [
		"there is more on the line after the value",
		"write one key a line; text with quotes or spaces goes in quotes as a whole",
	],
	"incomplete key-value: cannot find end of key": NO_VALUE,
	"illegal character in key": ["a key has a character that needs quotes", 'write it as "the key" = value'],
	"unrecognised escape sequence": [
		"a backslash begins an escape that TOML does not know",
		"write \\\\ for a backslash, or put the text in single quotes",
	],
	"control characters are not allowed in strings": [
		"a string has a control character or a line break in it",
		'text of several lines goes in """three quotes"""',
	],
	"document contains excessively nested structures. aborting.": [
		"the tables and arrays are nested too deeply",
		"no hook needs so many levels: flatten them",
	],
};

/**
 * The text of a config file: UTF-8 without a byte order mark, with LF at the end of each line. Throws a {@link UserError}
 * at the first byte that is not UTF-8, or is NUL.
 */
export function decodeText(bytes: Uint8Array, file: string): string {
	const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
	const fail = (before: string, what: string) => {
		const message = `${file} ${what}`;
		const place = endOf(withoutMark(before), file);
		return new UserError({ code: "config_syntax", message, remedy: "save the file as plain UTF-8 text", place });
	};
	if (isUtf16) throw fail("", "is UTF-16, not UTF-8");
	const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
	if (!isUtf8(bytes)) {
		// Malformed bytes become U+FFFD; encoding the text again shows where the first one was.
		const wrong = new TextEncoder().encode(text).findIndex((byte, index) => byte !== bytes[index]);
		throw fail(new TextDecoder().decode(bytes.subarray(0, wrong)).replace(/\uFFFD$/, ""), "is not UTF-8 text");
	}
	const nul = text.indexOf("\0");
	if (nul !== -1) throw fail(text.slice(0, nul), "has a NUL byte in it");
	return normalised(text);
}

/** The place after a text from the beginning of the file. */
export function endOf(before: string, file: string): Place {
	const lines = before.split("\n");
	return { file, line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/**
 * The text with LF line ends and without a byte order mark, so that strings of several lines are the same on every system.
 * No line or column moves. A CR before CR LF remains an error.
 */
export function normalised(text: string): string {
	return withoutMark(text).replaceAll(/(?<!\r)\r\n/g, "\n");
}

function withoutMark(text: string): string {
	return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/**
 * Parses TOML. Integers beyond 2⁵³ are bigint. Throws a {@link UserError} at the first error, without any part of a value:
 * the parser's own code block could show a secret.
 */
export function parseSyntax(source: string, file: string): Table {
	try {
		return parse(source, { integersAsBigInt: "asNeeded" });
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		const other = otherFormat(source, file);
		if (other !== undefined) throw other;
		const upTo = source.split("\n", error.line).join("\n");
		const line = upTo.slice(upTo.lastIndexOf("\n") + 1);
		const text = /^Invalid TOML document: (.*)$/m.exec(error.message)?.[1] ?? "";
		const twice = text.startsWith("trying to redefine");
		const header = twice ? /^\s*\[\[?/.exec(line) : null;
		const column = header === null ? error.column : line.indexOf("[") + 1;
		const [message, remedy] = twice ? explainTwice(line, error.column, header !== null) : explain(text, line, column);
		const place = { file, line: error.line, column };
		const offset = upTo.length - line.length + column - 1;
		const known = new Set([
			...Object.values(TABLES).flatMap((rows) => [...rows.keys()]),
			...optionRows(...allPresets()).keys(),
		]);
		const frame = codeFrame(source, { line: error.line, column, offset }, hideAllButKeys(source, known));
		const whole = `${file} is not valid TOML: ${message}`;
		throw new UserError({ code: "config_syntax", message: whole, remedy, place, frame });
	}
}

function explain(text: string, line: string, column: number): Explanation {
	const explained = EXPLANATIONS[text] ?? [text, "see https://toml.io for the syntax"];
	const inHeader = /^\s*\[/.test(line);
	if (explained === NO_VALUE && inHeader) return NOT_CLOSED;
	if (text !== "illegal character in key") return explained;
	// To the parser, a line break is a character of the key.
	if (column > line.length) return inHeader ? NOT_CLOSED : NO_VALUE;
	const [message, remedy] = explained;
	return [message, inHeader ? 'put the name in quotes, as in [[hook."job.*"]]' : remedy];
}

/** The header of a hook, not of a table of hooks or a table inside a hook. */
const HOOK_HEADER = /^hooks?\.(?!webhooks$)(?!.*\.(?:env|headers)$)/;

/** The header of a hook without an event. */
const NAMELESS_HEADER = /^\s*\[\[\s*(hooks?(?:\.webhooks)?)\s*\]\]/;

/** A second definition; to TOML, a second hook for one event is one. */
function explainTwice(line: string, column: number, header: boolean): Explanation {
	const written = /^\s*((?:[A-Za-z0-9_.-]|"[^"]*"|'[^']*'|[ \t])+)/.exec(line.slice(column - 1))?.[1]?.trim() ?? "it";
	const key = redactForms(written);
	if (!header) return [`${key} is defined twice`, "keep one of the two"];
	const nameless = NAMELESS_HEADER.exec(line)?.[1];
	if (nameless !== undefined) {
		return [`[${key}] is defined twice`, `an event's name is missing: write [[${nameless}.<event>]]`];
	}
	if (!HOOK_HEADER.test(key)) return [`[${key}] is defined twice`, "merge the two tables into one"];
	return [`[${key}] is defined twice`, `write [[${key}]], with double brackets, above each of them to have several`];
}
