// The terminal that this process runs in.
import { addAbortSignal } from "node:stream";
import type { Process } from "../ending.ts";
import { errorCode } from "../errors.ts";
import { neutralise } from "../report/neutralise.ts";
import type { Terminal } from "./command.ts";

/** The streams of this process as commands use them. Nothing that happens to them throws. */
export function processTerminal({ env, signal, onCrash }: Process): Terminal {
	const unread = new AbortController();
	const err = (line: string) => process.stderr.write(inert(line));
	process.stdout.on("error", (error) => {
		// A reader that has seen enough (`| head`) is no error: what was begun goes on unseen, and its exit code counts.
		if (errorCode(error) !== "EPIPE" && !unread.signal.aborted) err(`stdout could not be written: ${error.message}`);
		unread.abort();
	});
	process.stderr.on("error", () => {});
	return {
		env,
		cwd: process.cwd(),
		out: (line) => unread.signal.aborted || process.stdout.write(inert(line)),
		err,
		// Left open, it would keep a cancelled process waiting.
		input: () => addAbortSignal(signal, process.stdin),
		known: [],
		colour: process.stdout.isTTY === true && !env["NO_COLOR"],
		signal,
		unread: unread.signal,
		onCrash,
	};
}

/** Whatever is said here, in a step of a workflow it is no workflow command. */
function inert(line: string): string {
	return `${neutralise(line).join("\n")}\n`;
}
