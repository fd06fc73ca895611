// Turns the bytes that a command prints into bounded lines.
import { clip, excerpt, LINE_LIMIT, SHOWN_LIMIT } from "../lib/text.ts";

/** UTF-8 bytes of all lines of both streams as far as they are shown, line ends included. */
export const OUTPUT_LIMIT = 1024 * 1024;

/** Lines of both streams: each costs far more than its bytes as long as nobody reads our own output. */
export const LINES_LIMIT = 100_000;

/** Code points kept of a stream's last line. */
const LAST_LIMIT = 500;

const LINE_END = /\r\n|\n|\r/;

/** One stream of output. Memory stays bounded however much is written. */
export interface LineReader {
	write(chunk: Uint8Array): void;
	/** Hands on a last line that has no line end. */
	end(): void;
	/** The last line with something to see, without control characters; also when it was no longer handed on. */
	last(): string;
}

/**
 * Hands lines on until together they reach {@link OUTPUT_LIMIT} or {@link LINES_LIMIT}; then says so in one last line,
 * and drops the rest. Returns whether more are wanted.
 */
export function limitedOutput<S>(onLine: (line: string, stream: S) => void): (line: string, stream: S) => boolean {
	let bytes = OUTPUT_LIMIT;
	let lines = LINES_LIMIT;
	const isFull = () => bytes < 0 || lines < 0;
	return (line, stream) => {
		if (isFull()) return false;
		bytes -= Buffer.byteLength(clip(line, SHOWN_LIMIT)) + 1;
		lines -= 1;
		const limit = bytes < 0 ? "1 MiB" : `${LINES_LIMIT} lines`;
		onLine(isFull() ? `… the output is longer than ${limit}, the rest is not shown` : line, stream);
		return !isFull();
	};
}

/**
 * Splits at LF, CRLF and CR; malformed UTF-8 is replaced. Of a longer line the first {@link LINE_LIMIT} are handed on.
 * Once `onLine` has returned that no more are wanted, only the last line is looked for, which takes a fraction of the time.
 */
export function readLines(onLine: (line: string) => boolean): LineReader {
	const decoder = new TextDecoder();
	let rest = "";
	let last = "";
	let wanted = true;
	const take = (text: string) => {
		// What is over the limit changes nothing before the line ends.
		if (rest.length >= LINE_LIMIT && !rest.endsWith("\r") && !LINE_END.test(text)) return;
		const all = rest + text;
		const end = Math.max(all.lastIndexOf("\n"), beforeLast(all).lastIndexOf("\r")) + 1;
		rest = bounded(all.slice(end));
		if (end === 0) return;
		const complete = all.slice(0, end);
		last = lastVisible(complete) ?? last;
		if (!wanted) return;
		const lines = complete.split(LINE_END).slice(0, -1);
		wanted = lines.every((line) => onLine(line.slice(0, LINE_LIMIT)));
	};
	return {
		write: (chunk) => take(decoder.decode(chunk, { stream: true })),
		end: () => {
			rest += decoder.decode();
			if (rest !== "") take("\n");
		},
		last: () => excerpt(last, LAST_LIMIT),
	};
}

/** A CR at the end of what is there may be the first half of a CRLF: it is not known yet where that line ends. */
function beforeLast(text: string): string {
	return text.slice(0, -1);
}

/** An unfinished line as far as it is kept, and the CR that may end it. */
function bounded(line: string): string {
	if (line.length <= LINE_LIMIT) return line;
	return line.slice(0, LINE_LIMIT) + (line.endsWith("\r") ? "\r" : "");
}

/** The last of these lines with something to see. Looked for from the end, since there may be very many. */
function lastVisible(lines: string): string | undefined {
	for (let end = lines.length; end > 0; ) {
		while (end > 0 && lines.charCodeAt(end - 1) <= SPACE) end -= 1;
		let start = end;
		while (start > 0 && !isLineEnd(lines.charCodeAt(start - 1))) start -= 1;
		const line = lines.slice(start, end);
		if (excerpt(line, LAST_LIMIT) !== "") return line;
		end = start;
	}
	return undefined;
}

const SPACE = 0x20;

function isLineEnd(code: number): boolean {
	return code === 0x0a || code === 0x0d;
}
