// Finds secrets that were encoded together with what stands around them, in base64 or hex, also in pieces of them.
import type { Redactions } from "./redactions.ts";
import type { View } from "./view.ts";

/** One encoding. Lengths are in characters of the code. */
interface Code {
	/** Every stretch of its characters that may hold a piece. */
	readonly runs: RegExp;
	/** Matches whatever holds `edge` characters that stand for printable ASCII: nearly no word and no id does. */
	readonly likely: RegExp;
	/** One way to write a run that has several. */
	readonly fold: (run: string) => string;
	/** What some bytes become, for each place that they can have in a longer input. */
	readonly encode: (bytes: Buffer) => readonly string[];
	/** A piece of this length is found at the beginning and the end of a code. */
	readonly edge: number;
	/** A piece of this length is found at each multiple of {@link STEP}. */
	readonly piece: number;
}

const STEP = 4;

/** Characters of base64 by what they stand for, in a group of three bytes of printable ASCII. */
const GROUP = ["[I-Za-f]", "[C-HS-Xi-ny0-3]", "[ABEFIJMNQRUVYZcdghklopstwx014589]", "[\\w+/-]"] as const;
/** Eight characters that begin anywhere in a group. */
const LIKELY_BASE64 = new RegExp(
	GROUP.map((_, first) => [...GROUP, ...GROUP, ...GROUP].slice(first, first + 8).join("")).join("|"),
);

const BASE64: Code = {
	runs: /[\w+/-]{8,}/g,
	likely: LIKELY_BASE64,
	fold: (run) => run.replaceAll("+", "-").replaceAll("/", "_"),
	encode: (bytes) => [0, 1, 2].map((before) => base64Of(bytes, before)),
	edge: 8,
	piece: 12,
};

const HEX: Code = {
	runs: /[\da-f]{12,}/gi,
	likely: /(?:[2-7][\da-f]){6}/i,
	fold: (run) => run.toLowerCase(),
	encode: (bytes) => [bytes.toString("hex")],
	edge: 12,
	piece: 18,
};

const CODES = [BASE64, HEX] as const;

/** What of the base64 of some bytes is the same whatever stands around them, with `before` bytes in their first group. */
function base64Of(bytes: Buffer, before: number): string {
	const length = before + bytes.length;
	const code = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url");
	return code.slice(Math.ceil((before * 8) / 6), Math.floor((length * 8) / 6));
}

/** Whether no code can be in the text of secrets that are all of printable ASCII. */
export function hasNoCode(text: string): boolean {
	return !CODES.some(({ likely }) => likely.test(text));
}

/** What codes of secrets are found by. */
interface Pieces {
	readonly code: Code;
	/** What every edge and piece begins with. */
	readonly seeds: ReadonlySet<string>;
	readonly edges: ReadonlySet<string>;
	readonly pieces: ReadonlySet<string>;
}

/** Finds the codes of some secrets. */
export class CodeFinder {
	readonly #isPrintable: boolean;
	readonly #finders: readonly Pieces[];

	constructor(secrets: readonly string[]) {
		this.#isPrintable = secrets.every(isPrintable);
		const inputs = secrets.flatMap((secret) => escapedForms(secret.trim())).flatMap(bytesOf);
		this.#finders = CODES.map((code) => {
			const edges = new Set<string>();
			const pieces = new Set<string>();
			for (const written of inputs.flatMap(code.encode)) {
				if (written.length < code.edge) continue;
				edges.add(written.slice(0, code.edge)).add(written.slice(-code.edge));
				for (let at = 0; at + code.piece <= written.length; at += STEP) pieces.add(written.slice(at, at + code.piece));
			}
			const seeds = new Set([...edges, ...Array.from(pieces, (piece) => piece.slice(0, code.edge))]);
			return { code, seeds, edges, pieces };
		});
	}

	/** Adds what it finds in a view. Takes time that is linear in the view. */
	find({ text, starts }: View, redactions: Redactions): void {
		const add = (start: number, length: number) => redactions.add(starts[start] ?? 0, starts[start + length] ?? 0);
		for (const { code, seeds, edges, pieces } of this.#finders) {
			for (const { 0: run, index } of text.matchAll(code.runs)) {
				if (this.#isPrintable && !code.likely.test(run)) continue;
				const folded = code.fold(run);
				for (let at = 0; at + code.edge <= folded.length; at++) {
					const seed = folded.slice(at, at + code.edge);
					if (!seeds.has(seed)) continue;
					if (edges.has(seed)) add(index + at, code.edge);
					if (pieces.has(folded.slice(at, at + code.piece))) add(index + at, code.piece);
				}
			}
		}
	}
}

/** Whether a secret is of printable ASCII only. */
export function isPrintable(secret: string): boolean {
	return /^[ -~]*$/.test(secret);
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
