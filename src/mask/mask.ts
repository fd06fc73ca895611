// How secrets are blanked: as they stand, escaped, encoded in part of something longer, or cut off.
import { stripTerminal } from "../text.ts";
import { BLANK, type Mask, SHORTEST } from "./blank.ts";
import { base64Pieces, hexPieces } from "./pieces.ts";
import { asItStands, hasEscape, inAnyFormat, LONG, type Spell, spell, trimSecret, UNITS } from "./spelling.ts";

export { type Mask, SHORTEST } from "./blank.ts";

const CUT = "…";

/**
 * A mask for these secrets, which prepares itself when it is first needed. It knows them as they are; on one line, as
 * reasons are written; with the escapes of JSON (also of JSON in JSON), URLs, forms, XML and shells; in base64 and hex,
 * whatever stands around them and wherever their lines are wrapped; and of one that is cut by a `…`, what stands before.
 */
export function createMask(secrets: readonly string[]): Mask {
	const forms = secrets.flatMap((secret) => {
		// A text on one line has no terminal sequences any more.
		return secret.includes("\u001b") ? [secret, stripTerminal(secret)] : [secret];
	});
	const trimmed = forms.map(trimSecret).filter((secret) => secret.length >= SHORTEST);
	const known = [...new Set(trimmed)].sort((a, b) => b.length - a.length);
	if (known.length === 0) return (text) => text;
	const plain = spelledMask(known, asItStands);
	const escaped = spelledMask(known, inAnyFormat);
	// A URL is a secret in its parts, and those are known by themselves.
	const encoded = known.filter((secret) => !ORIGIN.test(secret));
	const base64 = base64Pieces(encoded);
	const hex = hexPieces(encoded);
	// A pattern knows a long secret by its beginning, and where it ends only about.
	const long = known.filter((secret) => secret.length > LONG);
	return (given) => {
		const text = long.reduce((masked, secret) => masked.replaceAll(secret, BLANK), given);
		return hex(base64((hasEscape(text) ? escaped : plain)(text)));
	};
}

/** Blanks secrets in one way of spelling them. The longest come first, so that a part never spoils the whole. */
function spelledMask(longestFirst: readonly string[], spelling: Spell): Mask {
	let patterns: readonly [RegExp, ...RegExp[]] | undefined;
	const endAt = endFinder(longestFirst, spelling);
	/** Of what stands before a cut: its end, and what is whole and neither begins the end nor reaches into it. */
	const blankCut = (text: string, pattern: RegExp): string => {
		let end = endAt(text, 0);
		let shown = "";
		let past = 0;
		pattern.lastIndex = 0;
		for (let found = pattern.exec(text); found !== null && found.index < end; found = pattern.exec(text)) {
			shown += text.slice(past, found.index) + BLANK;
			past = pattern.lastIndex;
			if (past > end) end = endAt(text, past);
		}
		return `${shown}${text.slice(past, end)}${end < text.length ? BLANK : ""}`;
	};
	return (text) => {
		patterns ??= patternsOf(longestFirst.map((secret) => spell(secret, spelling)));
		const [first, ...others] = patterns;
		const parts = text.split(CUT);
		const last = parts.pop() ?? "";
		const masked = [...parts.map((part) => blankCut(part, first)), last.replaceAll(first, BLANK)].join(CUT);
		return others.reduce((rest, pattern) => rest.replaceAll(pattern, BLANK), masked);
	};
}

/** As few patterns as have room for these sources: one that is too large is an error. */
function patternsOf(sources: readonly string[]): readonly [RegExp, ...RegExp[]] {
	let size = 0;
	const past = sources.findIndex((source, index) => {
		size += source.length;
		return index > 0 && size > LARGEST_PATTERN;
	});
	if (past < 0) return [new RegExp(sources.join("|"), "g")];
	return [new RegExp(sources.slice(0, past).join("|"), "g"), ...patternsOf(sources.slice(past))];
}

const LARGEST_PATTERN = 100_000;

/**
 * Finds where, from an offset on, the beginning of a secret begins that a text ends with; the text's length where none
 * does. Foreign text is cut where it comes in, before anyone knows what in it is secret.
 */
function endFinder(secrets: readonly string[], spelling: Spell): (text: string, from: number) => number {
	const longest = Math.max(...secrets.map(({ length }) => length)) * LONGEST_SPELLING;
	let starts: RegExp | undefined;
	const ends = new Map<string, RegExp>();
	const isEnd = (secret: string, text: string, at: number): boolean => {
		const end = ends.get(secret) ?? endOf(secret, spelling);
		ends.set(secret, end);
		end.lastIndex = at;
		return end.test(text);
	};
	return (text, from) => {
		if (text.length - from < SHORTEST) return text.length;
		starts ??= new RegExp(secrets.map((secret) => spell(beginningOf(secret), spelling)).join("|"), "g");
		starts.lastIndex = Math.max(from, text.length - longest);
		for (let found = starts.exec(text); found !== null; found = starts.exec(text)) {
			const at = found.index;
			if (secrets.some((secret) => isEnd(secret, text, at))) return at;
		}
		return text.length;
	};
}

/** Matches, up to the end of a text, a secret from its beginning up to anywhere. */
function endOf(secret: string, spelling: Spell): RegExp {
	const beginning = beginningOf(secret);
	const units = Array.from(secret.slice(beginning.length, beginning.length + LONGEST_END).matchAll(UNITS));
	const rest = units.reduceRight(
		(after, { 0: unit, index }) => `(?:${spelling(unit, secret[beginning.length + index - 1] === "\\")}${after})?`,
		// So much of a secret is one, whatever follows.
		secret.length > beginning.length + LONGEST_END ? "[^]*" : "",
	);
	// An escape that the cut has left unfinished may follow.
	return new RegExp(`${spell(beginning, spelling)}${rest}(?:[%&\\\\][\\w%&#;\\\\]{0,30})?$`, "y");
}

const ORIGIN = /^https?:\/\/[^/?#@]*\/?/i;

/** As much of a secret as must stand before a cut to be known. The origin of a URL is none: targets are shown by it. */
function beginningOf(secret: string): string {
	return secret.slice(0, (ORIGIN.exec(secret)?.[0].length ?? 0) + SHORTEST);
}

/** UTF-16 code units that one of a secret may become: three bytes, each `%25` and two digits. */
const LONGEST_SPELLING = 15;

/** UTF-16 code units of a secret after its beginning that are compared: patterns nest as deep. */
const LONGEST_END = 64;
