// Foreign text made safe and short for one line of ours.

const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);
/** Terminal sequences: CSI (colours, cursor) and OSC (titles, links), one that is not ended up to the end of its line. */
export const TERMINAL = new RegExp(`${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BEL}${ESC}\r\n]*(?:${BEL}|${ESC}\\\\)?)`, "g");
/** A terminal sequence that was cut off. */
const UNFINISHED = new RegExp(`${ESC}(?:\\[[0-?]*[ -/]*|\\][^${BEL}${ESC}]*)?$`);
const CONTROL = /[\p{Cc}\u2028\u2029\s]+/gu;

/** UTF-16 code units of a line of foreign output that are kept; a line of that length may have been cut. */
export const LINE_LIMIT = 64 * 1024;
/** Code points of a line of foreign output that are shown. */
export const SHOWN_LIMIT = 4096;

/** The text without terminal sequences. */
export function stripTerminal(text: string): string {
	return text.replaceAll(TERMINAL, "");
}

/**
 * One line of a text: control characters and runs of white space become one space, what is longer than `limit` code
 * points ends in `…` inside the limit. Lone surrogates are replaced.
 */
export function excerpt(text: string, limit: number): string {
	// A bounded slice first, so that a megabyte costs no more than a line.
	const line = text
		.slice(0, limit * 8)
		.replaceAll(TERMINAL, "")
		.replaceAll(CONTROL, " ")
		.toWellFormed()
		.trim();
	const points = Array.from(line);
	if (points.length <= limit && text.length <= limit * 8) return line;
	return `${points.slice(0, limit - 1).join("")}…`;
}

/** At most `limit` code points of a line, the last one then `…`; terminal sequences are kept, and colours end with it. */
export function clip(line: string, limit: number): string {
	if (line.length <= limit) return line;
	const points = Array.from(line.slice(0, limit * 2 + 1));
	if (points.length <= limit) return line;
	const kept = points
		.slice(0, limit - 1)
		.join("")
		.replace(UNFINISHED, "");
	return `${kept}${kept.includes(ESC) ? `${ESC}[0m` : ""}…`;
}

/** `1 attempt`, `3 attempts`. */
export function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** `340 ms`, `45.2 s`, `3 min 20 s`. */
export function duration(milliseconds: number): string {
	if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
	const seconds = milliseconds / 1000;
	if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
	const whole = Math.round(seconds);
	return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
