// What a command of the CLI is, and what it may use of the terminal.
import type { Command } from "commander";
import type { ExitCode, Process } from "../entry/ending.ts";

export { EXIT, type ExitCode } from "../entry/ending.ts";

/** The terminal and the process around a command. */
export interface Terminal extends Process {
	/** Absolute. */
	readonly cwd: string;
	/** Writes a line to stdout: what the user asked for. */
	readonly out: (line: string) => void;
	/** Writes a line to stderr: what goes on meanwhile, and mistakes. */
	readonly err: (line: string) => void;
	/** Stdin in pieces, as they are asked for; rejects when {@link Terminal.signal} aborts. */
	readonly input: () => AsyncIterable<Uint8Array>;
	/** Secrets that are known so far. */
	readonly known: string[];
	/** Colours may be used on stdout: it is a terminal and `NO_COLOR` is not set. */
	readonly colour: boolean;
	/** Aborts on Ctrl-C and on SIGTERM. */
	readonly signal: AbortSignal;
	/** Aborts when nobody reads stdout any more: what only shows things can end then. */
	readonly unread: AbortSignal;
}

/** One command: declares itself on the program; its action gives the exit code to `done`. */
export type Register = (program: Command, terminal: Terminal, done: (code: ExitCode) => void) => void;
