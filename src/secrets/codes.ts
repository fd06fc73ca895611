// Finds secrets that were encoded together with what is around them, in base64 or hex, also in pieces of them.

/** One encoding. Lengths are in characters of the code. */
interface Code {
	/** What some bytes become, for each place that they can have in a longer input. */
	readonly encode: (bytes: Buffer) => readonly string[];
	/** The same as other encoders write it. */
	readonly respell: (written: string) => string;
	/**
	 * Pieces of these lengths are found at both ends of a code, as where lines are wrapped. 6 bytes have one of the first
	 * length at least; of the last one a piece is found at every multiple of {@link STEP}.
	 */
	readonly lengths: readonly number[];
}

const STEP = 4;

const BASE64: Code = {
	encode: (bytes) => [0, 1, 2].map((before) => base64Of(bytes, before)),
	respell: (written) => (/[-_]/.test(written) ? written.replaceAll("-", "+").replaceAll("_", "/") : written),
	lengths: [7, 8, 12],
};

const HEX: Code = {
	encode: (bytes) => [bytes.toString("hex")],
	respell: (written) => written.toUpperCase(),
	lengths: [12, 18],
};

const LENGTHS: readonly number[] = [...new Set([...BASE64.lengths, ...HEX.lengths])];

/** What of the base64 of some bytes is the same whatever is around them, with `before` bytes in their first group. */
function base64Of(bytes: Buffer, before: number): string {
	const length = before + bytes.length;
	const code = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url");
	return code.slice(Math.ceil((before * 8) / 6), Math.floor((length * 8) / 6));
}

/** Finds the codes of some secrets. */
export class CodeFinder {
	readonly #pieces: ReadonlySet<string>;
	/** What the pieces begin with: nearly every place in a text is passed over by its first two units. */
	readonly #starts: ReadonlySet<number>;

	constructor(secrets: readonly string[]) {
		const inputs = secrets.flatMap((secret) => escapedForms(secret.trim())).flatMap(bytesOf);
		const pieces = [BASE64, HEX].flatMap(({ encode, respell, lengths }) => {
			const written = inputs.flatMap(encode).flatMap((each) => piecesOf(each, lengths));
			return [...written, ...written.map(respell).filter((each, index) => each !== written[index])];
		});
		this.#pieces = new Set(pieces);
		this.#starts = new Set(Array.from(this.#pieces, (piece) => startAt(piece, 0)));
	}

	/** The stretches of a text that are codes, in time that is linear in the text. */
	*find(text: string): Generator<readonly [start: number, end: number], void, undefined> {
		for (let at = 0; at < text.length; at++) {
			if (!this.#starts.has(startAt(text, at))) continue;
			for (const length of LENGTHS) {
				const piece = text.slice(at, at + length);
				if (this.#pieces.has(piece)) yield [at, at + piece.length];
			}
		}
	}
}

/** The two units at a place of a text, as one number. */
function startAt(text: string, at: number): number {
	return text.charCodeAt(at) * 0x10000 + text.charCodeAt(at + 1);
}

function piecesOf(written: string, lengths: readonly number[]): readonly string[] {
	const longest = Math.max(...lengths);
	const fitting = lengths.filter((length) => length <= written.length);
	const pieces = fitting.flatMap((length) => [written.slice(0, length), written.slice(-length)]);
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
