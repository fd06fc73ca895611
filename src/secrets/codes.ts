// Finds secrets that were encoded together with what is around them, in base64 or hex, also in pieces of them.

/** One encoding. Lengths are in characters of the code. */
interface Code {
	/** Every stretch of its characters that may hold a piece. */
	readonly runs: RegExp;
	/** One way to write a run that has several. */
	readonly fold: (run: string) => string;
	/** What some bytes become, for each place that they can have in a longer input. */
	readonly encode: (bytes: Buffer) => readonly string[];
	/**
	 * Pieces of these lengths are found at both ends of a code, as where lines are wrapped. 6 bytes have one of the first
	 * length at least; of the last one a piece is found at every multiple of {@link STEP}.
	 */
	readonly lengths: readonly [number, ...number[]];
}

const STEP = 4;

const CODES: readonly Code[] = [
	{
		runs: /[\w+/-]{7,}/g,
		fold: (run) => run.replaceAll("+", "-").replaceAll("/", "_"),
		encode: (bytes) => [0, 1, 2].map((before) => base64Of(bytes, before)),
		lengths: [7, 8, 12],
	},
	{
		runs: /[\da-f]{12,}/gi,
		fold: (run) => run.toLowerCase(),
		encode: (bytes) => [bytes.toString("hex")],
		lengths: [12, 18],
	},
];

/** What of the base64 of some bytes is the same whatever is around them, with `before` bytes in their first group. */
function base64Of(bytes: Buffer, before: number): string {
	const length = before + bytes.length;
	const code = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url");
	return code.slice(Math.ceil((before * 8) / 6), Math.floor((length * 8) / 6));
}

/** Finds the codes of some secrets. */
export class CodeFinder {
	readonly #codes: readonly (Code & { readonly pieces: ReadonlySet<string> })[];

	constructor(secrets: readonly string[]) {
		const inputs = secrets.flatMap((secret) => escapedForms(secret.trim())).flatMap(bytesOf);
		this.#codes = CODES.map((code) => {
			const pieces = inputs.flatMap(code.encode).flatMap((written) => piecesOf(written, code));
			return { ...code, pieces: new Set(pieces) };
		});
	}

	/** The stretches of a text that are codes, in time that is linear in the text. */
	*find(text: string): Generator<readonly [start: number, end: number], void, undefined> {
		for (const { runs, fold, lengths, pieces } of this.#codes) {
			for (const { 0: run, index } of text.matchAll(runs)) {
				const folded = fold(run);
				for (let at = 0; at + lengths[0] <= folded.length; at++) {
					for (const length of lengths) {
						const found = folded.slice(at, at + length);
						if (pieces.has(found)) yield [index + at, index + at + found.length];
					}
				}
			}
		}
	}
}

function piecesOf(written: string, { lengths }: Code): readonly string[] {
	const pieces = lengths.flatMap((length) => [written.slice(0, length), written.slice(-length)]);
	const longest = Math.max(...lengths);
	for (let at = 0; at + longest <= written.length; at += STEP) pieces.push(written.slice(at, at + longest));
	return pieces;
}

/** As a body, a URL or a message has it when that is encoded as a whole. */
function escapedForms(secret: string): readonly string[] {
	const entities = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
	const json = JSON.stringify(secret).slice(1, -1);
	return [...new Set([secret, json, encodeURIComponent(secret.toWellFormed()), entities])];
}

/** UTF-8, and the Latin-1 that HTTP headers are in. */
function bytesOf(text: string): readonly Buffer[] {
	const [utf8, latin] = [Buffer.from(text), Buffer.from(text, "latin1")];
	return latin.toString("latin1") === text && !latin.equals(utf8) ? [utf8, latin] : [utf8];
}
