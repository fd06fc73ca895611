// Every place of a hook that may hold a variable, and what it means when one is unset.

import type { Env } from "../lib/env.ts";
import { isJsonObject, type Json } from "../lib/json.ts";
import type { Hook } from "./hook.ts";
import { parseReference, type Reference } from "./reference.ts";

/** One string of a hook that may hold variables. */
export interface ReferencePlace {
	readonly reference: Reference;
	/** A `url` is masked by its parts, a `secret` as a whole, and of a `text` the values of its secret variables. */
	readonly kind: "url" | "secret" | "text";
}

/** Names of headers, variables, query parameters and keys whose values are credentials, wherever they come from. */
export const SECRET_NAME =
	/auth(?!or(?!i[sz]))|token|(?<!(?:primary|foreign|sort|partition)[-_]?)key|secret|cookie|pass(?:w|phrase|code|$)|pwd|pw$|cred|\bsig\b|signature|(?<![a-z])(?:pat|dsn)(?![a-z])/i;

/** The strings of a hook that may hold variables, in no particular order. */
export function referencesOf(hook: Hook): readonly ReferencePlace[] {
	const named = (name: string, reference: Reference): ReferencePlace => {
		return { reference, kind: SECRET_NAME.test(name) ? "secret" : "text" };
	};
	if (hook.kind === "shell") return [...hook.env].map(([name, reference]) => named(name, reference));
	const places: ReferencePlace[] = [];
	if (hook.url !== undefined) places.push({ reference: hook.url, kind: "url" });
	for (const reference of hook.secrets) places.push({ reference, kind: "secret" });
	for (const [name, reference] of hook.headers) places.push(named(name, reference));
	for (const [name, value] of Object.entries(hook.options)) {
		const secret = hook.preset.options[name]?.secret === true;
		for (const [key, text] of stringsOf(value, "")) places.push(named(secret ? "secret" : key, parseReference(text)));
	}
	if (hook.caFile !== undefined) places.push({ reference: hook.caFile, kind: "text" });
	if (hook.bodyTemplate !== undefined) places.push({ reference: hook.bodyTemplate.source, kind: "text" });
	return places;
}

/** The variables of a hook that have no default, each once. */
export function variablesOf(hook: Hook): readonly string[] {
	return [...new Set(referencesOf(hook).flatMap(({ reference }) => namesIn(reference)))];
}

/** The variables of a reference that have no default. */
export function namesIn(reference: Reference | undefined): readonly string[] {
	const parts = reference?.parts ?? [];
	return parts.flatMap((part) => (typeof part === "string" || part.fallback !== undefined ? [] : [part.name]));
}

/** Those of a hook's variables without a default that are unset or empty. */
export function unsetVariables(hook: Hook, env: Env): readonly string[] {
	return variablesOf(hook).filter((name) => (env[name] ?? "") === "");
}

/** Why a hook whose variable is unset cannot run, and what to do. Names the variable only. */
export function unsetReason(variable: string): string {
	return `variable ${variable} is unset or empty; set it in the step's env`;
}

/** The strings of an option, each with the key that it is under; empty for the option's own. */
function stringsOf(value: Json, key: string): readonly (readonly [key: string, text: string])[] {
	if (typeof value === "string") return [[key, value]];
	if (Array.isArray(value)) return value.flatMap((item) => stringsOf(item, key));
	return isJsonObject(value) ? Object.entries(value).flatMap(([name, item]) => stringsOf(item, name)) : [];
}
