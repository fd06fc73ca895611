// Secrets made to be looked for, and every trace that one could leave in a text.
import fc from "fast-check";

/** Characters that some format escapes, each with what else has to be thought of. */
const NASTY = [..."\"'\\%+/=&<>#?@:;,.~-_!*()[]{}|^` ", "é", "ü", "ß", "%41", "\\n", "&amp;"];
/** What no header carries. */
const NASTIER = ["€", "😀", "\n", "字"];

const LETTERS = [..."ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"];
const letters = (minLength: number, maxLength: number) =>
	fc.array(fc.constantFrom(...LETTERS), { minLength, maxLength }).map((found) => found.join(""));

function nasty(units: readonly string[]): fc.Arbitrary<string> {
	const piece = fc.oneof(fc.constantFrom(...units), letters(1, 3));
	const middle = fc.array(piece, { minLength: 3, maxLength: 12 }).map((pieces) => pieces.join(""));
	return fc.tuple(letters(6, 9), middle, letters(6, 9)).map((parts) => parts.join("").replaceAll(/\s{2,}/g, " "));
}

/** A random secret of 16 to 50 characters. */
export const marker = nasty([...NASTY, ...NASTIER]);

/** One that a header can carry: one line of Latin-1. */
export const headerMarker = nasty(NASTY);

/** The traces of secrets in a text, each named by the secret and how it is written, with the trace. */
export function tracesIn(text: string, secrets: Readonly<Record<string, string>>): readonly string[] {
	const found = new Map<string, string>();
	const views = [text, ...[withoutEntities(text), withoutRunnerEscapes(text)].filter((view) => view !== text)];
	for (const [size, forms] of FORMS) {
		const traces = new Map<string, string>();
		for (const [name, secret] of Object.entries(secrets)) {
			for (const [form, write] of forms) {
				for (const written of write(secret)) {
					for (let at = 0; at + size <= written.length; at++)
						traces.set(written.slice(at, at + size), `${name} ${form}`);
				}
			}
		}
		for (const view of views) {
			for (let at = 0; at + size <= view.length; at++) {
				const trace = traces.get(view.slice(at, at + size));
				if (trace !== undefined) found.set(trace, `${trace}: …${view.slice(Math.max(0, at - 60), at + size + 20)}…`);
			}
		}
	}
	return [...found.values()];
}

type Form = readonly [name: string, write: (text: string) => readonly string[]];

/** Referrers to write a secret, by how many characters of it are a trace. */
const FORMS: readonly (readonly [size: number, forms: readonly Form[]])[] = [
	[12, [["as it is", (text) => [text, text.replaceAll(/\s+/g, " ")]]]],
	[
		20,
		[
			["in JSON", (text) => [json(text), json(json(text)), ascii(json(text)), json(text).replaceAll("/", "\\/")]],
			["in a URL", (text) => [encodeURIComponent(text), lower(encodeURIComponent(text)), form(text)]],
			["in base64", (text) => bytes(text).flatMap((each) => [0, 1, 2].flatMap((before) => base64(each, before)))],
			["in hex", (text) => bytes(text).flatMap((each) => [each.toString("hex"), each.toString("hex").toUpperCase()])],
		],
	],
];

function json(text: string): string {
	return JSON.stringify(text).slice(1, -1);
}

function ascii(text: string): string {
	return text.replaceAll(/[^ -~]/g, (half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function lower(text: string): string {
	return text.replaceAll(/%../g, (found) => found.toLowerCase());
}

function form(text: string): string {
	return new URLSearchParams({ x: text }).toString().slice(2);
}

function bytes(text: string): readonly Buffer[] {
	const utf8 = Buffer.from(text);
	const latin = Buffer.from(text, "latin1");
	return latin.toString("latin1") === text && !latin.equals(utf8) ? [utf8, latin] : [utf8];
}

/** What is the same whatever stands before and after it. */
function base64(secret: Buffer, before: number): readonly string[] {
	const among = (filler: number) => {
		const rest = Buffer.alloc(3, filler);
		return Buffer.concat([rest.subarray(0, before), secret, rest]).toString("base64");
	};
	const [low, high] = [among(0x00), among(0xff)];
	const same = Array.from(low, (character, at) => (character === high[at] ? character : " "));
	const code = same
		.join("")
		.split(" ")
		.reduce((longest, part) => (part.length > longest.length ? part : longest), "");
	return [code, code.replaceAll("+", "-").replaceAll("/", "_")];
}

/** The text as a reader of the job summary sees it. */
function withoutEntities(text: string): string {
	return text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

/** The text as a reader of annotations sees it. */
function withoutRunnerEscapes(text: string): string {
	return text
		.replaceAll("\u200b", "")
		.replaceAll("%3A", ":")
		.replaceAll("%2C", ",")
		.replaceAll("%0D", "\r")
		.replaceAll("%0A", "\n")
		.replaceAll("%25", "%");
}
