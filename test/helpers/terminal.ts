// A terminal that keeps what is written, and running one command in it.
import { Command } from "commander";
import type { ExitCode, Register, Terminal } from "../../src/commands/command.ts";
import { painter } from "../../src/commands/terminal.ts";
import type { Env } from "../../src/lib/env.ts";

/** A command under way. */
export interface Running {
	/** Lines of stdout so far. */
	readonly out: string[];
	/** Lines of stderr so far. */
	readonly err: string[];
	/** Presses Ctrl-C. */
	readonly interrupt: () => void;
	/** Resolves with the exit code. */
	readonly done: Promise<ExitCode | undefined>;
}

/** Starts a command as the entry does. `onErr` is called with each line of stderr. */
export function run(
	register: Register,
	args: readonly string[],
	given: {
		readonly env?: Env;
		readonly colour?: boolean;
		readonly onErr?: (line: string) => void;
		/** Stdin, which is empty where nothing is given. */
		readonly input?: () => AsyncIterable<Uint8Array>;
	} = {},
): Running {
	const out: string[] = [];
	const err: string[] = [];
	const controller = new AbortController();
	const terminal: Terminal = {
		env: given.env ?? {},
		cwd: process.cwd(),
		out: (line) => out.push(line),
		write: (text) => out.push(text),
		err: (line) => {
			err.push(line);
			given.onErr?.(line);
		},
		input: given.input ?? async function* () {},
		known: [],
		paint: painter(given.colour ?? false),
		columns: Number.POSITIVE_INFINITY,
		signal: controller.signal,
		unread: new AbortController().signal,
		onCrash: () => {},
		onReload: () => {},
	};
	const program = new Command("pipeline-hooks").exitOverride();
	let code: ExitCode | undefined;
	register(program, terminal, (given) => {
		code = given;
	});
	const done = program.parseAsync(args, { from: "user" }).then(() => code);
	return { out, err, interrupt: () => controller.abort(), done };
}
