// Blanks secrets that an encoding has made part of something longer: base64 and hex.
import { BLANK, type Mask } from "./blank.ts";

/** Blanks what secrets become in base64 of either alphabet, whatever is encoded before and after them. */
export function base64Pieces(secrets: readonly string[]): Mask {
	const fold = (run: string) => run.replaceAll("+", "-").replaceAll("/", "_");
	// Base64 without any capital is no base64 but a word: most texts have no other.
	return piecesMask(secrets, base64Codes, { size: 8, runs: /[\w+/-]{8,}/g, likely: /[A-Z]/, fold });
}

/** Blanks what secrets become in hex of either case. */
export function hexPieces(secrets: readonly string[]): Mask {
	const codes = (text: string, encoding: BufferEncoding) => [Buffer.from(text, encoding).toString("hex")];
	// Letters and digits are 30 to 7a, which tells text from the ids and hashes that most hex is; tabs and line ends do not.
	const likely = secrets.every((text) => /^[ -~]*$/.test(text)) ? /(?:[2-7][\da-f]){6}/i : /./;
	return piecesMask(secrets, codes, { size: 12, runs: /[\da-f]{12,}/gi, likely, fold: (run) => run.toLowerCase() });
}

/** What of a text's base64 its neighbours do not change, for each of the places that it can have in three bytes. */
function base64Codes(text: string, encoding: BufferEncoding): readonly string[] {
	return ["", "\0", "\0\0"].map((before) => {
		const bytes = Buffer.from(before + text, encoding);
		const code = bytes.toString("base64url");
		return code.slice(Math.ceil((before.length * 8) / 6), Math.floor((bytes.length * 8) / 6));
	});
}

/** How pieces of a code are looked for: in runs of its characters, `size` of them at a time. */
interface Search {
	readonly size: number;
	readonly runs: RegExp;
	/** Passes over runs that are hardly a code: what finds them takes a while to make. */
	readonly likely: RegExp;
	/** Makes all ways to write a run the one that codes have, of the same length. */
	readonly fold: (run: string) => string;
}

/**
 * Blanks pieces of the secrets' codes, which is what is left of one where it is cut or an encoder wraps its lines: any of
 * `size` characters that begins or ends one, and any of twice as many in its midst (of a long one, of {@link LONG_STEP} more).
 */
function piecesMask(
	secrets: readonly string[],
	encode: (text: string, encoding: BufferEncoding) => readonly string[],
	{ size, runs, likely, fold }: Search,
): Mask {
	let chunks: Chunks | undefined;
	const blankRun = (run: string): string => {
		if (!likely.test(run)) return run;
		chunks ??= chunksOf(
			secrets.flatMap(escapedForms).flatMap((text) => encodingsOf(text).flatMap((encoding) => encode(text, encoding))),
			size,
		);
		const folded = fold(run);
		let shown = "";
		let past = 0;
		for (let at = 0; at + size <= folded.length; at++) {
			const places = chunks.get(folded.slice(at, at + size));
			if (places === undefined) continue;
			let start = at;
			let end = at + size;
			for (const [code, place] of places) {
				const offset = place - at;
				let first = at;
				let last = at + size;
				while (first > past && folded[first - 1] === code[first - 1 + offset]) first--;
				while (last < folded.length && folded[last] === code[last + offset]) last++;
				start = Math.min(start, first);
				end = Math.max(end, last);
			}
			shown += run.slice(past, start) + (start === past && past > 0 ? "" : BLANK);
			past = end;
			at = end - 1;
		}
		return shown + run.slice(past);
	};
	return (text) => text.replaceAll(runs, blankRun);
}

/** As a body, a URL or a message has it when that is encoded as a whole. */
function escapedForms(text: string): readonly string[] {
	const entities = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
	return [...new Set([text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text.toWellFormed()), entities])];
}

/** UTF-8, and what HTTP headers are in. */
function encodingsOf(text: string): readonly BufferEncoding[] {
	return isAscii(text) || Buffer.from(text, "latin1").toString("latin1") !== text ? ["utf8"] : ["utf8", "latin1"];
}

function isAscii(text: string): boolean {
	return Buffer.byteLength(text) === text.length;
}

/** Pieces of one size of every code, some way apart and the last, with the codes in which they stand and where. */
type Chunks = ReadonlyMap<string, readonly (readonly [code: string, place: number])[]>;

/** Codes from this length on are those of keys and the like, of which a wrapped line has a good part. */
const LONG = 256;
const LONG_STEP = 32;

function chunksOf(codes: readonly string[], size: number): Chunks {
	const chunks = new Map<string, [code: string, place: number][]>();
	for (const code of codes) {
		const step = code.length < LONG ? size : LONG_STEP;
		const last = code.length - size;
		for (let at = 0; at <= last; at = at === last ? code.length : Math.min(at + step, last)) {
			const chunk = code.slice(at, at + size);
			const places = chunks.get(chunk);
			if (places === undefined) chunks.set(chunk, [[code, at]]);
			else if (places.at(-1)?.[0] !== code) places.push([code, at]);
		}
	}
	return chunks;
}
