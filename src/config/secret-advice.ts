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
type Place = "secret" | "named" | "url" | "text";

/** Reports the secrets of a hook and its defaults. Nothing of them is shown. */
export function adviseOnSecrets(hook: Hook, layers: Layers): void {
	for (const layer of layers) {
		const tell = (key: string, place: Place) => {
			const value = layer.get(key);
			if (value !== undefined) adviseOnValue(value, key, place);
		};
		tell("custom", "named");
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
		const variable = place === "text" ? "a variable" : `\${${variableOf(name)}}`;
		const remedy = `write ${variable} in its place, and set that in the step's env from a secret of the repository`;
		item.warn("literal_secret", `${what}, which everyone who reads this file can use`, remedy);
	}
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
			return SECRET_NAME.test(name) && isSecretValue(name, text) && !/^[./~]/.test(text);
		case "url":
			return isCredentialUrl(text);
		case "text":
			return false;
	}
}

/** Shorter parts of a path are names more often than not. */
const SHORTEST_PART = 20;

/** A URL with credentials, with a secret among its parameters, or with a long random part in its path. */
export function isCredentialUrl(text: string): boolean {
	if (!(isWebUrl(text) || isNatsUrl(text)) || !URL.canParse(text)) return false;
	const { username, password, pathname, searchParams } = new URL(text);
	const isParameter = [...searchParams].some(([key, value]) => SECRET_NAME.test(key) && value !== "");
	const isRandom = pathname
		.split("/")
		.some((part) => part.length >= SHORTEST_PART && !UUID.test(part) && looksSecret(part));
	return username !== "" || password !== "" || isParameter || isRandom;
}

/** An id, which may be known. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
