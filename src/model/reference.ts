// `${VAR}` and `${VAR:-default}` in config strings: parsed early, resolved only at the moment of sending.
import type { Env } from "../lib/env.ts";

/** One reference to an environment variable. */
export interface Variable {
	readonly name: string;
	/** Used when the variable is unset or empty; itself plain text. */
	readonly fallback: string | undefined;
}

/** A config string split into plain text and references. Holds no value of any variable. */
export interface Reference {
	/** As it is written in the config, for showing. */
	readonly source: string;
	readonly parts: readonly (string | Variable)[];
}

/** The text, or the first variable that is unset or empty and has no default. */
export type Resolved =
	| {
			readonly kind: "text";
			readonly text: string;
			/** What each variable contributed, defaults not included. */
			readonly values: readonly { readonly variable: string; readonly value: string }[];
	  }
	| { readonly kind: "unset"; readonly variable: string };

/** The escape `$${`, a whole reference, or a `${` that begins none. */
const PATTERN = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g;

/** Splits a config string; `$${` becomes a literal `${`. Anything else that looks like a reference stays text. */
export function parseReference(source: string): Reference {
	const parts: (string | Variable)[] = [];
	let text = "";
	let end = 0;
	for (const match of source.matchAll(PATTERN)) {
		text += source.slice(end, match.index);
		end = match.index + match[0].length;
		const name = match[1];
		if (name === undefined) {
			text += "${";
			continue;
		}
		if (text !== "") parts.push(text);
		text = "";
		parts.push({ name, fallback: match[2] });
	}
	text += source.slice(end);
	if (text !== "") parts.push(text);
	return { source, parts };
}

/** The offset of the first `${` that is neither a reference nor escaped as `$${`, in UTF-16 code units. */
export function malformedReference(source: string): number | undefined {
	for (const match of source.matchAll(PATTERN)) {
		if (match[0] === "${") return match.index;
	}
	return undefined;
}

/** Puts the environment's values in. A variable that is empty counts as unset, as GitHub gives absent secrets. */
export function resolveReference(reference: Reference, env: Env): Resolved {
	let text = "";
	const values: { variable: string; value: string }[] = [];
	for (const part of reference.parts) {
		if (typeof part === "string") {
			text += part;
			continue;
		}
		const value = env[part.name];
		if (value !== undefined && value !== "") {
			text += value;
			values.push({ variable: part.name, value });
		} else if (part.fallback !== undefined) {
			text += part.fallback;
		} else {
			return { kind: "unset", variable: part.name };
		}
	}
	return { kind: "text", text, values };
}

/** Whether the string has no variable. */
export function isLiteral(reference: Reference): boolean {
	return reference.parts.every((part) => typeof part === "string");
}

/** What is known before any variable is: the plain text and the defaults, in order. */
export function literalParts(reference: Reference): readonly string[] {
	return reference.parts.map((part) => (typeof part === "string" ? part : (part.fallback ?? "")));
}
