// Flags that say more than one input does: contexts from files and stdin, repeated metadata, made-up contexts.
import { resolve } from "node:path";
import type { Json } from "../lib/json.ts";
import { readObject } from "../lib/read-object.ts";
import { UserError } from "../model/problem.ts";
import type { Files } from "../ports.ts";
import { readMetadataLines } from "../run/metadata-lines.ts";
import type { Terminal } from "./command.ts";
import { readStdin } from "./stdin.ts";

/** More than any event needs. */
const CONTEXT_LIMIT_BYTES = 10 * 1024 * 1024;

/** The text of `--context`: as it is, from `@FILE`, or from stdin (`-`). Throws `UserError` for a file that cannot be read. */
export async function readContextFlag(flag: string | undefined, terminal: Terminal, files: Files): Promise<string> {
	if (flag === undefined) return "";
	if (flag === "-") return decode(await readStdin(terminal, CONTEXT_LIMIT_BYTES, "the context"));
	if (!flag.startsWith("@")) return flag;
	const path = flag.slice(1);
	const read = await files.read(resolve(terminal.cwd, path), CONTEXT_LIMIT_BYTES);
	if (read.kind === "file") return decode(read.bytes);
	const why = read.kind === "missing" ? "does not exist" : `cannot be read: ${read.detail}`;
	throw new UserError({ code: "input", message: `context: the file ${path} ${why}`, remedy: "" });
}

function decode(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes);
}

/**
 * Repeated `--metadata` flags as one input. Each is a JSON object, one key=value, whose value may hold line breaks, or
 * lines of which the first is key<<END. What is none of these is handed on as it is, for the input's own check to refuse.
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
