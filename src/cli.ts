// The entry of the command: the terminal, the commands, and the exit code.
import { Command, CommanderError } from "commander";
import { EXIT, type ExitCode } from "./commands/command.ts";
import { COMMANDS } from "./commands/index.ts";
import { processTerminal } from "./commands/terminal.ts";
import { reject } from "./entry/ending.ts";
import { guardProcess, limitDnsThreads } from "./entry/process.ts";
import { VERSION } from "./lib/version.ts";
import { terminalReporter } from "./report/terminal.ts";
import { namedSecrets } from "./secrets/known.ts";
import { createRedactor } from "./secrets/mask.ts";

// Until a command has said its own: a run that ends before, for whatever reason, must not open a gate.
process.exitCode = EXIT.aborted;
const { signal, onCrash, onReload, done } = guardProcess((thrown) => {
	return reject(thrown, terminalReporter(terminal, false), terminal);
});
const terminal = processTerminal({ env: limitDnsThreads(process.env), signal, onCrash, onReload });

// Commander quotes what was typed.
const { redact } = createRedactor(() => namedSecrets(terminal.env));

let hasComplained = false;
const program = new Command("pipeline-hooks")
	.description("Runs the hooks of a pipeline's events: gates and signed, retried webhooks, from one TOML config.")
	.version(VERSION)
	.exitOverride()
	.configureOutput({
		writeErr: (text) => {
			hasComplained = true;
			terminal.err(redact(text.trimEnd()));
		},
		outputError: (text, write) => write(text.replace(/^error:/, "error[usage]:")),
	})
	.showHelpAfterError("(see --help)")
	.addHelpText("after", "\nExample:\n  $ pipeline-hooks fire pipeline_error --error 'connection lost'\n");
const exit = (code: ExitCode) => {
	process.exitCode = code;
};
for (const register of COMMANDS) register(program, terminal, exit);

void main().then(done);

async function main(): Promise<void> {
	try {
		await program.parseAsync();
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		// The exit code of the command `help` is the one from above, as of help that nobody has asked for.
		const isHelp = error.code === "commander.help" && !hasComplained;
		process.exitCode = error.exitCode === 0 || isHelp ? EXIT.ok : EXIT.usage;
	}
}
