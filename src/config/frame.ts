// Code frames: the line of a mistake between its neighbours, secrets blanked, with a caret under the column.
import { type Blank, type Blanker, type Line, putBlanks } from "./blank.ts";
import { blankLocated } from "./blank-located.ts";
import { blankUnlocated } from "./blank-unlocated.ts";
import { startOf } from "./lines.ts";
import type { Located } from "./locate.ts";
import { endOfLine } from "./scan.ts";

/** Code points of a line that are shown; about as many as fit beside a gutter. */
const WIDTH = 100;
/** Of these, how many are kept before the caret when the line is cut. */
const BEFORE_CARET = 60;

/**
 * The line at the place with one line before and after, as several lines of text without a line feed at the end.
 * `located` belongs to the source; without it, for a source that is no valid TOML, secrets are guessed, and more is
 * hidden. The caret of a column in a blanked value is at the value's start, of one past the line at the line's end.
 */
export function codeFrame(
	source: string,
	at: { readonly line: number; readonly column: number },
	located: Located | undefined,
): string {
	const blanker = located === undefined ? blankUnlocated() : blankLocated(source, located);
	const gutter = String(at.line + 1).length;
	const rows: string[] = [];
	for (const { line, blanks } of linesAround(source, at.line, blanker, located === undefined)) {
		const marked = line.number === at.line;
		const { text, caret } = lay(line, blanks, marked ? at.column - 1 : 0);
		rows.push(`${marked ? ">" : " "} ${String(line.number).padStart(gutter)} | ${text}`.trimEnd());
		if (marked) rows.push(`  ${" ".repeat(gutter)} | ${" ".repeat(caret)}^`);
	}
	return rows.join("\n");
}

/** The lines to show. A blanker with a memory sees all lines before them too. */
function linesAround(
	source: string,
	number: number,
	blanker: Blanker,
	remembers: boolean,
): { line: Line; blanks: readonly Blank[] }[] {
	const shown = [];
	let start = startOf(source);
	for (let count = 1; count <= number + 1 && start <= source.length; count++) {
		const end = endOfLine(source, start);
		const near = count >= number - 1;
		if (near || remembers) {
			const text = source.slice(start, source[end - 1] === "\r" ? end - 1 : end);
			const line = { number: count, start, text };
			const blanks = blanker(line);
			// A file that ends with a line feed has no further line.
			const past = start === source.length && count > number;
			if (near && !past) shown.push({ line, blanks });
		}
		start = end + 1;
	}
	return shown;
}

/** The text of a line as it is shown, and how many characters of it stand before the caret. */
function lay({ text }: Line, blanks: readonly Blank[], column: number): { text: string; caret: number } {
	const covering = blanks.find((blank) => blank.start <= column && column < blank.end);
	const split = Math.min(covering?.start ?? Math.max(column, 0), text.length);
	const left = points(putBlanks(text, blanks, 0, split), -1);
	const right = points(putBlanks(text, blanks, split, text.length), 1);
	const cut = left.length + right.length > WIDTH && left.length > BEFORE_CARET;
	const before = cut ? ["…", ...left.slice(1 - BEFORE_CARET)] : left;
	const room = WIDTH - before.length;
	const after = right.length > room ? [...right.slice(0, room - 1), "…"] : right;
	return { text: [...before, ...after].join(""), caret: before.length };
}

/** Tabs, and characters that would act on a terminal or turn the order of the text around. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** The code points at the end (-1) or the start (1) of a text, more than are ever shown, each safe to print. */
function points(text: string, side: -1 | 1): string[] {
	const near = side === -1 ? text.slice(-4 * WIDTH) : text.slice(0, 4 * WIDTH);
	return Array.from(near.replaceAll(UNSAFE, safe));
}

/** A picture of the control character, such as ␛. */
function safe(char: string): string {
	const code = char.charCodeAt(0);
	if (char === "\t") return "  ";
	if (code < 0x20) return String.fromCharCode(0x2400 + code);
	return code === 0x7f ? "␡" : "\uFFFD";
}
