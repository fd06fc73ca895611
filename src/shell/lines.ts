// Turns the bytes that a command prints into bounded lines.
import { clip, excerpt, LINE_LIMIT, SHOWN_LIMIT } from "../lib/text.ts";

/** UTF-8 bytes of all lines of both streams as far as they are shown, line ends included. */
export const OUTPUT_LIMIT = 1024 * 1024;

/** Lines of both streams: each costs far more than its bytes as long as nobody reads our own output. */
export const LINES_LIMIT = 100_000;

/** Code points kept of a stream's last line. */
const LAST_LIMIT = 500;

/** A CR at the end of what has come may be the first half of a CRLF. */
const LINE_END = /\r\n|\n|\r(?!$)/;

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
 * Once `onLine` has returned that no more are wanted, only the last line is looked for.
 */
export function readLines(onLine: (line: string) => boolean): LineReader {
	const decoder = new TextDecoder();
	let rest = "";
	let last = "";
	let wanted = true;
	const take = (text: string) => {
		// What is over the limit changes nothing before the line ends.
		if (rest.length >= LINE_LIMIT && !rest.endsWith("\r") && !/[\r\n]/.test(text)) return;
		const lines = (rest + text).split(LINE_END);
		rest = lines.pop() ?? "";
		if (rest.length > LINE_LIMIT) rest = rest.slice(0, LINE_LIMIT) + (rest.endsWith("\r") ? "\r" : "");
		last = lines.findLast((line) => line.trim() !== "" && excerpt(line, LAST_LIMIT) !== "") ?? last;
		if (wanted) wanted = lines.every((line) => onLine(line.slice(0, LINE_LIMIT)));
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
