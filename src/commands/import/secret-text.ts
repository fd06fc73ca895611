// What of an imported text is a secret. In doubt it is one: a variable too many costs less than a leak.
import { credentialsIn } from "../../config/credentials.ts";
import { isCredentialUrl } from "../../config/secret-advice.ts";
import { CREDENTIAL } from "../../config/words.ts";
import { SECRET_NAME } from "../../model/hook-references.ts";
import { isPlain, isSecretValue, looksSecret, passwordOf } from "../../secrets/parts.ts";

/** Whether a URL must not be written down: SECURITY.md counts as secret what is not made of plain words. */
export function isSecretUrl(text: string): boolean {
	if (CREDENTIAL.test(text) || isCredentialUrl(text)) return true;
	if (!URL.canParse(text)) return false;
	const { pathname, searchParams, hash } = new URL(text);
	const fragment = hash.slice(1);
	const isSecretPair = ([key, value]: readonly [string, string]) => looksSecret(key) || isSecretValue(key, value);
	return pathname.split("/").some(looksSecret) || looksSecret(fragment) || [...searchParams].some(isSecretPair);
}

/** A credential in a text, with what follows it up to a blank, a quote or what a shell or a template inserts. */
const CREDENTIAL_IN_TEXT = new RegExp(`(?:${CREDENTIAL.source})[^\\s"'<>\\\\\`$}]*`, "g");

/** Replaces each credential whose form gives it away. */
export function replaceCredentials(text: string, replace: (found: string, at: number) => string): string {
	return text.replaceAll(CREDENTIAL_IN_TEXT, replace);
}

const URL_IN_TEXT = /\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s"'<>\\`]+/gi;

/** Leaves out the credentials of a text for people. */
export function withoutCredentials(text: string): string {
	const isSecret = (url: string) => isCredentialUrl(url) || passwordOf(url).length > 0;
	return replaceCredentials(text, () => "…").replaceAll(URL_IN_TEXT, (url) => (isSecret(url) ? "…" : url));
}

/** Whether a text has a credential whose form gives it away, or a URL with one. */
export function hasCredential(text: string): boolean {
	return withoutCredentials(text) !== text;
}

/** Whether a text has what looks like a credential, by what is before it or by its look. */
export function mayHaveCredential(text: string): boolean {
	// What a shell inserts is no more a credential than what a config does.
	const written = text.replaceAll(/\$(?:\w+|\(\w[^()"']*\))/g, "${V}");
	return hasCredential(text) || credentialsIn(written).length > 0;
}

/** What is written before a credential in a header, with the quotes around it. */
const SCHEME = /^((?:Basic|Bearer|Token|Bot|ApiKey|GenieKey)\s+(?:token=)?("?))(.+?)\2$/i;

/** A text in front of a variable or behind it that is none of the secret: `Bearer `, `; session=`. */
const AROUND = /^["']?(?:(?:Basic|Bearer|Token|Bot|ApiKey|GenieKey)\s+)?(?:[\s;,&]*([\w.-]+)=)?["';,&\s]*$/i;

/** The value of a header or a variable of that name, or a part of it, split into what is a secret and what is around it. */
export interface Named {
	readonly before: string;
	readonly secret: string;
	readonly after: string;
}

/** Undefined where there is no secret in a value; `isPart` of one that has variables too. */
export function secretIn(name: string, text: string, isPart: boolean): Named | undefined {
	const hasSecretName = SECRET_NAME.test(name);
	if (!hasSecretName && !CREDENTIAL.test(text) && !isSecretValue(name, text)) return undefined;
	const around = isPart ? AROUND.exec(text) : null;
	if (around !== null && isPlain(around[1] ?? "")) return undefined;
	const [, before = "", after = "", secret = text] = SCHEME.exec(text) ?? [];
	return { before, secret, after };
}
