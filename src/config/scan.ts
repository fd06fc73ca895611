// The tokens of TOML as far as positions need them: where blanks, keys, strings and bare values end.
// Grammar: https://toml.io/en/v1.1.0. Every function takes an offset, never reads backwards past it, and never throws.

/** One part of a key: its decoded text and where it is written. */
export interface Segment {
	readonly text: string;
	readonly offset: number;
}

/** A key with all its dotted parts. Where a part is missing, there is an empty one. */
export interface Key {
	readonly segments: readonly Segment[];
	/** Past the key and the blanks after it: at the `=` or `]` of a valid one. */
	readonly end: number;
}

const BARE_KEY = /[^\s.=#"'[\]{},]+/y;

/** The offset of the line feed that ends the line, or of the end of the source. */
export function endOfLine(source: string, at: number): number {
	const end = source.indexOf("\n", at);
	return end === -1 ? source.length : end;
}

/** Past spaces and tabs. */
export function skipBlanks(source: string, at: number): number {
	let end = at;
	while (source[end] === " " || source[end] === "\t") end++;
	return end;
}

/** Past white space, line ends and comments. */
export function skipTrivia(source: string, at: number): number {
	let end = at;
	for (;;) {
		const char = source[end];
		if (char === "#") end = endOfLine(source, end);
		else if (char === " " || char === "\t" || char === "\n" || char === "\r") end++;
		else return end;
	}
}

/** Past a string of any of the four kinds; an unclosed one ends with its line, or with the source if it may span lines. */
export function skipString(source: string, at: number): number {
	const quote = source.charAt(at);
	const escapes = quote === '"';
	const triple = quote.repeat(3);
	const multiline = source.startsWith(triple, at);
	for (let end = at + (multiline ? 3 : 1); end < source.length; end++) {
		const char = source[end];
		if (char === "\\" && escapes) {
			end++;
		} else if (char === quote) {
			if (!multiline) return end + 1;
			if (!source.startsWith(triple, end)) continue;
			end += 3;
			// Up to two quotes right before the closing three belong to the text.
			for (let more = 0; more < 2 && source[end] === quote; more++) end++;
			return end;
		} else if (char === "\n" && !multiline) {
			return end;
		}
	}
	return source.length;
}

/** Past a number, date or boolean, or whatever stands in its place. A date may have a space inside. */
export function skipBareValue(source: string, at: number): number {
	let end = at;
	// The last character that is no space: those before a comma or comment are not part of the value.
	let last = at;
	for (; end < source.length; end++) {
		const char = source.charAt(end);
		if (",]}#\n".includes(char)) break;
		if (char !== " " && char !== "\t" && char !== "\r") last = end + 1;
	}
	return last;
}

/** The key at the offset: bare and quoted parts, with blanks around the dots. */
export function readKey(source: string, at: number): Key {
	const segments: Segment[] = [];
	let end = skipBlanks(source, at);
	for (;;) {
		const offset = end;
		const char = source[offset];
		if (char === '"' || char === "'") {
			end = skipString(source, offset);
			const text = source.slice(offset + 1, end - 1);
			segments.push({ text: char === '"' ? decode(text) : text, offset });
		} else {
			BARE_KEY.lastIndex = offset;
			const text = BARE_KEY.exec(source)?.[0] ?? "";
			end = offset + text.length;
			segments.push({ text, offset });
		}
		end = skipBlanks(source, end);
		if (source[end] !== ".") return { segments, end };
		end = skipBlanks(source, end + 1);
	}
}

const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([\s\S]))/g;
const ESCAPED: Readonly<Record<string, string>> = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", e: "\u001B" };

/** The text of a basic string on one line, without its quotes. An escape that TOML does not know stays as it is. */
function decode(text: string): string {
	if (!text.includes("\\")) return text;
	return text.replaceAll(ESCAPE, (whole: string, x?: string, u?: string, U?: string, char = "") => {
		const hex = x ?? u ?? U;
		if (hex === undefined) return char === '"' || char === "\\" ? char : (ESCAPED[char] ?? whole);
		const point = Number.parseInt(hex, 16);
		return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
	});
}
