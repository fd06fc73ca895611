// What a command of the CLI is, what it may use of the terminal, and the frame that all commands share.
import type { styleText } from "node:util";
import type { Command } from "commander";
import type { Advise } from "../config/decode.ts";
import { type ExitCode, type Process, runToEnd } from "../entry/ending.ts";
import { nodePorts } from "../entry/node.ts";
import type { Problem } from "../model/problem.ts";
import type { Report } from "../report/report.ts";
import { type TerminalReporter, terminalReporter } from "../report/terminal.ts";
import { prepare, type RunContext } from "../run/prepare.ts";

export { EXIT, type ExitCode } from "../entry/ending.ts";

export type Style = Parameters<typeof styleText>[0] & string;

/** Puts a style on a text, where colours may be used. */
export type Paint = (style: Style, text: string) => string;

/** The terminal and the process around a command. */
export interface Terminal extends Process {
	/** Absolute. */
	readonly cwd: string;
	/** Writes a line to stdout: what the user asked for. */
	readonly out: (line: string) => void;
	/** Writes exactly this to stdout, unless it is shown there: on a terminal and in a step's log it must command nothing. */
	readonly write: (text: string) => void;
	/** Writes a line to stderr: progress and errors. */
	readonly err: (line: string) => void;
	/** Stdin in pieces, as they are asked for; rejects when {@link Terminal.signal} aborts. */
	readonly input: () => AsyncIterable<Uint8Array>;
	/** Asks the user yes or no; undefined if there is no terminal to ask on. */
	readonly ask?: ((question: string) => Promise<boolean>) | undefined;
	/** Secrets that are known so far. */
	readonly known: string[];
	/** Writes the last line of stderr again; an empty text ends it. Undefined where stderr is not a terminal. */
	readonly progress?: ((text: string) => void) | undefined;
	/** For lines of stdout. Does nothing where it is not a terminal, or `NO_COLOR` is set. */
	readonly paint: Paint;
	/** The width of stdout; infinite where it is not a terminal. */
	readonly columns: number;
	/** Aborts when nobody reads stdout any more, so that a command that only shows things can end. */
	readonly unread: AbortSignal;
}

/** One command: declares itself on the program; its action gives the exit code to `done`. */
export type Register = (program: Command, terminal: Terminal, done: (code: ExitCode) => void) => void;

/** A command as it was called. */
export interface Call<Flags = unknown> {
	readonly flags: Flags;
	/** `--json` was given. */
	readonly json: boolean;
	readonly argument: string | undefined;
	readonly terminal: Terminal;
	readonly reporter: TerminalReporter;
	/** Takes a function that makes the report of this moment, in case the process ends before the work does. */
	readonly onBegin: (stop: (problem: Problem) => Report) => void;
}

/**
 * Defines a command: `declare` adds it to the program, and `work` gives a report or an exit code. What `work` throws is
 * reported and sets the exit code. The help ends with `example`.
 */
export function defineCommand<Flags extends object>(
	declare: (program: Command) => Command,
	example: string,
	work: (call: Call<Flags>) => Promise<Report | ExitCode>,
): Register {
	return (program, terminal, done) => {
		const command = declare(program).addHelpText("after", `\nExample:\n  $ pipeline-hooks ${example}\n`);
		command.action(async () => {
			// Commander gives a flag that the command above has too to that one.
			const flags = command.optsWithGlobals<Flags & { readonly json?: boolean; readonly raw?: boolean }>();
			const json = flags.json === true;
			const output = flags.raw === true ? { ...terminal, out: terminal.err } : terminal;
			const reporter = terminalReporter(output, json);
			const [argument] = command.args;
			done(
				await runToEnd(reporter, terminal, (onBegin) => work({ flags, json, argument, terminal, reporter, onBegin })),
			);
		});
	};
}

/** For commander: collects the values of a repeatable option. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
	return [...before, value];
}

/** Loads the config that firing an event would read, for commands that only show it. */
export function loadRun(
	{ flags, terminal, reporter }: Call<{ readonly config?: string }>,
	advise?: Advise,
): Promise<RunContext> {
	const githubToken = terminal.env["GITHUB_TOKEN"] ?? "";
	const request = { config: flags.config, githubToken, allowUntrustedShell: false, context: {} };
	return prepare(request, nodePorts(terminal.env, reporter.log), { ...terminal, advise });
}
