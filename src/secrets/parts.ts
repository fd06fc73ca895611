// The parts of a secret that show it too: those of a URL, the lines and values of a secret that is a file.

import { isJsonObject, type Json, parseJson } from "../lib/json.ts";
import { SECRET_NAME } from "../model/hook-references.ts";
import { SHORTEST } from "./finder.ts";

/** UTF-16 code units from which on a part that only looks like a secret is one. */
const SHORTEST_PART = 6;

/** Whether the value is that of a web URL. */
export function isWebUrl(value: string): boolean {
	return /^\s*https?:\/\//i.test(value);
}

/**
 * What is secret of a web URL: its path with the query as a whole, and of their parts those that are not plain words;
 * its credentials. The scheme and the host are not. Anything but a URL is secret as it is.
 */
export function urlSecrets(value: string): readonly string[] {
	const text = value.trim();
	if (!URL.canParse(text)) return [text];
	const url = new URL(text);
	// Both as it is written and as it is sent: the URL parser encodes spaces and more.
	const found = [text, url.href].flatMap((form) => {
		const [, path = "", query = ""] = /^[^/?#]*\/\/[^/?#]*([^?#]*)(\?[^#]*)?/.exec(form) ?? [];
		const segments = path.split("/").filter((segment) => segment !== "");
		const parts = [...segments.filter(looksSecret), ...querySecrets(query.slice(1))];
		const isWord = segments.length < 2 && isPlain(path);
		const wholes = [...(query.length > 1 ? [`${path}${query}`] : []), ...(isWord ? [] : [path])];
		const whole = wholes.filter((one) => one.length >= SHORTEST_PART);
		return [...whole, ...parts.flatMap((part) => [part, decode(part), decode(part.replaceAll("+", " "))])];
	});
	return [...found, ...credentials(url.username, url.password)];
}

function querySecrets(query: string): readonly string[] {
	return query.split("&").flatMap((pair) => {
		const at = pair.indexOf("=");
		const value = pair.slice(at + 1);
		return isSecretValue(pair.slice(0, Math.max(0, at)), value) ? [value] : [];
	});
}

/** The credentials in a text that is a URL of any kind with a password: `postgres://me:password@host`. */
export function passwordOf(text: string): readonly string[] {
	const [, user = "", password = ""] = /^\s*[a-z][a-z\d+.-]*:\/\/([^/?#\s:]*):([^/?#\s]*)@/i.exec(text) ?? [];
	return password === "" ? [] : credentials(user, password);
}

/** A password, a user name that has none or looks secret, both also decoded, and the Basic value that they become. */
export function credentials(user: string, password: string): readonly string[] {
	const written = [password === "" || looksSecret(user) ? user : "", password];
	const basic = Buffer.from(`${decode(user)}:${decode(password)}`).toString("base64");
	return [...written, ...written.map(decode), password === "" ? "" : basic];
}

/**
 * A secret value, as it is and trimmed, with those of its parts that may be shown by themselves: of a JSON document the
 * values that look secret, of several lines each that is not an ordinary one, and what they assign, of base64 the text
 * and its parts, of Basic credentials the password. Of a web URL only what {@link urlSecrets} gives.
 */
export function valueSecrets(value: string): readonly string[] {
	const text = value.trim();
	if (isWebUrl(text)) return urlSecrets(text);
	const decoded = textInBase64(text);
	const [, user, password] = /^([^:\s]+):(\S+)$/.exec(decoded ?? "") ?? [];
	const whole = [
		...[value, text],
		...(decoded === undefined ? [] : valueSecrets(decoded)),
		...(user === undefined || password === undefined ? [] : [password, ...credentials(user, password)]),
	];
	const json = /^[[{]/.test(text) ? parseJson(text) : undefined;
	if (json !== undefined) return [...whole, ...jsonSecrets(json, "")];
	const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
	return [...whole, ...lines.flatMap(innerSecrets), ...(lines.length < 2 ? [] : lines.flatMap(lineSecrets))];
}

/** Bytes below which text in base64 cannot be distinguished from a word. */
const SHORTEST_TEXT = 8;

/** The text that a secret is the base64 of, as the key of `whsec_…` or a Basic credential may be; undefined for none. */
function textInBase64(secret: string): string | undefined {
	const code = secret.replaceAll(/\s/g, "");
	if (!/^[\w+/-]+={0,2}$/.test(code)) return undefined;
	const text = Buffer.from(code, "base64").toString("latin1");
	return text.length >= SHORTEST_TEXT && /^[\t\n\r -~]+$/.test(text) ? text : undefined;
}

function jsonSecrets(value: Json, key: string): readonly string[] {
	if (typeof value === "string") {
		return [...(isWebUrl(value) || isSecretValue(key, value) ? valueSecrets(value) : []), ...passwordOf(value)];
	}
	if (Array.isArray(value)) return value.flatMap((item) => jsonSecrets(item, key));
	return isJsonObject(value) ? Object.entries(value).flatMap(([name, item]) => jsonSecrets(item, name)) : [];
}

/** Lines that every PEM file has, and punctuation. */
const ORDINARY = /^-----(?:BEGIN|END) [A-Z0-9 ]+-----$|^[^A-Za-z0-9]*$/;
const ASSIGNMENT = /^(?:export\s+|-\s+)?["']?([\w.-]+)["']?\s*[=:]\s*(?!\s)["']?(.*?)["']?[,;]?$/;

function lineSecrets(line: string): readonly string[] {
	if (ORDINARY.test(line)) return [];
	const [, name, value = ""] = ASSIGNMENT.exec(line) ?? [];
	// A line of a random secret may have a `:` or a `=` too.
	if (name === undefined || looksSecret(name)) return [line];
	return isSecretValue(name, value) ? [line, value] : [];
}

/** What a header, a `.netrc` or a log writes before a credential. */
const KEYWORD = /(?:^|\s)(?:basic|bearer|token|bot|apikey|api-key|geniekey|password|passwd)\s+["']?([^\s"',;]+)/gi;

/**
 * The settings of a connection string or a header, each with its name, and of an `.npmrc` the part behind the host. Behind
 * a separator that host has none itself, so that each part of a line is read for it once.
 */
const SETTING = /(?:(?:^|\s)(?:\/\/\S+?:)?|[;,&](?:\/\/[^\s;,&]+?:)?)["']?([\w.-]+)["']?\s*[=:]\s*["']?([^\s"',;&]+)/g;

/** The credentials inside of a line: of `Bearer abc` what is sent as the token, of `Server=db;Password=abc` the password. */
function innerSecrets(line: string): readonly string[] {
	const settings = Array.from(line.matchAll(SETTING), ([, name = "", value = ""]) => ({ name, value }));
	return [
		...Array.from(line.matchAll(KEYWORD), ([, value = ""]) => value).flatMap(valueSecrets),
		...settings.flatMap(({ name, value }) => (isSecretValue(name, value) ? [value] : [])),
	];
}

/** Values of settings with telling names that are not credentials: `always-auth=true`, `token_type: bearer`. */
const NO_CREDENTIAL = /^(?:true|false|null|none|basic|bearer|required|optional|enabled|disabled)$/i;

/** Whether a value is secret by its name, or else by its look. */
export function isSecretValue(name: string, value: string): boolean {
	if (NO_CREDENTIAL.test(value)) return false;
	return SECRET_NAME.test(name) ? value.length >= SHORTEST : looksSecret(value);
}

/** Whether a part is long enough to be a secret, and not made of plain words. */
export function looksSecret(part: string): boolean {
	return part.length >= SHORTEST_PART && !isPlain(decode(part));
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** A word in small letters, capitalized or in capitals, perhaps numbered; a short number; a version. */
const PIECE = /^(?:v?\d{0,4}[a-z]?|[A-Z]?[a-z]{1,15}\d?|[A-Z]{1,15}\d?)$/;
/** No word has so many consonants in a row; most random letters do. */
const UNSPEAKABLE = /[bcdfghjklmnpqrstvwxz]{5}/i;
const CAMEL_CASE = /(?<=[a-z])(?=[A-Z])/;
/** Letters that a word of camel case has on average at least. */
const CAMEL_LETTERS = 3;

/** Whether a text is made of plain words and short numbers: `services`, `eu-central-1`, `/api/v2/myEvents`. */
export function isPlain(text: string): boolean {
	return text.split(/[^A-Za-z0-9]+/).every((part) => {
		const pieces = part.split(CAMEL_CASE);
		if (pieces.length > 1 && part.length < pieces.length * CAMEL_LETTERS) return false;
		return pieces.every((piece) => PIECE.test(piece) && !UNSPEAKABLE.test(piece));
	});
}

/** Whether a secret is a path of plain words, which a context may well have for other reasons. */
export function isPlainPath(secret: string): boolean {
	return secret.startsWith("/") && isPlain(secret);
}
