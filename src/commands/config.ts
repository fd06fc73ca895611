// What the commands that only look at a config share: finding it where firing an event would.
import { nodePorts } from "../entry/node.ts";
import type { Printer } from "../report/terminal.ts";
import { prepare, type RunContext } from "../run/prepare.ts";
import { EXIT, type ExitCode, runCommand, type Terminal } from "./command.ts";

/** The flags of such a command. */
export interface ConfigFlags {
	readonly config?: string;
	readonly json?: boolean;
}

/** Loads the config and hands it to `show`. */
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
