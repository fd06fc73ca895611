// What several commands need for their flags: files and stdin, repeated metadata, and all errors at once.
import { resolve } from "node:path";
import { nodeFiles } from "../entry/node.ts";
import type { Json } from "../lib/json.ts";
import { readObject } from "../lib/json-reader.ts";
import { errorCode, type Problem, throwIfAny, UserError, unlessCancelled } from "../model/problem.ts";
import { readMetadataLines } from "../run/metadata-lines.ts";
import type { Terminal } from "./command.ts";

/** Adds one error of a flag: what is wrong, and what to do. */
export type Reject = (message: string, remedy: string) => undefined;

/** Runs `read` over the flags. Throws one `UserError` with every error that it rejects. */
export function checkFlags<T>(read: (reject: Reject) => T): T {
	const problems: Problem[] = [];
	const value = read((message, remedy) => {
		problems.push({ code: "usage", message, remedy });
		return undefined;
	});
	throwIfAny(problems);
	return value;
}

/** The whole number that a flag means; undefined where it is wrong, which is reported. */
export function readWhole(
	name: string,
	text: string,
	{ least, most, example }: { readonly least: number; readonly most: number; readonly example: string },
	reject: Reject,
): number | undefined {
	const number = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
	if (number >= least && number <= most) return number;
	const problem = `--${name}: ${JSON.stringify(text)} is not a whole number from ${least} to ${most}`;
	return reject(problem, `for example --${name} ${example}`);
}

/** What to read, and how to report errors in reading it. */
interface Wanted {
	/** `the body`. */
	readonly what: string;
	/** Bytes. */
	readonly limit: number;
	/** Makes the problem from a message such as `the file x does not exist`. */
	readonly unreadable: (message: string) => Problem;
}

/** The bytes of a file, or of stdin for `-`. Throws `UserError` if they cannot be read, or there are too many. */
export function readBytes(file: string, wanted: Wanted, terminal: Terminal): Promise<Uint8Array> {
	return unlessCancelled(
		file === "-" ? readStdin(wanted, terminal) : readFile(file, wanted, terminal),
		terminal.signal,
	);
}

async function readFile(file: string, { limit, unreadable }: Wanted, { cwd }: Terminal): Promise<Uint8Array> {
	const read = await nodeFiles.read(resolve(cwd, file), limit);
	if (read.kind === "file") return read.bytes;
	const why = read.kind === "missing" ? "does not exist" : `cannot be read: ${read.detail}`;
	throw new UserError(unreadable(`the file ${file} ${why}`));
}

async function readStdin({ what, limit }: Wanted, { input }: Terminal): Promise<Uint8Array> {
	const failed = (message: string) => new UserError({ code: "usage", message: `${what} ${message}`, remedy: "" });
	const pieces: Uint8Array[] = [];
	let size = 0;
	try {
		for await (const piece of input()) {
			size += piece.length;
			if (size > limit) throw failed(`has more than ${limit} bytes`);
			pieces.push(piece);
		}
	} catch (error) {
		const code = errorCode(error);
		if (code === undefined || code === "ABORT_ERR") throw error;
		throw failed(`cannot be read from stdin: ${code === "EISDIR" ? "it is a folder" : code}`);
	}
	return Buffer.concat(pieces);
}

/**
 * Repeated `--metadata` flags as one input. Each is a JSON object, one key=value, whose value may hold line breaks, or
 * lines that begin with key<<END. Anything else is passed on unchanged, for the input's own check to refuse.
 * Throws `UserError` for a key that is given twice.
 */
export function readMetadataFlags(flags: readonly string[]): string {
	const all = new Map<string, Json>();
	for (const [index, flag] of flags.entries()) {
		const entries = entriesOf(flag);
		if (entries === undefined) return flag;
		for (const [key, value] of entries) {
			if (all.has(key)) {
				const message = `metadata: flag ${index + 1} of ${flags.length} repeats a key of an earlier flag`;
				throw new UserError({ code: "input", message, remedy: "give each key once" });
			}
			all.set(key, value);
		}
	}
	return all.size === 0 ? "" : JSON.stringify(Object.fromEntries(all));
}

function entriesOf(flag: string): Iterable<readonly [string, Json]> | undefined {
	if (/^\s*[{[]/.test(flag)) {
		const object = readObject(flag, "");
		return typeof object === "string" ? undefined : Object.entries(object);
	}
	const [, key = "", separator] = /^([^=\n]*?)(=|<<)/.exec(flag) ?? [];
	if (separator === "=" && key.trim() !== "") return [[key.trim(), flag.slice(key.length + 1).trim()]];
	const lines = readMetadataLines(flag);
	return separator === "<<" && lines.kind === "entries" ? lines.entries : undefined;
}
