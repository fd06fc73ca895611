// Which texts are secrets: by their place in a hook or a URL, by the name of a variable, by what the runner sets.

import type { Env } from "../lib/env.ts";
import type { Json } from "../lib/json.ts";
import type { GivenContext } from "../model/context.ts";
import { ROUTING_KEY } from "../model/event.ts";
import type { Hook, Person } from "../model/hook.ts";
import { type ReferencePlace, referencesOf, SECRET_NAME } from "../model/hook-references.ts";
import { type Reference, resolveReference } from "../model/reference.ts";
import { SHORTEST } from "./finder.ts";
import { credentials, isSecretValue, isWebUrl, looksSecret, passwordOf, urlSecrets, valueSecrets } from "./parts.ts";

/** Variables that the runner and shells set for everyone to read; all but the runner's token. */
const PUBLIC_VARIABLE = /^(GITHUB|RUNNER)_(?!TOKEN$)|^CI$|^(OLD)?PWD$/;

/** The runner's tokens, and the input that brings one. */
const TOKEN_VARIABLE = /^(GITHUB_TOKEN|INPUT_GITHUB-TOKEN|ACTIONS_RUNTIME_TOKEN|ACTIONS_ID_TOKEN_REQUEST_TOKEN)$/;
/** Of any program: `ftp_proxy`, `npm_config_https_proxy`. They have the same credentials, as a rule. */
const PROXY_VARIABLE = /^(?!no_).*_proxy$/i;

/**
 * Every text that must not be shown: what the hooks' secret positions resolve to now, and the parts of each, and what their
 * commands read by its name. `urls` are those that belong to no hook.
 */
export function secretsOf(
	hooks: readonly Hook[],
	env: Env,
	people: readonly Person[] = [],
	urls: readonly (Reference | undefined)[] = [],
): readonly string[] {
	// A thousand hooks may well share one URL and one secret.
	const places = new Map(
		hooks.flatMap(referencesOf).map((place) => [`${place.kind} ${place.reference.source}`, place]),
	);
	const theirs = [...people.map(({ webhook }) => webhook), ...urls].flatMap((reference): readonly ReferencePlace[] => {
		return reference === undefined ? [] : [{ reference, kind: "url" }];
	});
	const found = [...places.values(), ...theirs].flatMap((place) => placeSecrets(place, env));
	return longestFirst([...found, ...commandSecrets(hooks, env)]);
}

function placeSecrets({ reference, kind }: ReferencePlace, env: Env): readonly string[] {
	const resolved = resolveReference(reference, env);
	const text = resolved.kind === "text" ? resolved.text : "";
	const whole =
		kind === "url" ? urlSecrets(text) : kind === "secret" ? [text, ...keyForms(text)].flatMap(valueSecrets) : [];
	const inserted = reference.parts.flatMap((part) => {
		if (typeof part === "string") return [];
		const value = env[part.name] ?? "";
		if (kind === "url" && value === text) return [];
		// A URL among the values is a secret only in its parts.
		if (isWebUrl(value)) return urlSecrets(value);
		const isSecret = kind === "secret" || (SECRET_NAME.test(part.name) && !PUBLIC_VARIABLE.test(part.name));
		return isSecret ? [...valueSecrets(value), ...passwordOf(value)] : [];
	});
	return [...whole, ...passwordOf(text), ...inserted];
}

/** A word that may be the name of a variable, in the syntax of any shell or program. */
const WORD = /[A-Za-z_]\w*/g;

/** What is secret of the variables that commands name: they have the whole environment, and may print all of it. */
function commandSecrets(hooks: readonly Hook[], env: Env): readonly string[] {
	const words = new Set(hooks.flatMap((hook) => (hook.kind === "shell" ? (hook.command.match(WORD) ?? []) : [])));
	return namedSecrets(Object.fromEntries(Object.entries(env).filter(([name]) => words.has(name))));
}

/** What is secret whatever the config says: the runner's tokens, and the credentials for proxies. */
export function environmentSecrets(env: Env): readonly string[] {
	const found = Object.entries(env).flatMap(([name, value = ""]) => {
		if (TOKEN_VARIABLE.test(name)) return valueSecrets(value);
		if (!PROXY_VARIABLE.test(name)) return [];
		// Also of a value that is not a proper URL, for a character in the password or for slashes that are missing.
		const before = value.slice(0, Math.max(0, value.lastIndexOf("@")));
		const [, user = "", password = ""] = /^\s*(?:[^:/]*:\/\/|https?:)?([^:]*):?(.*)$/is.exec(before) ?? [];
		return credentials(user, password);
	});
	return longestFirst(found);
}

/**
 * Whatever may be secret in an environment, for the report of a crash: that may come before the config is known, and
 * quote anything. Paths and plain words are not, since a crash is explained by them.
 */
export function possibleSecrets(env: Env): readonly string[] {
	return secretsIn(env, (name, value) => {
		if (isWebUrl(value)) return urlSecrets(value);
		const isPath = /^([A-Z]:)?[\\/.]/i.test(value);
		return SECRET_NAME.test(name) || (!isPath && looksSecret(value)) ? valueSecrets(value) : [];
	});
}

/**
 * What is secret in an environment by the names of its variables or as a part of a URL, for errors of the user: those
 * quote what was typed, and most come before the config is known. Paths stay readable, since they say what to correct.
 */
export function namedSecrets(env: Env): readonly string[] {
	return secretsIn(env, (name, value) => {
		if (isWebUrl(value)) return urlSecrets(value).filter((part) => !part.startsWith("/"));
		return SECRET_NAME.test(name) && isSecretValue(name, value) ? valueSecrets(value) : [];
	});
}

function secretsIn(env: Env, ofVariable: (name: string, value: string) => readonly string[]): readonly string[] {
	const variables = Object.entries(env).filter(([name]) => !PUBLIC_VARIABLE.test(name));
	return longestFirst(variables.flatMap(([name, value = ""]) => [...ofVariable(name, value), ...passwordOf(value)]));
}

/** The credential that a context may bring. */
export function contextSecrets({ metadata }: GivenContext): readonly string[] {
	const key = metadata?.[ROUTING_KEY];
	return isRoutingKey(key) ? longestFirst(valueSecrets(key)) : [];
}

/** Far more than the 32 characters that PagerDuty's have, and far less than what takes a while to look for. */
const LONGEST_ROUTING_KEY = 1000;

/** Whether what a context brings as PagerDuty's routing key can be one. */
export function isRoutingKey(value: Json | undefined): value is string {
	return typeof value === "string" && value.length <= LONGEST_ROUTING_KEY;
}

/** The key in a secret of Standard Webhooks, by itself, in the other alphabet of base64, and in hex. */
function keyForms(secret: string): readonly string[] {
	const key = bareKey(secret);
	if (key === secret.trim()) return [];
	const bytes = Buffer.from(key, "base64");
	const hex = bytes.toString("hex");
	return [key, bytes.toString("base64url"), bytes.toString("base64"), hex, hex.toUpperCase()];
}

/** The key in a secret of Standard Webhooks, as some programs hand it on; the text as it is where it has no such prefix. */
export function bareKey(secret: string): string {
	return secret.trim().replace(/^whsec_/, "");
}

/** Each once, without those too short to distinguish from words. */
function longestFirst(texts: readonly string[]): readonly string[] {
	return [...new Set(texts)].filter((text) => text.trim().length >= SHORTEST).sort((a, b) => b.length - a.length);
}
