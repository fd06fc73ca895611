// Flags that say more than one input does: contexts from files and stdin, repeated metadata, made-up contexts.
import { resolve } from "node:path";
import { UserError } from "../errors.ts";
import type { GivenContext } from "../event/context.ts";
import type { EventDefinition } from "../event/event.ts";
import { isJsonObject, isTooDeep, type Json, parseJson } from "../json.ts";
import type { Files } from "../ports.ts";
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
 * Repeated `--metadata` flags as one input: each is a JSON object or one key=value, whose value may hold line breaks.
 * What is neither, or nested too deep, is handed on as it is, for the input's own check to refuse.
 */
export function readMetadataFlags(flags: readonly string[]): string {
	const entries: [string, Json][] = [];
	for (const flag of flags) {
		const object = parseJson(flag);
		const at = flag.indexOf("=");
		if (isJsonObject(object) && !isTooDeep(object)) entries.push(...Object.entries(object));
		else if (at > 0 && !flag.trim().startsWith("{")) entries.push([flag.slice(0, at).trim(), flag.slice(at + 1)]);
		else return flag;
	}
	return entries.length === 0 ? "" : JSON.stringify(Object.fromEntries(entries));
}

/** Completes a context for trying hooks out; what the user gave stays. Error events get an error. */
export function syntheticContext(given: GivenContext, { status }: EventDefinition): GivenContext {
	return {
		model: "example_model",
		table: "catalog.schema.example_table",
		...(status === "failure" ? { error: "this is a test: nothing has failed" } : {}),
		duration_ms: 1234,
		...given,
		metadata: { test: true, ...given.metadata },
	};
}
