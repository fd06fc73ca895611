// Which texts are secrets: by their place in a hook or a URL, by the name of a variable, by what the runner sets.
import type { Hook } from "./config/hook.ts";
import type { Reference } from "./config/interpolate.ts";
import { referencesOf, SECRET_NAME } from "./config/references.ts";
import type { GivenContext } from "./event/context.ts";
import { SHORTEST } from "./mask/mask.ts";
import type { Env } from "./ports.ts";

/** From this length on, a URL's path segment or a variable's value is taken for a credential, below for a word. */
const SHORTEST_UNNAMED = 12;

/** Variables that the runner sets for everyone to read; all but its token. */
const PUBLIC_VARIABLE = /^(GITHUB|RUNNER)_(?!TOKEN$)|^CI$/;

/** The runner's tokens, and the input that brings one. */
const TOKEN_VARIABLE = /^(GITHUB_TOKEN|INPUT_GITHUB-TOKEN|ACTIONS_RUNTIME_TOKEN|ACTIONS_ID_TOKEN_REQUEST_TOKEN)$/;
const PROXY_VARIABLE = /^(https?|all)_proxy$/i;

const WEB_URL = /^\s*https?:\/\//i;

/**
 * Every text that must not be shown: what the hooks' secret positions resolve to now, with the lines, parts and decoded
 * forms of each. Longest first, so that a part never spoils the whole.
 */
export function secretsOf(hooks: readonly Hook[], env: Env): readonly string[] {
	const seen = new Set<string>();
	const places = hooks.flatMap(referencesOf).flatMap(({ reference, kind }) => {
		// A thousand hooks may well share one URL and one secret.
		const same = `${kind} ${reference.source}`;
		if (seen.has(same)) return [];
		seen.add(same);
		const { text, values } = resolve(reference, env);
		const whole = kind === "url" ? urlSecrets(text) : kind === "secret" ? [text, bareKey(text)] : passwordOf(text);
		const parts = values.flatMap(({ variable, value }) => {
			// A URL among the values is a secret only in its parts.
			if (WEB_URL.test(value)) return urlSecrets(value);
			const isSecret = kind === "secret" || isTelling(variable, kind === "url" ? "" : value);
			return isSecret ? [value, ...passwordOf(value)] : [];
		});
		return [...whole, ...parts];
	});
	return formsOf(places);
}

/** What is secret whatever the config says: the runner's tokens, and what proxies are told to know us by. */
export function environmentSecrets(env: Env): readonly string[] {
	const found = Object.entries(env).flatMap(([name, value = ""]) => {
		if (TOKEN_VARIABLE.test(name)) return [value];
		if (!PROXY_VARIABLE.test(name)) return [];
		// Also of a value that is no proper URL, which an unescaped character in the password makes of it.
		const [, user = "", password = ""] = /^(?:[^:/]*:\/\/)?([^:]*):?(.*)@/s.exec(value) ?? [];
		return credentials(user, password);
	});
	return formsOf(found);
}

/**
 * Whatever may be secret of an environment, for the report of a crash: that may come before the config is known, and
 * quote anything. Paths are none, since a crash is told by them.
 */
export function suspectsOf(env: Env): readonly string[] {
	const found = Object.entries(env).flatMap(([name, value = ""]) => {
		if (WEB_URL.test(value)) return urlSecrets(value);
		const isPath = /^([A-Z]:)?[\\/.]/i.test(value);
		return isTelling(name, isPath ? "" : value) ? [value, ...passwordOf(value)] : [];
	});
	return formsOf(found);
}

/** The credential that a context may bring: Rocky's projects hand PagerDuty's key over in the metadata. */
export function contextSecrets({ metadata }: GivenContext): readonly string[] {
	const key = metadata?.["routing_key"];
	return typeof key === "string" ? formsOf([key]) : [];
}

/** A text, empty where one of its variables is unset, and what each of the others has put into it. */
function resolve({ parts }: Reference, env: Env) {
	const values: { variable: string; value: string }[] = [];
	const texts = parts.map((part) => {
		if (typeof part === "string") return part;
		const value = env[part.name] ?? "";
		if (value !== "") values.push({ variable: part.name, value });
		return value || part.fallback;
	});
	return { text: texts.includes(undefined) ? "" : texts.join(""), values };
}

/** Whether a variable is a credential where nothing but its name and its length can tell: `${REGION}` is none. */
function isTelling(variable: string, value: string): boolean {
	if (PUBLIC_VARIABLE.test(variable)) return false;
	return SECRET_NAME.test(variable) || value.trim().length >= SHORTEST_UNNAMED;
}

/** The key in a secret of Standard Webhooks, as some programs hand it on; the text as it is where it has no such prefix. */
export function bareKey(secret: string): string {
	return secret.trim().replace(/^whsec_/, "");
}

/** The texts, trimmed and by their lines too, but for those that are too short. */
function formsOf(texts: readonly string[]): readonly string[] {
	const forms = texts.flatMap((text) => [text, text.trim(), ...text.split(/\r\n|\n|\r/).map((line) => line.trim())]);
	return [...new Set(forms)].filter((form) => form.trim().length >= SHORTEST).sort((a, b) => b.length - a.length);
}

/**
 * The whole URL where it holds more than a host, its credentials, its long or telling query values, and its long path
 * segments, also decoded.
 */
function urlSecrets(untrimmed: string): readonly string[] {
	const text = untrimmed.trim();
	if (!URL.canParse(text)) return [text];
	const url = new URL(text);
	const bare = url.pathname === "/" && url.search === "" && url.username === "" && url.password === "";
	if (bare) return [];
	// Both as it is written and as it is sent: the URL parser encodes spaces and more.
	const parts = [text, url.href].flatMap((form) => {
		const [, path = "", query = ""] = /^[^/?#]*\/\/[^/?#]*([^?#]*)(?:\?([^#]*))?/.exec(form) ?? [];
		const segments = path.split("/").filter((segment) => segment.length >= SHORTEST_UNNAMED);
		const values = query
			.split("&")
			.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)] as const)
			.filter(([name, value]) => value.length >= (SECRET_NAME.test(name) ? SHORTEST : SHORTEST_UNNAMED))
			.map(([, value]) => value);
		return [...segments, ...values];
	});
	return [
		text,
		url.href,
		...credentials(url.username, url.password),
		...parts,
		...parts.map(decode),
		...parts.map((part) => decode(part.replaceAll("+", " "))),
	];
}

/** The credentials in a text that is a URL of any kind with a password: `postgres://me:password@host`. */
function passwordOf(text: string): readonly string[] {
	const [, user = "", password = ""] = /^\s*[a-z][a-z\d+.-]*:\/\/([^/?#\s:]*):([^/?#\s]*)@/i.exec(text) ?? [];
	return password === "" ? [] : credentials(user, password);
}

/** A password, a user name that is long or has none, both also decoded, and the Basic value that they become. */
function credentials(user: string, password: string): readonly string[] {
	const written = [user.length >= SHORTEST_UNNAMED || password === "" ? user : "", password];
	const decoded = written.map(decode);
	const basic = Buffer.from(`${decode(user)}:${decode(password)}`).toString("base64");
	return [...written, ...decoded, password === "" ? "" : basic];
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
