// Which texts are secrets, and how they are blanked wherever something is shown or stored.
import type { Hook } from "./config/hook.ts";
import { resolveReference } from "./config/interpolate.ts";
import { referencesOf, SECRET_NAME } from "./config/references.ts";
import type { Env } from "./ports.ts";

/** Blanks every known secret in a text. */
export type Mask = (text: string) => string;

/** Shorter texts are words (`eu`, `dev`): blanking them would garble the log and protect nothing. */
const SHORTEST = 4;
/** Path segments of a URL from this length on are taken for a credential, shorter ones for a word (`webhooks`). */
const SHORTEST_SEGMENT = 12;

/**
 * Every text that must not be shown: what the hooks' secret positions resolve to now, with the lines, parts and decoded
 * forms of each. Longest first, so that a part never spoils the whole.
 */
export function secretsOf(hooks: readonly Hook[], env: Env): readonly string[] {
	const found = new Set<string>();
	const add = (text: string) => {
		for (const form of [text, text.trim(), ...text.split(/\r\n|\n|\r/).map((line) => line.trim())]) {
			if (form.length >= SHORTEST) found.add(form);
		}
	};
	for (const { reference, kind } of hooks.flatMap(referencesOf)) {
		const resolved = resolveReference(reference, env);
		if (resolved.kind === "unset") continue;
		if (kind === "url") for (const part of urlSecrets(resolved.text.trim())) add(part);
		else if (kind === "secret") add(resolved.text);
		if (kind !== "url") for (const value of resolved.values) addValue(value, add);
	}
	return [...found].sort((a, b) => b.length - a.length);
}

/** A variable's value is a secret, but a URL among them is one only in its parts. */
function addValue(value: string, add: (text: string) => void): void {
	if (/^https?:\/\//i.test(value.trim())) for (const part of urlSecrets(value.trim())) add(part);
	else add(value);
}

/**
 * The whole URL where it holds more than a host, its userinfo, its long or telling query values and
 * its long path segments, also decoded.
 */
function urlSecrets(text: string): readonly string[] {
	if (!URL.canParse(text)) return [text];
	const url = new URL(text);
	const bare = url.pathname === "/" && url.search === "" && url.username === "" && url.password === "";
	if (bare) return [];
	const segments = url.pathname.split("/").filter((segment) => segment.length >= SHORTEST_SEGMENT);
	const values = url.search
		.slice(1)
		.split("&")
		.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)] as const)
		.filter(([name, value]) => value.length >= (SECRET_NAME.test(name) ? SHORTEST : SHORTEST_SEGMENT))
		.map(([, value]) => value);
	const parts = [url.username, url.password, ...segments, ...values];
	return [text, url.href, ...parts, ...parts.map(decode)];
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text.replaceAll("+", " "));
	} catch {
		return text;
	}
}

/** A mask for these secrets, as they are, as JSON strings write them and as URLs write them. */
export function createMask(secrets: readonly string[]): Mask {
	const forms = new Set(
		secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeSafely(secret)]),
	);
	if (forms.size === 0) return (text) => text;
	const longestFirst = [...forms].sort((a, b) => b.length - a.length);
	const pattern = new RegExp(longestFirst.map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g");
	return (text) => text.replaceAll(pattern, "***");
}

function encodeSafely(text: string): string {
	return encodeURIComponent(text.toWellFormed());
}
