// Code frames: the line of an error between its neighbours, redacted, with a caret under the column.
import { credentialsIn } from "./credentials.ts";
import { endOfLine, firstIndex, type Node, type Positions, type Range, type Spot } from "./positions.ts";
import { REDACTED, SECRET_FORM } from "./words.ts";

/** What to hide of the line between two offsets. */
type Hide = (start: number, end: number) => readonly Range[];

/** Code points of a line that are shown; about as many as fit beside a gutter. */
const WIDTH = 100;
/** Of these, how many are kept before the caret when the line is truncated. */
const BEFORE_CARET = 60;
/** UTF-16 code units. A longer line is not shown: a file may be one line of 10 MB. */
const MAX_LINE = 20_000;

/** Code units before a line in which the name of a credential may be. */
const BEFORE_LINE = 500;

/**
 * In valid TOML: the values of keys that are not public, credentials in the others, and all comments, which may be disabled
 * settings.
 */
export function hideValues(source: string, { entries, comments }: Positions, isPublic: (node: Node) => boolean): Hide {
	const leaves = entries.flatMap((node) => {
		const { value } = node;
		return value === undefined || "[{".includes(source.charAt(value.start)) ? [] : [{ node, ...value }];
	});
	const hidden = ({ node, ...value }: (typeof leaves)[number], start: number, end: number): readonly Range[] => {
		if (!isPublic(node)) return HARMLESS.test(source.slice(value.start, value.end)) ? [] : [value];
		const from = Math.max(value.start, start - BEFORE_LINE);
		const found = credentialsIn(source.slice(from, Math.min(value.end, end)));
		return found.map((range) => ({ start: from + range.start, end: from + range.end }));
	};
	return (start, end) => {
		const texts = within(comments, start, end).map((comment) => {
			const mark = /^#\s*/.exec(source.slice(comment.start, comment.end))?.[0] ?? "";
			return { start: comment.start + mark.length, end: comment.end };
		});
		return [...within(leaves, start, end).flatMap((leaf) => hidden(leaf, start, end)), ...texts];
	};
}

/** Those of the ranges, which are in order and apart, that overlap the one from `start` to `end`. */
function within<T extends Range>(ranges: readonly T[], start: number, end: number): readonly T[] {
	const first = firstIndex(ranges, (range) => range.end > start);
	return ranges.slice(
		first,
		firstIndex(ranges, (range) => range.start >= end),
	);
}

/** In invalid TOML: everything except a header or a known key at the beginning of the line. */
export function hideAllButKeys(source: string, known: ReadonlySet<string>): Hide {
	return (start, end) => {
		const line = source.slice(start, end);
		const key = /^\s*([A-Za-z0-9_-]+)[ \t]*=[ \t]*/.exec(line);
		const shown = HEADER.exec(line)?.[0] ?? (known.has(key?.[1] ?? "") ? key?.[0] : "") ?? "";
		return HARMLESS.test(line.slice(shown.length)) ? [] : [{ start: start + shown.length, end }];
	};
}

/** A table's header, also an unfinished one. */
const HEADER =
	/^\s*\[{1,2}[ \t]*(?:hooks?|event|defaults|subscription)(?:\.(?:[\w*:-]+|"[\w.*: -]*"|'[\w.*: -]*'))*[ \t]*\]{0,2}/;

/** Punctuation, an empty text, or a reference to a variable. */
const HARMLESS = /^[\s[\]{},"']*(?:\$\{[A-Za-z_][A-Za-z0-9_]*\}[\s\]},"']*)?$/;

/**
 * The line at the spot, with one line before and after it, without a line feed at the end. For a column inside a redacted
 * value, the caret is at the value's start; for one past the line, at the line's end.
 */
export function codeFrame(source: string, at: Spot, hide: Hide): string {
	const gutter = String(at.line + 1).length;
	const row = (mark: string, number: string | number, text: string) =>
		`${mark} ${String(number).padStart(gutter)} | ${text}`.trimEnd();
	const start = at.offset - at.column + 1;
	const end = endOfLine(source, start);
	const { text, caret } = lay(source, start, end, at.offset, hide);
	const rows = [row(">", at.line, text), `  ${" ".repeat(gutter)} | ${" ".repeat(caret)}^`];
	if (start > 0) {
		const before = start === 1 ? 0 : source.lastIndexOf("\n", start - 2) + 1;
		rows.unshift(row(" ", at.line - 1, lay(source, before, start - 1, before, hide).text));
	}
	// A file that ends with a line feed has no further line.
	if (end + 1 < source.length) {
		rows.push(row(" ", at.line + 1, lay(source, end + 1, endOfLine(source, end + 1), end + 1, hide).text));
	}
	return rows.join("\n");
}

/** A line as it is shown, and how many of its code points are before the caret. */
function lay(source: string, start: number, end: number, at: number, hide: Hide): { text: string; caret: number } {
	if (end - start > MAX_LINE) return { text: "…", caret: 0 };
	const past = source[end - 1] === "\r" && end > start ? end - 1 : end;
	const line = source.slice(start, past);
	const forms = Array.from(line.matchAll(SECRET_FORM), ({ index, 0: { length } }) => {
		return { start: start + index, end: start + index + length };
	});
	const hidden = [...hide(start, past), ...forms]
		.map((range) => ({ start: Math.max(range.start, start), end: Math.min(range.end, past) }))
		.filter((range) => range.start < range.end)
		.toSorted((a, b) => a.start - b.start);
	const show = (from: number, to: number) => {
		let [shown, done] = ["", from];
		for (const range of hidden.filter((one) => one.start < to)) {
			if (range.start >= done) shown += source.slice(done, range.start) + REDACTED;
			done = Math.max(done, range.end);
		}
		return Array.from((shown + source.slice(done, to)).replaceAll(UNSAFE, safe));
	};
	const split = hidden.find((range) => range.start <= at && at < range.end)?.start ?? Math.min(at, past);
	const [left, right] = [show(start, split), show(split, past)];
	const truncated = left.length + right.length > WIDTH && left.length > BEFORE_CARET;
	const before = truncated ? ["…", ...left.slice(1 - BEFORE_CARET)] : left;
	const room = WIDTH - before.length;
	const after = right.length > room ? [...right.slice(0, room - 1), "…"] : right;
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
