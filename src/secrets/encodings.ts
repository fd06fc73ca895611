// Undoes the encodings in which a secret may come back: those of URLs, of JSON and shells, of HTML and XML.
import { isUtf8 } from "node:buffer";
import { rewrite, type View, viewOf } from "./view.ts";

/** One encoding. */
interface Encoding {
	/** What each of its escapes begins with. */
	readonly begins: string;
	readonly escapes: RegExp;
	/** The character that an escape encodes; undefined where it only looks like one. */
	readonly read: (found: string) => string | undefined;
}

const BYTES = String.raw`(?:[cd][\da-f]T|e[\da-f]TT|f[0-7]TTT|[\da-f]{2})`;

/** Matches one character of UTF-8, or one byte of Latin-1, each byte written as `mark` and two hex digits. */
function bytesPattern(mark: string): string {
	return mark + BYTES.replaceAll("T", String.raw`${mark}[89ab][\da-f]`);
}

function readBytes(digits: string): string {
	if (digits.length === 2) return String.fromCharCode(Number.parseInt(digits, 16));
	const bytes = Buffer.from(digits, "hex");
	if (isUtf8(bytes)) return bytes.toString();
	// CESU-8, as Java and MySQL write it: half of a character beyond U+FFFF.
	const [first, second = 0, third = 0] = bytes;
	if (first === 0xed) return String.fromCharCode(0xd000 + ((second & 0x3f) << 6) + (third & 0x3f));
	return bytes.toString("latin1");
}

const LETTERS: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

const ENCODINGS: readonly Encoding[] = [
	{
		begins: "%",
		escapes: new RegExp(bytesPattern("%"), "gi"),
		read: (found) => readBytes(found.replaceAll("%", "")),
	},
	{
		// What a backslash escapes in JSON, in source code, or in a shell word.
		begins: "\\",
		escapes: new RegExp(String.raw`\\u[\da-f]{4}|${bytesPattern(String.raw`\\x`)}|\\[bfnrtv]|\\[^a-z\d]`, "gi"),
		read: (found) => {
			const kind = found.charAt(1);
			if (kind === "u") return String.fromCharCode(Number.parseInt(found.slice(2), 16));
			if (kind === "x") return readBytes(found.replaceAll(String.raw`\x`, ""));
			return /[a-z]/i.test(kind) ? LETTERS[kind] : kind;
		},
	},
	{
		// One single quote or more between single quotes: `'\''` or `'"'"'`. A run of `\'` that nothing closes is read from
		// its beginning only: from within it a match begins only where another one has ended, with `''` or `"'`.
		begins: "'",
		escapes: /'(?:"'+"|(?<![^'"]'\\')(?:\\')+)'/g,
		read: (found) => "'".repeat(found.includes('"') ? found.length - 4 : found.length / 2 - 1),
	},
	{
		begins: "&",
		escapes: /&(?:#\d{1,11}|#x[\da-f]{1,10}|[a-z][a-z\d]{0,11});/gi,
		read: (found) => characterNamed(found.slice(1, -1)),
	},
];

/** All of them at once. */
const ALL: Encoding = {
	begins: "",
	escapes: new RegExp(ENCODINGS.map(({ escapes }) => escapes.source).join("|"), "gi"),
	read: (found) => ENCODINGS.find(({ begins }) => found.startsWith(begins))?.read(found),
};

/** How often all encodings are undone together. */
const ROUNDS = 4;

/** Whether any decoding could change the text. */
export function hasEscape(text: string): boolean {
	return /[%&\\]|'"'/.test(text);
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
	const isNew = ({ text: decoded }: View) => {
		const isKnown = seen.has(decoded);
		seen.add(decoded);
		return !isKnown;
	};
	const once = ENCODINGS.map((encoding) => decode(whole, encoding)).filter(isNew);
	yield* once;
	for (const view of once) yield* ENCODINGS.map((encoding) => decode(view, encoding)).filter(isNew);
	let view = whole;
	for (let round = 1; round <= ROUNDS; round++) {
		view = decode(view, ALL);
		if (isNew(view)) yield view;
	}
}

function decode(view: View, { escapes, read }: Encoding): View {
	return rewrite(view, escapes, read);
}

/**
 * Characters of HTML and XML, each with its names then.
 * https://html.spec.whatwg.org/multipage/named-characters.html
 */
const ASCII =
	`& amp|< lt|> gt|" quot|' apos|\t Tab|\n NewLine|! excl|# num|$ dollar|% percnt|( lpar|) rpar|* ast|+ plus|, comma|. period|` +
	"/ sol|: colon|; semi|= equals|? quest|@ commat|[ lsqb lbrack|\\ bsol|] rsqb rbrack|^ Hat|_ lowbar|` grave|{ lcub lbrace|" +
	"} rcub rbrace|€ euro|… hellip mldr";

/** In the order of their characters, from U+00A0 on. */
const LATIN_1 =
	"nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr " +
	"deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest " +
	"Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml " +
	"ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig " +
	"agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml " +
	"eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

/** The character that a reference means, written without its `&` and `;`; undefined for an unknown one. */
function characterNamed(name: string): string | undefined {
	if (!name.startsWith("#")) return names().get(name);
	const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
	return code > 0x10ffff ? undefined : String.fromCodePoint(code);
}

let known: ReadonlyMap<string, string> | undefined;

/** Made when the first text has a name. */
function names(): ReadonlyMap<string, string> {
	known ??= new Map([
		...[...ASCII.split("|"), "| vert verbar"].flatMap((entry) => {
			return entry
				.slice(2)
				.split(" ")
				.map((name) => [name, entry.charAt(0)] as const);
		}),
		...LATIN_1.split(" ").map((name, at) => [name, String.fromCharCode(0xa0 + at)] as const),
	]);
	return known;
}
