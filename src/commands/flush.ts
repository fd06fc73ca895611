// `flush`: sends the batches that steps have left held.
import { runToEnd } from "../entry/ending.ts";
import { nodePorts } from "../entry/node.ts";
import { terminalReporter } from "../report/terminal.ts";
import { fire } from "../run/run.ts";
import type { ExitCode, Register, Terminal } from "./command.ts";
import type { ConfigFlags } from "./config.ts";

/** Sends held batches. */
export const registerFlush: Register = (program, terminal, done) => {
	program
		.command("flush")
		.summary("send the events that are held for batches")
		.description(
			"Sends the events that hooks with a batch_size hold, without waiting for more of them, and again the batches that " +
				"have failed. On CI it sends what earlier steps of the job have left; elsewhere, what was fired in this folder.",
		)
		.option("--config <file>", "config file; default: .github/pipeline-hooks.toml, pipeline-hooks.toml or rocky.toml")
		.option("--json", "write the results to stdout as JSON, everything else to stderr")
		.addHelpText("after", "\nExample:\n  $ pipeline-hooks flush\n")
		.action(async (flags: ConfigFlags) => done(await run(flags, terminal)));
};

async function run({ config, json = false }: ConfigFlags, terminal: Terminal): Promise<ExitCode> {
	const reporter = terminalReporter(terminal, json);
	const { env, cwd, signal } = terminal;
	const githubToken = env["GITHUB_TOKEN"] ?? "";
	const none = { event: "", context: {}, dryRun: false, allowUntrustedShell: false, summary: false };
	const inputs = { ...none, flush: true, config, githubToken };
	return runToEnd(reporter, terminal, (onBegin) =>
		fire(inputs, nodePorts(env, reporter.log), {
			cwd,
			signal,
			onBegin,
			onOutcome: reporter.outcome,
			onPreview: () => {},
		}),
	);
}
