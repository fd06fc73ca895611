// Secrets that are written in a config, where everyone who reads it has them.
import type { Hook } from "../model/hook.ts";
import { SECRET_NAME } from "../model/hook-references.ts";
import { parseReference } from "../model/reference.ts";
import { isNatsUrl } from "../net/nats-url.ts";
import { isSecretValue, isWebUrl, looksSecret } from "../secrets/parts.ts";
import { isTable, type Value } from "./fields.ts";
import type { Layers } from "./keys.ts";
import { CREDENTIAL } from "./words.ts";

/** Where a value is, which decides what of it is a secret. */
type Place = "secret" | "named" | "custom" | "url" | "text";

/** Reports the secrets of a hook and its defaults. Nothing of them is shown. */
export function adviseOnSecrets(hook: Hook, layers: Layers): void {
	for (const layer of layers) {
		const tell = (key: string, place: Place) => {
			const value = layer.get(key);
			if (value !== undefined) adviseOnValue(value, key, place);
		};
		tell("custom", "custom");
		if (hook.kind === "shell") {
			tell("command", "text");
			tell("env", "named");
			continue;
		}
		tell("url", "url");
		tell("secret", "secret");
		tell("headers", "named");
		tell("body_template", "text");
		for (const [name, { secret, kind }] of Object.entries(hook.preset.options)) {
			tell(name, secret === true ? "secret" : kind === "table" ? "named" : "text");
		}
	}
}

/** Reports a value that is a secret, by the place that it has. */
export function adviseOnValue(value: Value, name: string, place: Place): void {
	if (isTable(value.raw)) {
		for (const [key, item] of value.fields()?.entries() ?? []) adviseOnValue(item, key, place);
		return;
	}
	for (const item of value.items()) {
		const isWritten = literalsOf(item.raw).some((text) => isSecret(text, name, place));
		if (!isWritten) continue;
		const what = place === "text" ? "has a credential in it" : "is a credential";
		item.warn("literal_secret", `${what}, which everyone who reads this file can use`, remedyAt(place, name));
	}
}

function remedyAt(place: Place, name: string): string {
	if (place === "custom") return "remove it: no variable is inserted in custom";
	const variable = place === "text" ? "a variable" : `\${${variableOf(name)}}`;
	return `write ${variable} in its place, and set that in the step's env from a secret of the repository`;
}

function variableOf(key: string): string {
	const name = key.toUpperCase().replaceAll(/\W/g, "_");
	return ["URL", "SECRET"].includes(name) ? `WEBHOOK_${name}` : name;
}

/** The texts that are a whole value without any variable: the string itself, or the default of a variable. */
function literalsOf(raw: unknown): readonly string[] {
	if (typeof raw !== "string") return [];
	const { parts } = parseReference(raw);
	const [only = "", ...more] = parts;
	if (more.length === 0 && typeof only === "string") return [only.trim()];
	return parts.flatMap((part) => (typeof part === "string" ? [] : [(part.fallback ?? "").trim()]));
}

function isSecret(text: string, name: string, place: Place): boolean {
	if (text === "") return false;
	if (CREDENTIAL.test(text)) return true;
	switch (place) {
		case "secret":
			return true;
		case "named":
		case "custom":
			return SECRET_NAME.test(name) && isSecretValue(name, text) && !/^[./~]/.test(text);
		case "url":
			return isCredentialUrl(text);
		case "text":
			return false;
	}
}

/** Shorter parts of a path or a query are names more often than not. */
const SHORTEST_PART = 20;
/** Where an Azure Function has its key. */
const SHORTEST_CODE = 16;

/**
 * A URL with credentials, with a secret among its parameters, or with a long random part in its path or its parameters;
 * or one that is known to be a secret as a whole.
 */
export function isCredentialUrl(text: string): boolean {
	if (!(isWebUrl(text) || isNatsUrl(text)) || !URL.canParse(text)) return false;
	const { username, password, host, pathname, searchParams, hash } = new URL(text);
	const parameters = [...searchParams, ...new URLSearchParams(hash.slice(1))];
	return (
		username !== "" ||
		password !== "" ||
		CAPABILITY.test(host + pathname) ||
		pathname.split("/").some((part) => isRandom(part)) ||
		parameters.some(([key, value]) => value !== "" && (SECRET_NAME.test(key) || isRandomValue(key, value)))
	);
}

function isRandom(part: string, shortest = SHORTEST_PART): boolean {
	return part.length >= shortest && !UUID.test(part) && looksSecret(part);
}

/** A date is not random, and neither is another address. */
function isRandomValue(key: string, value: string): boolean {
	return isRandom(value, key === "code" ? SHORTEST_CODE : SHORTEST_PART) && !/^\d{4}-\d\d-\d\d|:\/\//.test(value);
}

const ID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/.source;

/** An id, which may be known. */
const UUID = new RegExp(`^${ID}$`, "i");

/** Whoever knows such an address can use it: Zapier's, Make's and IFTTT's, and a webhook that has only an id, as n8n's. */
const CAPABILITY = new RegExp(
	`^(?:hooks\\.zapier\\.com/hooks/\\w+/\\d|hook\\.(?:[\\w-]+\\.)?(?:make|integromat)\\.com/\\w|` +
		`maker\\.ifttt\\.com/trigger/.*/with/key/\\w|[^/]+/webhook(?:-test)?/${ID}(?:/|$))`,
	"i",
);
