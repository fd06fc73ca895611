// Files of events: JSON Lines, one context with its `event` a line, read as they stream.

import { readObject } from "../lib/json-reader.ts";
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

/** What is wrong with a line, and its number. */
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
 * The lines of a text in UTF-8, without blank ones, in the groups in which they were read. Each group must be read before the next.
 * Reading them throws {@link LineError}.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Iterable<Line>, void, undefined> {
	const splitter = new Splitter();
	for await (const chunk of chunks) yield splitter.take(chunk);
	yield splitter.end();
}

/** Puts lines together from pieces. */
class Splitter {
	#number = 1;
	#size = 0;
	#parts: Uint8Array[] = [];

	*take(chunk: Uint8Array): Generator<Line, void, undefined> {
		let start = 0;
		for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
			this.#grow(chunk.subarray(start, end));
			start = end + 1;
			yield* this.end();
		}
		// A copy, because the reader of the file may use the memory again.
		if (start < chunk.length) this.#grow(Uint8Array.prototype.slice.call(chunk, start));
	}

	end(): readonly Line[] {
		const [first = EMPTY] = this.#parts;
		const number = this.#number++;
		const text = decode(this.#parts.length > 1 ? Buffer.concat(this.#parts) : first, number);
		this.#parts = [];
		this.#size = 0;
		return text.trim() === "" ? [] : [{ number, text }];
	}

	#grow(part: Uint8Array): void {
		this.#size += part.length;
		if (this.#size > LINE_LIMIT) throw new LineError(this.#number, `is longer than ${LINE_LIMIT} bytes`);
		this.#parts.push(part);
	}
}

const EMPTY = new Uint8Array();

/** The context on a line. Throws {@link LineError}. */
export function readLine({ number, text }: Line): GivenContext {
	const value = readObject(text, "is not JSON");
	if (typeof value === "string") throw new LineError(number, otherLayout(text) ?? value);
	const problems: Problem[] = [];
	const given = readContext(value, "", problems);
	const [problem] = problems;
	if (problem !== undefined) throw new LineError(number, described(problem));
	return given;
}

/** What is wrong with a file that is JSON as a whole, at its first line. */
function otherLayout(text: string): string | undefined {
	const [what, filter] = text.trim() === "{" ? ["an object of several lines", "."] : ["a JSON array", ".[]"];
	if (filter === ".[]" && !/^\s*\[/.test(text)) return undefined;
	return `begins ${what}, but each line is one event; \`jq -c '${filter}'\` writes the file so`;
}

/** A `UserError` about the content of a line, such as an unknown event. Throws anything else again. */
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
