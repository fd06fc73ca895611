// How secrets are blanked: as they stand, escaped, encoded in part of something longer, or cut off.
import { stripTerminal } from "../text.ts";
import { BLANK, type Mask, SHORTEST } from "./blank.ts";
import { base64Pieces, hexPieces } from "./pieces.ts";
import { asItStands, hasEscape, inAnyFormat, type Spell, spell, trimSecret, UNITS } from "./spelling.ts";

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
	const long = forms.map(trimSecret).filter((secret) => secret.length >= SHORTEST);
	const known = [...new Set(long)].sort((a, b) => b.length - a.length);
	if (known.length === 0) return (text) => text;
	const plain = spelledMask(known, asItStands);
	const escaped = spelledMask(known, inAnyFormat);
	// A URL is a secret in its parts, and those are known by themselves.
	const encoded = known.filter((secret) => !ORIGIN.test(secret));
	const base64 = base64Pieces(encoded);
	const hex = hexPieces(encoded);
	return (text) => hex(base64((hasEscape(text) ? escaped : plain)(text)));
}

/** Blanks secrets in one way of spelling them. The longest come first, so that a part never spoils the whole. */
function spelledMask(longestFirst: readonly string[], spelling: Spell): Mask {
	const cuttable = longestFirst.map((secret) => [secret, beginningOf(secret)] as const);
	let whole: RegExp | undefined;
	let starts: RegExp | undefined;
	const patterns = new Map<string, RegExp>();
	const skip = (source: string, text: string, at: number): number | undefined => {
		const pattern = patterns.get(source) ?? new RegExp(source, "y");
		patterns.set(source, pattern);
		pattern.lastIndex = at;
		return pattern.test(text) ? pattern.lastIndex : undefined;
	};
	/** Whether the text from the offset on is the secret up to somewhere, and longer than its beginning. */
	const isPart = (secret: string, beginning: string, text: string, at: number): boolean => {
		let past = skip(spell(beginning, spelling), text, at);
		if (past === undefined) return false;
		let bare = beginning.endsWith("\\");
		for (const [unit] of secret.slice(beginning.length).matchAll(UNITS)) {
			const next = skip(spelling(unit, bare), text, past);
			if (next === undefined) break;
			past = next;
			bare = unit.startsWith("\\");
		}
		return UNFINISHED.test(text.slice(past));
	};
	// Foreign text is cut where it comes in, before anyone knows what in it is secret: an end may be half of one.
	const blankEnd = (text: string): string => {
		if (text.length < SHORTEST) return text;
		starts ??= new RegExp(cuttable.map(([, beginning]) => spell(beginning, spelling)).join("|"), "g");
		const tail = text.slice(-LONGEST_SPELLING * (longestFirst[0]?.length ?? 0));
		for (const { index } of tail.matchAll(starts)) {
			if (cuttable.some(([secret, beginning]) => isPart(secret, beginning, tail, index))) {
				return text.slice(0, text.length - tail.length + index) + BLANK;
			}
		}
		return text;
	};
	return (text) => {
		whole ??= new RegExp(longestFirst.map((secret) => spell(secret, spelling)).join("|"), "g");
		const parts = text.replaceAll(whole, BLANK).split(CUT);
		const last = parts.pop() ?? "";
		return [...parts.map(blankEnd), last].join(CUT);
	};
}

const ORIGIN = /^https?:\/\/[^/?#@]*\/?/i;

/** As much of a secret as must stand before a cut to be known. The origin of a URL is none: targets are shown by it. */
function beginningOf(secret: string): string {
	return secret.slice(0, (ORIGIN.exec(secret)?.[0].length ?? 0) + SHORTEST);
}

/** An escape that a cut has left unfinished. */
const UNFINISHED = /^(?:%[\da-f]{0,2}|\\+(?:u[\da-f]{0,4})?|&[#\w]*)*$/i;

/** UTF-16 code units that one of a secret may become: three bytes, each `%25` and two digits. */
const LONGEST_SPELLING = 15;
