// Foreign text made safe and short for one line of ours.

/**
 * What a terminal acts on, by ECMA-48: strings (OSC, DCS, SOS, PM, APC) up to their end or that of their line, CSI, and
 * all other escape sequences. One that the text ends in is a sequence too.
 */
const SEQUENCES = new RegExp(
	[
		"(?:\\u001b[PX\\]^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u0080-\\u009f\\r\\n]*(?:\\u0007|\\u001b\\\\|\\u009c)?",
		"(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*(?:[@-~]|$)",
		"\\u001b[ -/]*[0-~]",
		"[\\u001b\\u0080-\\u0084\\u0086-\\u009f]",
	].join("|"),
	"g",
);
/** With no escape character left, nothing that remains is a sequence, also where one was in another. */
const CONTROLS = /[^\P{Cc}\t\n\r]/gu;
/** What turns the direction of the text after it round, or marks one. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const BLANKS = /[\p{Cc}\u2028\u2029\s]+/gu;

/** UTF-16 code units of a line of foreign output that are kept; a line of that length may have been truncated. */
export const LINE_LIMIT = 64 * 1024;
/** Code points of a line of foreign output that are shown. */
export const SHOWN_LIMIT = 4096;

/** The text without terminal sequences, and without control characters but tabs and line ends. */
export function stripSequences(text: string): string {
	return text.replaceAll(SEQUENCES, "").replaceAll(CONTROLS, "");
}

/** {@link stripSequences}, and without controls of direction: text that a terminal or a log shows as it is. */
export function stripTerminal(text: string): string {
	return stripSequences(text).replaceAll(DIRECTIONS, "");
}

/**
 * One line of a text: control characters and runs of white space become one space, what is longer than `limit` code
 * points ends in `…` inside the limit. Lone surrogates are replaced.
 */
export function excerpt(text: string, limit: number): string {
	// A bounded slice first, so that a megabyte costs no more than a line.
	const line = text
		.slice(0, limit * 8)
		.replaceAll(SEQUENCES, "")
		.replaceAll(DIRECTIONS, "")
		.replaceAll(BLANKS, " ")
		.toWellFormed()
		.trim();
	const points = Array.from(line);
	if (points.length <= limit && text.length <= limit * 8) return line;
	return `${points.slice(0, limit - 1).join("")}…`;
}

/** At most `limit` code points of a line, the last one then `…`. */
export function clip(line: string, limit: number): string {
	if (line.length <= limit) return line;
	const points = Array.from(line.slice(0, limit * 2 + 1));
	if (points.length <= limit) return line;
	return `${points.slice(0, limit - 1).join("")}…`;
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
