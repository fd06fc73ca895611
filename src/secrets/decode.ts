// Undoes the encodings in which a secret may come back: those of URLs, of JSON and shells, of HTML and XML.
import { readEntity } from "./entities.ts";
import { type View, ViewWriter, viewOf } from "./view.ts";

/** What an escape stands for: a code point, and how many units it takes. */
interface Escape {
	readonly code: number;
	readonly length: number;
	/** How often the code is there; once where it does not say. */
	readonly times?: number;
}

/** Reads the escape that begins at `at`; undefined where none does. */
type ReadEscape = (text: string, at: number) => Escape | undefined;

/** What begins an escape, and what reads it. */
type Encoding = ReadonlyMap<number, ReadEscape>;

const URL_ESCAPES: Encoding = new Map([[codeOf("%"), (text, at) => readBytes(text, at, "%")]]);
const BACKSLASHES: Encoding = new Map([[codeOf("\\"), readBackslash]]);
const SHELL_QUOTES: Encoding = new Map([[codeOf("'"), readShellQuote]]);
const ENTITIES: Encoding = new Map([[codeOf("&"), readEntity]]);
const ALL: Encoding = new Map([...URL_ESCAPES, ...BACKSLASHES, ...SHELL_QUOTES, ...ENTITIES]);

const EACH = [URL_ESCAPES, BACKSLASHES, SHELL_QUOTES, ENTITIES] as const;

/** How often all encodings are undone together. */
const ROUNDS = 4;

const HAS_ESCAPE = /[%&\\]|'"'"'/;

/** Whether any decoding could change the text. */
export function hasEscape(text: string): boolean {
	return HAS_ESCAPE.test(text);
}

/**
 * The text as it is and with its encodings undone, each view once. Every pair of encodings is undone one after the other,
 * which gives back exactly what the encoders were given; then all of them together, for what is encoded more often.
 */
export function* decodings(text: string): Generator<View, void, undefined> {
	const whole = viewOf(text);
	yield whole;
	if (!hasEscape(text)) return;
	const seen = new Set([text]);
	const unseen = (views: readonly View[]): readonly View[] => {
		return views.filter((view) => {
			const isNew = !seen.has(view.text);
			seen.add(view.text);
			return isNew;
		});
	};
	const once = unseen(EACH.map((encoding) => decode(whole, encoding)));
	yield* once;
	for (const view of once) yield* unseen(EACH.map((encoding) => decode(view, encoding)));
	let view = whole;
	for (let round = 1; round <= ROUNDS; round++) {
		view = decode(view, ALL);
		yield* unseen([view]);
	}
}

/** A secret as it may be in one of the {@link decodings} of a text: it may hold what looks like an escape itself. */
export function decodedForms(secret: string): readonly string[] {
	return Array.from(decodings(secret), ({ text }) => text);
}

/** Undoes an encoding once. Every escape makes the text shorter. */
function decode(view: View, encoding: Encoding): View {
	const { text, starts } = view;
	if (!Array.from(encoding.keys()).some((unit) => text.includes(String.fromCharCode(unit)))) return view;
	const decoded = new ViewWriter(text.length);
	for (let at = 0; at < text.length; ) {
		const unit = text.charCodeAt(at);
		const start = starts[at] ?? 0;
		const found = unit <= LAST_INTRODUCER ? encoding.get(unit)?.(text, at) : undefined;
		if (found === undefined) {
			decoded.push(unit, start);
			at += 1;
			continue;
		}
		if (found.code > 0xffff) {
			decoded.push(0xd800 + ((found.code - 0x10000) >> 10), start);
			decoded.push(0xdc00 + ((found.code - 0x10000) & 0x3ff), start);
		} else for (let time = 0; time < (found.times ?? 1); time++) decoded.push(found.code, start);
		at += found.length;
	}
	return decoded.view(starts[text.length] ?? 0);
}

const LAST_INTRODUCER = codeOf("\\");

function codeOf(character: string): number {
	return character.charCodeAt(0);
}

/** Bytes of UTF-8, each written as `mark` and two hex digits; a byte that is not UTF-8 is taken for Latin-1. */
function readBytes(text: string, at: number, mark: "%" | "\\x"): Escape | undefined {
	const size = mark.length + 2;
	const byte = (index: number) => {
		const from = at + index * size;
		return text.startsWith(mark, from) ? readHex(text, from + mark.length, 2) : undefined;
	};
	const first = byte(0);
	if (first === undefined) return undefined;
	const more = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
	let code = more === 0 ? first : first & (0x3f >> more);
	for (let index = 1; index <= more; index++) {
		const next = byte(index);
		if (next === undefined || next >> 6 !== 0b10) return { code: first, length: size };
		code = (code << 6) | (next & 0x3f);
	}
	return code > 0x10ffff ? { code: first, length: size } : { code, length: size * (more + 1) };
}

const LETTERS: ReadonlyMap<string, string> = new Map([
	["b", "\b"],
	["f", "\f"],
	["n", "\n"],
	["r", "\r"],
	["t", "\t"],
	["v", "\v"],
]);

/** A backslash and what it escapes in JSON, in source code, or in a shell word. */
function readBackslash(text: string, at: number): Escape | undefined {
	const next = text[at + 1];
	if (next === undefined) return undefined;
	if (next === "u") {
		const code = readHex(text, at + 2, 4);
		return code === undefined ? undefined : { code, length: 6 };
	}
	if (next === "x") return readBytes(text, at, "\\x");
	const letter = LETTERS.get(next);
	if (letter !== undefined) return { code: codeOf(letter), length: 2 };
	return /[A-Za-z0-9]/.test(next) ? undefined : { code: codeOf(next), length: 2 };
}

/** How shells write one single quote or more between single quotes: `'\''` or `'"'"'`. */
const WRITTEN_QUOTES = /'(?:"('+)"|((?:\\')+))'/y;

function readShellQuote(text: string, at: number): Escape | undefined {
	WRITTEN_QUOTES.lastIndex = at;
	const [written, quotes, escaped = ""] = WRITTEN_QUOTES.exec(text) ?? [];
	if (written === undefined) return undefined;
	return { code: codeOf("'"), length: written.length, times: quotes?.length ?? escaped.length / 2 };
}

/** The number that exactly so many hex digits stand for. */
function readHex(text: string, at: number, digits: number): number | undefined {
	let number = 0;
	for (let index = at; index < at + digits; index++) {
		const digit = hexDigit(text.charCodeAt(index));
		if (digit === undefined) return undefined;
		number = number * 16 + digit;
	}
	return number;
}

function hexDigit(unit: number): number | undefined {
	if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
	const letter = (unit | 0x20) - 0x61;
	return letter >= 0 && letter <= 5 ? letter + 10 : undefined;
}
