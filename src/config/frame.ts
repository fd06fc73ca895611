// Code frames: the line of an error between its neighbours, values redacted, with a caret under the column.
import type { Spot } from "./lines.ts";
import type { Redact } from "./redact.ts";
import { endOfLine } from "./scan.ts";

/** Code points of a line that are shown; about as many as fit beside a gutter. */
const WIDTH = 100;
/** Of these, how many are kept before the caret when the line is truncated. */
const BEFORE_CARET = 60;
/** UTF-16 code units on each side of the caret that are looked at: a file may be one line of 10 MB. */
const WINDOW = 4 * WIDTH;

/**
 * The line at the spot with one line before and after, as several lines of text without a line feed at the end. The caret
 * of a column in a redacted value is at the value's start, of one past the line at the line's end.
 */
export function codeFrame(source: string, at: Spot, redact: Redact): string {
	const gutter = String(at.line + 1).length;
	const row = (mark: string, number: string | number, text: string) =>
		`${mark} ${String(number).padStart(gutter)} | ${text}`.trimEnd();
	const start = at.offset - at.column + 1;
	const end = endOfLine(source, start);
	const { text, caret } = lay(source, start, end, Math.min(at.offset, end), redact);
	const rows = [row(">", at.line, text), `  ${" ".repeat(gutter)} | ${" ".repeat(caret)}^`];
	if (start > 0) {
		const before = start === 1 ? 0 : source.lastIndexOf("\n", start - 2) + 1;
		rows.unshift(row(" ", at.line - 1, lay(source, before, start - 1, before, redact).text));
	}
	// A file that ends with a line feed has no further line.
	if (end + 1 < source.length) {
		rows.push(row(" ", at.line + 1, lay(source, end + 1, endOfLine(source, end + 1), end + 1, redact).text));
	}
	return rows.join("\n");
}

/** A line as it is shown, and how many characters of it are before the caret. */
function lay(source: string, start: number, end: number, at: number, redact: Redact): { text: string; caret: number } {
	const past = source[end - 1] === "\r" && end > start ? end - 1 : end;
	const from = Math.max(start, at - WINDOW);
	const to = Math.min(past, at + WINDOW);
	const redactions = redact(from, to);
	const show = (first: number, last: number) => {
		let shown = "";
		let done = first;
		for (const redaction of redactions) {
			if (redaction.start < first || redaction.end > last) continue;
			shown += source.slice(done, redaction.start) + redaction.text;
			done = redaction.end;
		}
		return Array.from((shown + source.slice(done, last)).replaceAll(UNSAFE, safe));
	};
	const split = redactions.find((one) => one.start <= at && at < one.end)?.start ?? Math.min(at, to);
	const [left, right] = [show(from, split), show(split, to)];
	const truncated = from > start || (left.length + right.length > WIDTH && left.length > BEFORE_CARET);
	const before = truncated ? ["…", ...left.slice(1 - BEFORE_CARET)] : left;
	const room = WIDTH - before.length;
	const after = right.length > room || to < past ? [...right.slice(0, room - 1), "…"] : right;
	return { text: [...before, ...after].join(""), caret: before.length };
}

/** Tabs, and characters that would act on a terminal or turn the order of the text around. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** A picture of the control character, such as ␛. */
function safe(char: string): string {
	const code = char.charCodeAt(0);
	if (char === "\t") return "  ";
	if (code < 0x20) return String.fromCharCode(0x2400 + code);
	return code === 0x7f ? "␡" : "\uFFFD";
}
