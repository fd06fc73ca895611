// Files of events: JSON Lines, one context with its `event` a line, read as they stream.

import { readObject } from "../lib/read-object.ts";
import { type GivenContext, readContext } from "../model/context.ts";
import { type Problem, UserError } from "../model/problem.ts";

/** Bytes of one line. */
const LINE_LIMIT = 10 * 1024 * 1024;

const NEWLINE = 10;

/** One line that is not blank. */
export interface Line {
	/** From 1. */
	readonly number: number;
	readonly text: string;
}

/** What is wrong with a line, and which. */
export class LineError extends Error {
	override readonly name = "LineError";
	readonly line: number;
	readonly problem: string;

	constructor(line: number, problem: string) {
		super(problem);
		this.line = line;
		this.problem = problem;
	}
}

/**
 * The lines of a text in UTF-8, without blank ones. Reads on only when the next one is asked for. Throws
 * {@link LineError}.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void, undefined> {
	let number = 1;
	let size = 0;
	let parts: Uint8Array[] = [];
	const grow = (part: Uint8Array) => {
		size += part.length;
		if (size > LINE_LIMIT) throw new LineError(number, `is longer than ${LINE_LIMIT} bytes`);
		parts.push(part);
	};
	const close = (): Line => {
		const [first = EMPTY] = parts;
		const line = { number, text: decode(parts.length > 1 ? Buffer.concat(parts) : first, number) };
		[number, size, parts] = [number + 1, 0, []];
		return line;
	};
	for await (const chunk of chunks) {
		let start = 0;
		for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
			grow(chunk.subarray(start, end));
			start = end + 1;
			const line = close();
			if (line.text.trim() !== "") yield line;
		}
		// A copy, because the reader of the file may use the memory again.
		if (start < chunk.length) grow(Uint8Array.prototype.slice.call(chunk, start));
	}
	const last = close();
	if (last.text.trim() !== "") yield last;
}

const EMPTY = new Uint8Array();

/** The context on a line. Throws {@link LineError}. */
export function readLine({ number, text }: Line): GivenContext {
	const value = readObject(text, "is not JSON");
	if (typeof value === "string") throw new LineError(number, value);
	const problems: Problem[] = [];
	const given = readContext(value, "", problems);
	const [problem] = problems;
	if (problem !== undefined) throw new LineError(number, described(problem));
	return given;
}

/** What another part of the program says of a line, as of an unknown event. Throws what is not an error of the user. */
export function lineErrorOf(number: number, thrown: unknown): LineError {
	if (thrown instanceof UserError) return new LineError(number, described(thrown.problems[0]));
	throw thrown;
}

function described({ message, remedy }: Problem): string {
	const what = message.replace(/^: /, "");
	return remedy === "" ? what : `${what}; ${remedy}`;
}

const DECODER = new TextDecoder("utf-8", { fatal: true });

/** A byte order mark at the beginning is left out. */
function decode(bytes: Uint8Array, number: number): string {
	try {
		return DECODER.decode(bytes);
	} catch {
		throw new LineError(number, "is not UTF-8");
	}
}
