// What the commands that only look at a config share: finding it where firing an event would, and rendering mistakes.
import { reject } from "../entry/ending.ts";
import { nodePorts } from "../entry/node.ts";
import { type Printer, terminalReporter } from "../report/terminal.ts";
import { prepare, type RunContext } from "../run/prepare.ts";
import { EXIT, type ExitCode, type Terminal } from "./command.ts";

/** The flags of such a command. */
export interface ConfigFlags {
	readonly config?: string;
	readonly json?: boolean;
}

/** Loads the config and hands it to `show`; mistakes in it are rendered and give the exit code. */
export async function withConfig(
	flags: ConfigFlags,
	terminal: Terminal,
	show: (run: RunContext, printer: Printer) => void,
): Promise<ExitCode> {
	const { env, cwd, signal } = terminal;
	const reporter = terminalReporter(terminal, flags.json === true);
	const request = {
		config: flags.config,
		githubToken: env["GITHUB_TOKEN"] ?? "",
		allowUntrustedShell: false,
		context: {},
	};
	try {
		show(await prepare(request, nodePorts(env, reporter.log), { cwd, signal }), reporter);
		return EXIT.ok;
	} catch (error) {
		return reject(error, reporter, terminal);
	}
}
