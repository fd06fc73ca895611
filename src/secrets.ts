// Which texts are secrets, and how they are blanked wherever something is shown or stored.
import type { Hook } from "./config/hook.ts";
import { resolveReference } from "./config/interpolate.ts";
import { referencesOf, SECRET_NAME } from "./config/references.ts";
import type { Env } from "./ports.ts";
import { excerpt } from "./text.ts";

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
	// Both as it is written and as it is sent: the URL parser encodes spaces and more.
	const parts = [text, url.href].flatMap((form) => {
		const [, path = "", query = ""] = /^[^/?#]*\/\/[^/?#]*([^?#]*)(?:\?([^#]*))?/.exec(form) ?? [];
		const segments = path.split("/").filter((segment) => segment.length >= SHORTEST_SEGMENT);
		const values = query
			.split("&")
			.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)] as const)
			.filter(([name, value]) => value.length >= (SECRET_NAME.test(name) ? SHORTEST : SHORTEST_SEGMENT))
			.map(([, value]) => value);
		return [url.username, url.password, ...segments, ...values];
	});
	return [text, url.href, ...parts, ...parts.map(decode), ...parts.map((part) => decode(part.replaceAll("+", " ")))];
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/**
 * A mask for these secrets: as they are, on one line as reasons are written, as JSON strings write them and as URLs
 * write them; and of one that is cut by a `…`, what stands before that.
 */
export function createMask(secrets: readonly string[]): Mask {
	const forms = secrets.flatMap((secret) => [
		secret,
		excerpt(secret, Number.POSITIVE_INFINITY),
		JSON.stringify(secret).slice(1, -1),
		encodeSafely(secret),
	]);
	const longestFirst = [...new Set(forms)].filter((form) => form !== "").sort((a, b) => b.length - a.length);
	if (longestFirst.length === 0) return (text) => text;
	const pattern = new RegExp(longestFirst.map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g");
	return (text) => {
		const parts = text.replaceAll(pattern, BLANK).split(CUT);
		return parts.map((part, index) => (index < parts.length - 1 ? blankEnd(part, longestFirst) : part)).join(CUT);
	};
}

const BLANK = "***";
const CUT = "…";

/** Foreign text is cut where it comes in, before anyone knows what in it is secret: here its end may be half of one. */
function blankEnd(text: string, forms: readonly string[]): string {
	for (const form of forms) {
		// The origin of a URL is no secret: `https://hooks.slack.com/…` is how targets are shown.
		const least = (/^https?:\/\/[^/?#@]*\/?/i.exec(form)?.[0].length ?? 0) + SHORTEST;
		if (least >= form.length) continue;
		const beginning = form.slice(0, least);
		for (let at = text.indexOf(beginning, text.length - form.length); at >= 0; at = text.indexOf(beginning, at + 1)) {
			if (form.startsWith(text.slice(at))) return text.slice(0, at) + BLANK;
		}
	}
	return text;
}

function encodeSafely(text: string): string {
	return encodeURIComponent(text.toWellFormed());
}
