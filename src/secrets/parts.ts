// The parts of a secret that show it too: those of a URL, the lines and values of a secret that is a file.

import { isJsonObject, type Json, parseJson } from "../lib/json.ts";
import { SECRET_NAME } from "../model/hook-references.ts";
import { keywordSecrets, settingsIn, textInBase64 } from "./inner.ts";
import { SHORTEST } from "./mask.ts";
import { isPlain } from "./words.ts";

/** UTF-16 code units from which on a part is a secret that nothing but its look tells. */
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
	const rests = [text, url.href].flatMap((form) => {
		const [, path = "", query = ""] = /^[^/?#]*\/\/[^/?#]*([^?#]*)(\?[^#]*)?/.exec(form) ?? [];
		return [{ path, query }];
	});
	const found = rests.flatMap(({ path, query }) => {
		const parts = [...path.split("/").filter(looksSecret), ...querySecrets(query.slice(1))];
		const isWord = path.split("/").filter((segment) => segment !== "").length < 2 && isPlain(path);
		const wholes = [...(query.length > 1 ? [`${path}${query}`] : []), ...(isWord ? [] : [path])];
		const whole = wholes.filter((text) => text.length >= SHORTEST_PART);
		return [...whole, ...parts, ...parts.map(decode), ...parts.map((part) => decode(part.replaceAll("+", " ")))];
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

function jsonSecrets(value: Json, key: string): readonly string[] {
	if (typeof value === "string") {
		return [...(isWebUrl(value) || isSecretValue(key, value) ? valueSecrets(value) : []), ...passwordOf(value)];
	}
	if (Array.isArray(value)) return value.flatMap((item) => jsonSecrets(item, key));
	return isJsonObject(value) ? Object.entries(value).flatMap(([name, item]) => jsonSecrets(item, name)) : [];
}

/** Lines that every PEM file has, and punctuation. */
const ORDINARY = /^-----(?:BEGIN|END) [A-Z0-9 ]+-----$|^[^A-Za-z0-9]*$/;
const ASSIGNMENT = /^(?:export\s+|-\s+)?["']?([\w.-]+)["']?\s*[=:]\s*["']?(.*?)["']?[,;]?$/;

function lineSecrets(line: string): readonly string[] {
	if (ORDINARY.test(line)) return [];
	const [, name = "", value = ""] = ASSIGNMENT.exec(line) ?? [];
	if (name === "") return [line];
	return isSecretValue(name, value) ? [line, value] : [];
}

function innerSecrets(line: string): readonly string[] {
	const settings = settingsIn(line).flatMap(([name, value]) => (isSecretValue(name, value) ? [value] : []));
	return [...keywordSecrets(line).flatMap(valueSecrets), ...settings];
}

/** What settings with telling names have that are no credentials: `always-auth=true`, `token_type: bearer`. */
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
