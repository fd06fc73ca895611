// What a command of the CLI is, what it may use of the terminal, and the frame around it.
import type { Command } from "commander";
import { EXIT, type ExitCode, type Process, reject, runToEnd } from "../entry/ending.ts";
import { nodePorts } from "../entry/node.ts";
import { type Printer, type TerminalReporter, terminalReporter } from "../report/terminal.ts";
import type { Inputs } from "../run/inputs.ts";
import { type Observer, prepare, type RunContext } from "../run/prepare.ts";
import { fire } from "../run/run.ts";

export { EXIT, type ExitCode } from "../entry/ending.ts";

/** The terminal and the process around a command. */
export interface Terminal extends Process {
	/** Absolute. */
	readonly cwd: string;
	/** Writes a line to stdout: what the user asked for. */
	readonly out: (line: string) => void;
	/** Writes a line to stderr: what goes on meanwhile, and errors. */
	readonly err: (line: string) => void;
	/** Stdin in pieces, as they are asked for; rejects when {@link Terminal.signal} aborts. */
	readonly input: () => AsyncIterable<Uint8Array>;
	/** Asks a person, who says yes or no; undefined where nobody is there to be asked. */
	readonly ask?: ((question: string) => Promise<boolean>) | undefined;
	/** Secrets that are known so far. */
	readonly known: string[];
	/** Colours may be used on stdout: it is a terminal and `NO_COLOR` is not set. */
	readonly colour: boolean;
	/** The width of stdout; infinite where it is not a terminal. */
	readonly columns: number;
	/** Aborts on Ctrl-C and on SIGTERM. */
	readonly signal: AbortSignal;
	/** Aborts when nobody reads stdout any more: what only shows things can end then. */
	readonly unread: AbortSignal;
}

/** One command: declares itself on the program; its action gives the exit code to `done`. */
export type Register = (program: Command, terminal: Terminal, done: (code: ExitCode) => void) => void;

/** For commander: an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
	return [...before, value];
}

/** Does the work of a command that fires nothing. What it throws is told, and gives the exit code. */
export async function runCommand(
	json: boolean | undefined,
	terminal: Terminal,
	work: (reporter: TerminalReporter) => Promise<ExitCode>,
): Promise<ExitCode> {
	const reporter = terminalReporter(terminal, json === true);
	try {
		return await work(reporter);
	} catch (error) {
		return reject(error, reporter, terminal);
	}
}

/** Fires what the inputs say, and tells its report. */
export function runHooks(
	json: boolean | undefined,
	terminal: Terminal,
	readInputs: () => Promise<Inputs>,
	confirm?: Observer["confirm"],
): Promise<ExitCode> {
	const reporter = terminalReporter(terminal, json === true);
	const { env, cwd, signal, input } = terminal;
	return runToEnd(reporter, terminal, async (onBegin) =>
		fire(await readInputs(), nodePorts(env, reporter.log), {
			cwd,
			signal,
			stdin: input,
			confirm,
			onBegin,
			onOutcome: reporter.outcome,
			onPreview: reporter.preview,
		}),
	);
}

/** The flags of a command that only looks at a config. */
export interface ConfigFlags {
	readonly config?: string;
	readonly json?: boolean;
}

/** Loads the config that firing an event would read, and hands it to `show`. */
export async function withConfig(
	{ config, json }: ConfigFlags,
	terminal: Terminal,
	show: (run: RunContext, printer: Printer) => void,
): Promise<ExitCode> {
	return runCommand(json, terminal, async (reporter) => {
		const githubToken = terminal.env["GITHUB_TOKEN"] ?? "";
		const request = { config, githubToken, allowUntrustedShell: false, context: {} };
		show(await prepare(request, nodePorts(terminal.env, reporter.log), terminal), reporter);
		return EXIT.ok;
	});
}
