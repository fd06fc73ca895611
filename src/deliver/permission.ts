// What the body of a gate's response says: yes, no, nothing, or something that cannot count as a yes.
import { isJsonObject, isTooDeep, type Json, type JsonObject, parseJson } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Response } from "../model/preset.ts";

/** Empty for a response that says nothing about it: an object without `allow`, text, or no body. */
export interface Permission {
	/** An object whose `allow` is `true`. */
	readonly allowed?: true;
	/** The reason, in one line, of an `allow` that is not `true`, or is not where and how it must be. */
	readonly denied?: string;
	/** What is wrong with a response that is not one of a gate; goes on after "the response". */
	readonly unreadable?: string;
}

/** The response that a gate should give. */
export const YES = '{"allow": true}';

/**
 * Reads a body by its content type and by how it begins. Every status counts: a no in a 503 is a no. Where the body is
 * not known to be whole, only a JSON object does.
 */
export function readPermission(response: Response, isWhole: boolean): Permission {
	const text = response.body.trim();
	const value = parseJson(text);
	const type = response.headers["content-type"] ?? "";
	const isPage = HTML_TYPE.test(type) || isHtml(text);
	if (isJsonObject(value)) {
		const permission = readObject(value, text, response.status);
		return isPage ? { unreadable: HTML, ...permission } : permission;
	}
	if (text === "") {
		const isMissing = /json/i.test(type) && !BODILESS.has(response.status);
		return isMissing ? { unreadable: "is empty, although its content type is JSON" } : {};
	}
	if (isPage) return { unreadable: HTML };
	const problem = problemOf(text, type, value);
	if (ALLOW_IN_TEXT.test(text) && isWhole) {
		return malformed(response.status, `the response has an "allow", but ${problem ?? "is not a JSON object"}`);
	}
	return problem === undefined ? {} : { unreadable: problem };
}

/** What is wrong with a body that is not an object; undefined for plain text. */
function problemOf(text: string, type: string, value: Json | undefined): string | undefined {
	if (value !== undefined) return `is ${kindOf(value)}, not a JSON object`;
	if (/json/i.test(type) || /^[{["]/.test(text.replace(INVISIBLE, ""))) return "is not valid JSON";
	return BINARY.test(text) ? "is not readable as UTF-8 text" : undefined;
}

/** Whether a body is a page, such as that of a login or a captive portal, whatever its content type. */
export function isHtml(body: string): boolean {
	return HTML_START.test(body.replace(INVISIBLE, ""));
}

export const HTML = "is an HTML page (a login page?)";

const HTML_TYPE = /\/(?:html|xhtml\+xml)\b/i;

/** No Content and Reset Content. */
const BODILESS: ReadonlySet<number> = new Set([204, 205]);

/** By what a browser knows a page: https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type. */
const HTML_START =
	/^(?:<\?[^>]*>\s*)?<(?:!--|!doctype html|(?:html|head|body|title|meta|link|script|style|iframe|h1|div|font|table|form|a|b|br|p)[\s/>])/i;

/** What an editor does not show: white space, byte order marks, control and format characters, bytes that are not UTF-8. */
const INVISIBLE = /^[\s\p{Cc}\p{Cf}\ufffd]+/u;

/** What no text holds: control characters but white space, and bytes that are not UTF-8. */
const BINARY = /(?!\s)\p{Cc}|\ufffd/u;

/** An `allow` with a value in what is not an object: in a list, YAML, a form, XML, several objects in a row. */
const ALLOW_IN_TEXT = /\ballow(?:ed)?["'\\]*\s*[:=>]/i;

function readObject(value: JsonObject, text: string, status: number): Permission {
	const found = [...keysOf(text)].filter(({ key }) => ALLOW_KEYS.has(plain(key)));
	const [first, second] = found;
	const tooDeep = { unreadable: "is nested too deeply" };
	if (first === undefined) return isTooDeep(value) ? tooDeep : {};
	const allow = found.find(({ key, depth }) => key === "allow" && depth === 1);
	if (allow === undefined) {
		const instead =
			first.key === "allow"
				? '"allow" only below another key'
				: `${excerpt(JSON.stringify(first.key), 40)} instead of "allow"`;
		return malformed(status, `the response has ${instead}`);
	}
	const given = value["allow"] ?? null;
	if (given !== true) return { denied: reasonOf(value["reason"]) || notTrue(status, given) };
	if (second !== undefined) return malformed(status, 'the response has "allow" more than once');
	return isTooDeep(value) ? tooDeep : { allowed: true };
}

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g;

/** All keys of a JSON text in their order, with the number of objects and lists around each. */
function* keysOf(json: string): Generator<{ readonly key: string; readonly depth: number }> {
	let depth = 0;
	let before = "";
	for (const [token] of json.matchAll(TOKENS)) {
		if (token === "{" || token === "[") depth++;
		else if (token === "}" || token === "]") depth--;
		else if (token === ":") yield { key: String(parseJson(before)), depth };
		before = token;
	}
}

const ALLOW_KEYS: ReadonlySet<string> = new Set(["allow", "allowed"]);

/** A key without what makes it look different from `allow`: case, spaces, punctuation, other forms of letters. */
function plain(key: string): string {
	return key
		.normalize("NFKC")
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function malformed(status: number, problem: string): Permission {
	return { denied: `denied: ${status}, and ${problem}; a gate must respond with ${YES}` };
}

function reasonOf(given: Json | undefined): string {
	return typeof given === "string" ? excerpt(given, 500) : "";
}

/** Lists and objects are named by their kind: nested deep enough, they cannot be written out. */
function notTrue(status: number, given: Json): string {
	const shown = typeof given === "object" ? kindOf(given) : excerpt(JSON.stringify(given), 40);
	return `denied: ${status}, and the response's "allow" is ${shown}${given === false ? "" : `; a gate must respond with ${YES}`}`;
}

function kindOf(value: Json): string {
	if (value === null) return "null";
	if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
	return typeof value === "boolean" ? String(value) : `a ${typeof value}`;
}
