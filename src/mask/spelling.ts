// How formats write the characters of a secret, as sources of regular expressions.

/**
 * How a character, or a run of blanks or backslashes, may be written. A `bare` one has no backslashes of an escape: it
 * is what a secret begins with, or follows backslashes, which take those of its escape.
 */
export type Spell = (unit: string, bare: boolean) => string;

/** Any white space or control character: texts are shown on one line, where a run of them is a space. */
const BLANK = "\\s\\x00-\\x1f\\x7f-\\x9f";

/** What is spelled as one, among it a run of blanks, and of backslashes, which escapes double. */
const RUN = `[${BLANK}]+|\\\\+|[\\ud800-\\udbff][\\udc00-\\udfff]`;
export const UNITS = new RegExp(`${RUN}|[^]`, "g");

/** All of {@link UNITS} but letters and digits, which no format escapes. */
const ESCAPABLE = new RegExp(`${RUN}|[^A-Za-z0-9]`, "g");

const ENDS = new RegExp(`^[${BLANK}\\\\]+|[${BLANK}]+$`, "g");

/** A secret without blanks around it, and without backslashes before it, which may be those of an escape. */
export function trimSecret(text: string): string {
	return text.replaceAll(ENDS, "");
}

/**
 * The source of a pattern that matches a text as the spelling has it. Of a long one the beginning is compared; what
 * follows can be nothing but the rest, of which as many characters belong to it as there are bytes, each in any format.
 */
export function spell(text: string, spelling: Spell): string {
	const known = text.slice(0, LONG).replace(/[\ud800-\udbff]$/, "");
	const source = known.replaceAll(ESCAPABLE, (unit, at) => spelling(unit, at === 0 || known[at - 1] === "\\"));
	const rest = Buffer.byteLength(text.slice(known.length));
	return rest === 0 ? source : `${source}(?:${ANY_CHARACTER}){0,${rest}}`;
}

/** UTF-16 code units; a pattern of some ten thousand is an error. */
export const LONG = 256;

/** Whether a text has what begins an escape of any format in it, or what takes the place of bytes that are no UTF-8. */
export function hasEscape(text: string): boolean {
	return /[\\%&\ufffd]|'"'/.test(text);
}

/** Without any escape; as a form has it, a blank is a plus sign. */
export const asItStands: Spell = (unit) => {
	return isBlank(unit) ? `[+${BLANK}]+` : unit.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
};

/**
 * With or without the escapes of JSON, URLs, forms, XML and shells, also one in the other. A trimmed secret begins
 * with no repetition, and each repetition ends in something of its own: a megabyte of backslashes takes no longer than one of words.
 */
export const inAnyFormat: Spell = remembering((unit, bare) => {
	if (/^[A-Za-z0-9]/.test(unit)) return unit;
	const before = bare ? "" : `${BACKSLASH}*`;
	if (isBlank(unit)) {
		const one = `(?:[+${BLANK}]|${BACKSLASH}[bfnrtv]|${ESCAPED})`;
		return `${before}${one}(?:${BACKSLASH}*${one})*`;
	}
	if (unit.startsWith("\\")) return `(?:${BACKSLASH}(?:u005[cC])?|&#(?:0*92|[xX]0*5[cC]);)+`;
	const code = unit.codePointAt(0) ?? 0;
	const isLatin = code > 0x7f && code <= 0xff;
	const halves = Array.from({ length: unit.length }, (_, index) => unit.charCodeAt(index));
	const spellings = [
		asItStands(unit, bare),
		percents(Buffer.from(unit)),
		halves.map((half) => `${BACKSLASH}u${hex(half, 4)}`).join(`${BACKSLASH}*`),
		entity(code, NAMED[unit]),
		...(isLatin ? [percents([code]), "\ufffd"] : []),
		// Between single quotes a shell writes a single quote so.
		...(unit === "'" ? ["'\\\\''", `'"'"'`] : []),
	];
	return `${before}(?:${spellings.join("|")})`;
});

const BACKSLASH = "(?:\\\\|%(?:25)*5[cC])";
/** What stands for any character, in each format. */
const ESCAPED = `${BACKSLASH}u[\\da-fA-F]{4}|%(?:25)*[\\da-fA-F]{2}|&#?\\w{1,8};`;
const ANY_CHARACTER = `${BACKSLASH}*(?:${ESCAPED}|[^])`;

const NAMED: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" };

/** An entity of XML. Those with names are common, so that JSON, URLs and XML itself may escape them once more. */
function entity(code: number, name: string | undefined): string {
	const number = `0*${code}|[xX]0*${hex(code, 1)}`;
	if (name === undefined) return `&#(?:${number});`;
	const ampersand = `(?:&|%(?:25)*26|${BACKSLASH}u0026)`;
	return `${ampersand}(?:amp(?:;|%(?:25)*3[bB]))*(?:(?:#|%(?:25)*23)(?:${number})|${name})(?:;|%(?:25)*3[bB])`;
}

const LEADING_BLANK = new RegExp(`^[${BLANK}]`);

function isBlank(unit: string): boolean {
	return LEADING_BLANK.test(unit);
}

function percents(bytes: Iterable<number>): string {
	return Array.from(bytes, (byte) => `%(?:25)*${hex(byte, 2)}`).join("");
}

/** In either case. */
function hex(number: number, digits: number): string {
	const lower = number.toString(16).padStart(digits, "0");
	return lower.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/** The same spelling, made once for each unit: secrets share the few characters that have escapes. */
function remembering(spelling: Spell): Spell {
	const ofBare = new Map<string, string>();
	const ofOthers = new Map<string, string>();
	return (unit, bare) => {
		const known = bare ? ofBare : ofOthers;
		const source = known.get(unit) ?? spelling(unit, bare);
		known.set(unit, source);
		return source;
	};
}
