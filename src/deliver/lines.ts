// Turns the bytes that a command prints into bounded lines.
import { clip, excerpt, LINE_LIMIT, SHOWN_LIMIT } from "../text.ts";

/** UTF-8 bytes of all lines of both streams as far as they are shown, line ends included. */
export const OUTPUT_LIMIT = 1024 * 1024;

/** Code points kept of a stream's last line. */
const LAST_LIMIT = 500;

/** A CR at the end of what is there may be the first half of a CRLF. */
const LINE_END = /\r\n|\n|\r(?!$)/;

/** One stream of output. Memory stays bounded however much is written. */
export interface LineReader {
	write(chunk: Uint8Array): void;
	/** Hands on a last line that has no line end. */
	end(): void;
	/** The last line with something to see, without control characters; also when it was no longer handed on. */
	last(): string;
}

/** Hands lines on until together they reach {@link OUTPUT_LIMIT}; then says so in one last line, and drops the rest. */
export function limitedOutput<S>(onLine: (line: string, stream: S) => void): (line: string, stream: S) => void {
	let room = OUTPUT_LIMIT;
	return (line, stream) => {
		if (room < 0) return;
		room -= Buffer.byteLength(clip(line, SHOWN_LIMIT)) + 1;
		onLine(room < 0 ? "… the output is longer than 1 MiB, the rest is not shown" : line, stream);
	};
}

/** Splits at LF, CRLF and CR; malformed UTF-8 is replaced. Of a longer line the first {@link LINE_LIMIT} are handed on. */
export function readLines(onLine: (line: string) => void): LineReader {
	const decoder = new TextDecoder();
	let rest = "";
	let last = "";
	const take = (text: string) => {
		const lines = (rest + text).split(LINE_END);
		rest = bounded(lines.pop() ?? "");
		for (const line of lines) onLine(line.slice(0, LINE_LIMIT));
		last = lines.findLast((line) => excerpt(line, LAST_LIMIT) !== "") ?? last;
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

/** An unfinished line as far as it is kept, and the CR that may end it. */
function bounded(line: string): string {
	if (line.length <= LINE_LIMIT) return line;
	return line.slice(0, LINE_LIMIT) + (line.endsWith("\r") ? "\r" : "");
}
