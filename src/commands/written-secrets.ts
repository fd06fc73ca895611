// The secrets that are written in a config, by their place, their name or their form: `list` and `export` show none of them.
import { namedCredentials } from "../config/credentials.ts";
import { CREDENTIAL } from "../config/words.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../lib/json.ts";
import type { Hook } from "../model/hook.ts";
import { type ReferencePlace, referencesOf, SECRET_NAME } from "../model/hook-references.ts";
import { isLiteral, parseReference, type Reference } from "../model/reference.ts";
import type { Mask } from "../secrets/mask.ts";
import {
	isPlain,
	isPlainPath,
	isSecretValue,
	looksSecret,
	passwordOf,
	urlSecrets,
	valueSecrets,
} from "../secrets/parts.ts";
import { REDACTED } from "../secrets/view.ts";
import { showFilter } from "./filter-text.ts";

/** Stands for a variable: neither a letter nor a digit, and allowed in every part of a URL but the port. */
const STAND_IN = "~";

/** UTF-16 code units. Anything shorter beside a variable tells nothing of a secret. */
const SHORTEST = 4;

/** Every text that is a secret by what the config alone says, for a mask. Plain words beside a variable are not. */
export function writtenSecrets(hooks: readonly Hook[]): readonly string[] {
	const found = hooks.flatMap((hook) => [
		...referencesOf(hook).flatMap(placeSecrets),
		...customSecrets(hook.about.custom ?? {}, ""),
		...textsOf(hook).flatMap(formSecrets),
	]);
	return [...new Set(found)].filter((text) => text.trim().length >= SHORTEST && !isPlainPath(text));
}

/** Whether a secret, or a part of one, is written at a place, beside its variables. */
export function hasWrittenSecret({ reference, kind }: ReferencePlace): boolean {
	const text = literalsOf(reference);
	switch (kind) {
		case "url":
			return writtenUrl(reference).length > 0;
		case "secret":
			return remains(reference).length > 0 || formSecrets(text).length > 0;
		case "text":
			return looksSecret(text) || formSecrets(text).length > 0;
	}
}

/** A table with `***` for each text that is a secret by the name of its key, and all others masked. */
export function redactedTable(table: JsonObject, mask: Mask = (text) => text): JsonObject {
	const redacted = (value: Json, name: string): Json => {
		if (typeof value === "string") return isNamedSecret(name, value) ? REDACTED : mask(value);
		if (isJsonArray(value)) return value.map((item) => redacted(item, name));
		return isJsonObject(value) ? redactedTable(value, mask) : value;
	};
	return Object.fromEntries(Object.entries(table).map(([key, item]) => [key, redacted(item, key)]));
}

function literalsOf({ parts }: Reference): string {
	return parts
		.map((part) => (typeof part === "string" ? part : STAND_IN))
		.join("")
		.trim();
}

function placeSecrets({ reference, kind }: ReferencePlace): readonly string[] {
	const written = kind === "url" ? writtenUrl(reference) : kind === "secret" ? secretsBeside(reference) : [];
	const defaults = reference.parts.flatMap((part) => {
		if (typeof part === "string" || part.fallback === undefined) return [];
		if (kind === "url") return writtenUrl(parseReference(part.fallback));
		return kind === "secret" || SECRET_NAME.test(part.name) ? valueSecrets(part.fallback) : formSecrets(part.fallback);
	});
	return [...written, ...defaults, ...formSecrets(literalsOf(reference))];
}

/** A URL with something in place of its variables, each of which may be the whole address of a server, or a port. */
export function urlOf(reference: Reference): string {
	return literalsOf(reference)
		.replace(/^~/, "https://~")
		.replace(/:~(?=[/?#]|$)/, ":1");
}

/** What is secret of a URL as it is written: its parts that are not plain words, those with a telling name, credentials. */
function writtenUrl(reference: Reference): readonly string[] {
	const text = urlOf(reference);
	const secrets = urlSecrets(text).filter((secret) => text.includes(secret) && !isPlainPath(secret));
	const found = secrets.flatMap((secret) => {
		return secret.includes(STAND_IN) || !URL.canParse(text) ? besideVariables(secret.split(STAND_IN)) : secret;
	});
	return [...found.filter((secret) => secret.length >= SHORTEST), ...(CREDENTIAL.test(text) ? urlSecrets(text) : [])];
}

/** Words beside a variable are the names of things. */
function besideVariables(pieces: readonly string[]): readonly string[] {
	return pieces.filter((piece) => !isPlain(piece));
}

function secretsBeside(reference: Reference): readonly string[] {
	const secrets = remains(reference).flatMap(valueSecrets);
	return isLiteral(reference) ? secrets : besideVariables(secrets);
}

/** What is written of a secret, but for what comes before a variable and is none: a scheme, the name of a parameter. */
function remains({ parts }: Reference): readonly string[] {
	return parts.flatMap((part, at) => {
		if (typeof part !== "string" || !/[A-Za-z0-9]/.test(part)) return [];
		const isBefore = at < parts.length - 1 && /^[\s,;&]*(?:[A-Za-z][\w-]*\s+)?(?:[\w.-]+\s*[=:]\s*)?["']?$/.test(part);
		return isBefore && isPlain(part) ? [] : [part];
	});
}

/** A path, and a text with nothing but variables, is not a secret, whatever its name is. */
function isNamedSecret(name: string, text: string): boolean {
	return (
		SECRET_NAME.test(name) &&
		isSecretValue(name, text.trim()) &&
		!/^\s*[./~]/.test(text) &&
		remains(parseReference(text)).length > 0
	);
}

/** Plain words are hidden in their place only: a mask would take them out of every text. */
function customSecrets(value: Json, name: string): readonly string[] {
	if (typeof value === "string") return isNamedSecret(name, value) ? besideVariables(valueSecrets(value)) : [];
	if (isJsonArray(value)) return value.flatMap((item) => customSecrets(item, name));
	return isJsonObject(value) ? Object.entries(value).flatMap(([key, item]) => customSecrets(item, key)) : [];
}

/** What is shown of a hook besides its references. */
function textsOf(hook: Hook): readonly string[] {
	const { name, about, filters } = hook;
	const command = hook.kind === "shell" ? [hook.command] : [];
	return [name, ...command, ...filters.map(showFilter), ...stringsIn({ ...about })];
}

function stringsIn(value: unknown): readonly string[] {
	if (typeof value === "string") return [value];
	return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

const ANY_CREDENTIAL = new RegExp(CREDENTIAL, "g");
const ANY_URL = /\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s"'<>]+/gi;
const VALUE = /[^\s"',;&]+/y;

/** What is secret of any text by its form: tokens of well-known services, credentials in URLs, what follows a telling name. */
function formSecrets(text: string): readonly string[] {
	const tokens = Array.from(text.matchAll(ANY_CREDENTIAL), ([token]) => token).filter(
		(token) => !/^https:/.test(token),
	);
	const urls = Array.from(text.matchAll(ANY_URL), ([url]) => url).flatMap(shownUrlSecrets);
	const named = namedCredentials(text).flatMap((start) => {
		VALUE.lastIndex = start;
		const [value = ""] = VALUE.exec(text) ?? [];
		return looksSecret(value) ? [value] : [];
	});
	return [...tokens, ...urls, ...named].filter((secret) =>
		secret.split(STAND_IN).some((piece) => piece.length >= SHORTEST),
	);
}

/** Of an address that is there to be read, as that of a runbook: a page may well have a long random name. */
function shownUrlSecrets(url: string): readonly string[] {
	if (CREDENTIAL.test(url)) return urlSecrets(url);
	if (!URL.canParse(url)) return passwordOf(url);
	const { username, searchParams } = new URL(url);
	const values = [...searchParams].flatMap(([name, value]) => {
		return SECRET_NAME.test(name) && isSecretValue(name, value) ? [value] : [];
	});
	return [...passwordOf(url), ...(looksSecret(username) ? [username] : []), ...values];
}
