// Files of events: JSON Lines, one context with its `event` a line, read as they stream.
import { type Problem, UserError } from "../errors.ts";
import { type GivenContext, readContext } from "../event/context.ts";
import { readObject } from "../read-object.ts";

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

/** The lines of a text in UTF-8; blank ones are left out. Reads on only when the next is asked for. Throws {@link LineError}. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void, undefined> {
	let number = 0;
	let parts: Uint8Array[] = [];
	let size = 0;
	const grow = (part: Uint8Array) => {
		size += part.length;
		if (size > LINE_LIMIT) throw new LineError(number + 1, `is longer than ${LINE_LIMIT} bytes`);
		parts.push(part);
	};
	const take = (): Line | undefined => {
		number++;
		const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts);
		parts = [];
		size = 0;
		const text = decode(bytes ?? new Uint8Array(), number);
		return text.trim() === "" ? undefined : { number, text };
	};
	for await (const chunk of chunks) {
		let start = 0;
		for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
			grow(chunk.subarray(start, end));
			start = end + 1;
			const line = take();
			if (line !== undefined) yield line;
		}
		// A copy, as whoever reads may use the memory again.
		if (start < chunk.length) grow(Uint8Array.prototype.slice.call(chunk, start));
	}
	const last = take();
	if (last !== undefined) yield last;
}

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

/** What another part of the program says of a line, as of an unknown event. */
export function lineErrorOf(number: number, thrown: unknown): LineError {
	if (thrown instanceof LineError) return thrown;
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
