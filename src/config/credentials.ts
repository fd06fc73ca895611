// Credentials in a text that may be shown otherwise, as a template may have them: `"token": "abc"`, `Bearer abc`.
import { SECRET_NAME } from "../model/hook-references.ts";
import { isPlain, looksSecret } from "../secrets/parts.ts";
import { firstIndex, type Range } from "./positions.ts";

/** Tags and variables, and what is not a credential after a name that says so: after `Bearer` its own rule finds one. */
const HARMLESS = /\{{2,3}[^{}]*\}{2,3}|\$\{\w+\}|^(?:true|false|null|none|bearer)$/gi;
/** Its beginning, looked at and not past: there may be a name in it. */
const VALUE = /(?=((?:\{\{[^{}\n]{0,200}\}\}|[^\s"',;&]){1,100}))/.source;

/** After its name, as JSON, headers and queries have it. */
const NAMED = new RegExp(`(?<![\\w.-])([\\w.-]+)[\\\\"']*\\s*[=:][\\s\\\\"'[]*${VALUE}`, "g");
/** After the option of a command. */
const FLAG = new RegExp(`(?<!\\S)--?([\\w.-]+)\\s+["']?${VALUE}`, "g");
/** After the scheme of an `Authorization`. */
const SCHEMED = new RegExp(`\\b(bearer|basic|bot|token|apikey|geniekey)[\\s\\\\]+${VALUE}`, "gi");
/** By itself. Shorter ones are names more often than not; of a Standard Webhooks key frames show the prefix. */
const LONG = /(?<![\w+/=.~-])(?!whsec_)[\w+/=.~-]{20,}/g;

/** Where the credentials of a text begin that a name or a scheme gives away, in no order. */
export function namedCredentials(text: string): readonly number[] {
	return [
		...[...text.matchAll(NAMED), ...text.matchAll(FLAG)].filter(
			([, name = "", value = ""]) => SECRET_NAME.test(name) && isWritten(value),
		),
		...[...text.matchAll(SCHEMED)].filter(
			([, scheme = "", value = ""]) => isWritten(value) && (/bearer/i.test(scheme) || !isPlain(value)),
		),
	].map(({ index, 0: { length } }) => index + length);
}

/**
 * Where the credentials of a text are, in no order. One with a name goes to the end of its line, or of those that it goes
 * on with after a backslash, since there may be spaces in it.
 */
export function credentialsIn(text: string): readonly Range[] {
	const long = [...text.matchAll(LONG)].filter(([part]) => looksSecret(part));
	const ends = [...Array.from(text.matchAll(/(?<!\\)\n/g), ({ index }) => index), text.length];
	return [
		...namedCredentials(text).map((start) => {
			return { start, end: ends[firstIndex(ends, (end) => end >= start)] ?? text.length };
		}),
		...long.map(({ index, 0: { length } }) => ({ start: index, end: index + length })),
	];
}

/** Whether there is more in a value than where it comes from. */
function isWritten(value: string): boolean {
	return /[^\\{}[\]()]/.test(value.replaceAll(HARMLESS, ""));
}
