// Which texts are secrets, and how they are blanked wherever something is shown or stored.
import type { Hook } from "./config/hook.ts";
import { resolveReference } from "./config/interpolate.ts";
import { referencesOf, SECRET_NAME } from "./config/references.ts";
import type { GivenContext } from "./event/context.ts";
import type { Env } from "./ports.ts";
import { excerpt } from "./text.ts";

/** Blanks every known secret in a text. */
export type Mask = (text: string) => string;

/** Shorter texts are words (`eu`, `dev`): blanking them would garble the log and protect nothing. */
const SHORTEST = 4;
/** From this length on, a URL's path segment or a variable's value is taken for a credential, below for a word. */
const SHORTEST_UNNAMED = 12;

/** Variables that the runner sets for everyone to read; all but its token. */
const PUBLIC_VARIABLE = /^(GITHUB|RUNNER)_(?!TOKEN$)|^CI$/;

/**
 * Every text that must not be shown: what the hooks' secret positions resolve to now, with the lines, parts and decoded
 * forms of each. Longest first, so that a part never spoils the whole.
 */
export function secretsOf(hooks: readonly Hook[], env: Env): readonly string[] {
	const found = new Set<string>();
	const add = (text: string) => {
		for (const form of [text, text.trim(), ...text.split(/\r\n|\n|\r/).map((line) => line.trim())]) {
			if (form.trim().length >= SHORTEST) found.add(form);
		}
	};
	const addUrl = (text: string) => {
		for (const part of urlSecrets(text.trim())) add(part);
	};
	for (const { reference, kind } of hooks.flatMap(referencesOf)) {
		const resolved = resolveReference(reference, env);
		if (resolved.kind === "unset") continue;
		if (kind === "url") addUrl(resolved.text);
		else if (kind === "secret") add(resolved.text);
		for (const { variable, value } of kind === "url" ? [] : resolved.values) {
			// A URL among the values is a secret only in its parts.
			if (/^\s*https?:\/\//i.test(value)) addUrl(value);
			else if (kind === "secret" || isTelling(variable, value)) add(value);
		}
	}
	return [...found].sort((a, b) => b.length - a.length);
}

/** The credential that a context may bring: Rocky's projects hand PagerDuty's key over in the metadata. */
export function contextSecrets({ metadata }: GivenContext): readonly string[] {
	const key = metadata?.["routing_key"];
	return typeof key === "string" && key.length >= SHORTEST ? [key] : [];
}

/** Whether a variable is a credential where nothing but its name and its length can tell: `${REGION}` is none. */
function isTelling(variable: string, value: string): boolean {
	if (PUBLIC_VARIABLE.test(variable)) return false;
	return SECRET_NAME.test(variable) || value.trim().length >= SHORTEST_UNNAMED;
}

/**
 * The whole URL where it holds more than a host, its password, its long or telling query values, and its long path
 * segments and user name, also decoded.
 */
function urlSecrets(text: string): readonly string[] {
	if (!URL.canParse(text)) return [text];
	const url = new URL(text);
	const bare = url.pathname === "/" && url.search === "" && url.username === "" && url.password === "";
	if (bare) return [];
	const userinfo = [url.username.length >= SHORTEST_UNNAMED || url.password === "" ? url.username : "", url.password];
	// Both as it is written and as it is sent: the URL parser encodes spaces and more.
	const parts = [text, url.href].flatMap((form) => {
		const [, path = "", query = ""] = /^[^/?#]*\/\/[^/?#]*([^?#]*)(?:\?([^#]*))?/.exec(form) ?? [];
		const segments = path.split("/").filter((segment) => segment.length >= SHORTEST_UNNAMED);
		const values = query
			.split("&")
			.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)] as const)
			.filter(([name, value]) => value.length >= (SECRET_NAME.test(name) ? SHORTEST : SHORTEST_UNNAMED))
			.map(([, value]) => value);
		return [...userinfo, ...segments, ...values];
	});
	const basic =
		url.password === "" ? "" : Buffer.from(`${decode(url.username)}:${decode(url.password)}`).toString("base64");
	return [
		text,
		url.href,
		basic,
		...parts,
		...parts.map(decode),
		...parts.map((part) => decode(part.replaceAll("+", " "))),
	];
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
	const pattern = anyOf(longestFirst);
	const cuttable = longestFirst
		.map((form) => [form, beginningOf(form)] as const)
		.filter(([form, start]) => start !== form);
	const starts = anyOf(cuttable.map(([, start]) => start));
	const longest = longestFirst[0]?.length ?? 0;
	// Foreign text is cut where it comes in, before anyone knows what in it is secret: an end may be half of one.
	const blankEnd = (text: string): string => {
		for (const { index } of text.slice(-longest).matchAll(starts)) {
			const end = text.slice(-longest).slice(index);
			if (cuttable.some(([form, start]) => end.startsWith(start) && form.startsWith(end))) {
				return text.slice(0, text.length - end.length) + BLANK;
			}
		}
		return text;
	};
	return (text) => {
		const parts = text.replaceAll(pattern, BLANK).split(CUT);
		if (cuttable.length === 0) return parts.join(CUT);
		const last = parts.pop() ?? "";
		return [...parts.map((part) => (part.length < SHORTEST ? part : blankEnd(part))), last].join(CUT);
	};
}

const BLANK = "***";
const CUT = "…";

/** As much of a secret as must stand before a cut to be known. The origin of a URL is none: targets are shown by it. */
function beginningOf(form: string): string {
	const origin = /^https?:\/\/[^/?#@]*\/?/i.exec(form)?.[0].length ?? 0;
	return form.slice(0, origin + SHORTEST);
}

function anyOf(texts: readonly string[]): RegExp {
	return new RegExp(texts.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g");
}

function encodeSafely(text: string): string {
	return encodeURIComponent(text.toWellFormed());
}
