// Every place of a hook where a variable may stand, and what it means when one is unset.
import { isJsonObject, type Json } from "../json.ts";
import type { Env } from "../ports.ts";
import type { Hook } from "./hook.ts";
import { parseReference, type Reference, resolveReference } from "./interpolate.ts";

/** One string of a hook that may hold variables. */
export interface ReferencePlace {
	readonly reference: Reference;
	/** `url` is masked by its parts; in a `secret` all of the text is; elsewhere what telling variables put in. */
	readonly kind: "url" | "secret" | "text";
}

/** Names of headers, variables, query parameters and keys whose values are credentials, wherever they come from. */
export const SECRET_NAME = /auth|token|key|secret|cookie|pass(?:w|phrase|code|$)|pwd|pw$|cred|sig/i;

/** The strings of a hook that may hold variables, in no particular order. */
export function referencesOf(hook: Hook): readonly ReferencePlace[] {
	const named = (name: string, reference: Reference): ReferencePlace => {
		return { reference, kind: SECRET_NAME.test(name) ? "secret" : "text" };
	};
	if (hook.kind === "shell") return [...hook.env].map(([name, reference]) => named(name, reference));
	const places: ReferencePlace[] = [];
	if (hook.url !== undefined) places.push({ reference: hook.url, kind: "url" });
	if (hook.secret !== undefined) places.push({ reference: hook.secret, kind: "secret" });
	for (const [name, reference] of hook.headers) places.push(named(name, reference));
	for (const [name, value] of Object.entries(hook.options)) {
		const secret = hook.preset.options[name]?.secret === true;
		for (const [key, text] of stringsOf(value, "")) places.push(named(secret ? "secret" : key, parseReference(text)));
	}
	if (hook.bodyTemplate !== undefined) places.push({ reference: hook.bodyTemplate.source, kind: "text" });
	return places;
}

/** The first variable of a hook that is unset or empty and has no default. */
export function firstUnset(hook: Hook, env: Env): string | undefined {
	for (const { reference } of referencesOf(hook)) {
		const resolved = resolveReference(reference, env);
		if (resolved.kind === "unset") return resolved.variable;
	}
	return undefined;
}

/** All variables of a hook that are unset or empty and have no default. */
export function unsetVariables(hook: Hook, env: Env): readonly string[] {
	const parts = referencesOf(hook).flatMap(({ reference }) => reference.parts);
	const names = parts.flatMap((part) => (typeof part === "string" || part.fallback !== undefined ? [] : [part.name]));
	return [...new Set(names)].filter((name) => (env[name] ?? "") === "");
}

/** Why a hook whose variable is unset cannot run, and what to do. Names the variable only. */
export function unsetReason(variable: string): string {
	return `variable ${variable} is unset or empty; give it to the step as env`;
}

/** The strings of an option, each with the key it stands under; none for the option's own. */
function stringsOf(value: Json, key: string): readonly (readonly [key: string, text: string])[] {
	if (typeof value === "string") return [[key, value]];
	if (Array.isArray(value)) return value.flatMap((item) => stringsOf(item, key));
	return isJsonObject(value) ? Object.entries(value).flatMap(([name, item]) => stringsOf(item, name)) : [];
}
