// The entry of the command: the terminal, the commands, and the exit code.
import { addAbortSignal } from "node:stream";
import { Command, CommanderError } from "commander";
import { heedSignals } from "./cancellation.ts";
import { EXIT, type ExitCode, type Terminal } from "./commands/command.ts";
import { COMMANDS } from "./commands/index.ts";
import { heedCrashes } from "./crash.ts";
import { asUserError } from "./errors.ts";
import { boundLookups } from "./lookups.ts";
import { neutralise } from "./report/neutralise.ts";
import { terminalReporter } from "./report/terminal.ts";
import { VERSION } from "./version.ts";

const { signal, done } = heedSignals();
// A reader that has seen enough (`| head`) is no fault: what was begun goes on unseen, and its exit code counts.
const unread = new AbortController();
process.stdout.on("error", () => unread.abort());
process.stderr.on("error", () => {});

// Whatever is said here, in a step of a workflow it is no workflow command.
const inert = (line: string) => `${neutralise(line).join("\n")}\n`;

const terminal: Terminal = {
	env: boundLookups(process.env),
	cwd: process.cwd(),
	out: (line) => unread.signal.aborted || process.stdout.write(inert(line)),
	err: (line) => process.stderr.write(inert(line)),
	// Left open, it would keep a cancelled process waiting.
	input: () => addAbortSignal(signal, process.stdin),
	known: [],
	colour: process.stdout.isTTY === true && !process.env["NO_COLOR"],
	signal,
	unread: unread.signal,
};

heedCrashes((error) => terminalReporter(terminal, false).reject(asUserError(error)));
const program = new Command("pipeline-hooks")
	.description("Runs the hooks of a pipeline's events: shell gates and signed, retried webhooks, from one TOML config.")
	.version(VERSION)
	.exitOverride()
	.configureOutput({ writeErr: (text) => terminal.err(text.trimEnd()) })
	.showHelpAfterError("(--help shows what there is)")
	.addHelpText("after", "\nExample:\n  $ pipeline-hooks fire pipeline_error --error 'connection lost'\n");
const exit = (code: ExitCode) => {
	process.exitCode = code;
};
for (const register of COMMANDS) register(program, terminal, exit);

// Until a command has said its own: a run that ends before, for whatever reason, must not open a gate.
process.exitCode = EXIT.aborted;
void main().finally(done);

async function main(): Promise<void> {
	try {
		await program.parseAsync();
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
	}
}
