// `flush`: sends the batches that steps have left held.
import { type ConfigFlags, type Register, runHooks } from "./command.ts";

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
		.action(async ({ config, json }: ConfigFlags) => {
			const githubToken = terminal.env["GITHUB_TOKEN"] ?? "";
			const none = { event: "", context: {}, dryRun: false, allowUntrustedShell: false, summary: false };
			done(await runHooks(json, terminal, async () => ({ ...none, flush: true, config, githubToken })));
		});
};
