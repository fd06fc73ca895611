// `demo`: a pipeline's life on this machine, with real hooks and a receiver that plays the services.
import { jsonText, resultsDocument } from "../report/json.ts";
import { defineCommand, EXIT } from "./command.ts";
import { closingLines, receiptsOf, unexpected } from "./demo/closing.ts";
import { type Played, play } from "./demo/play.ts";

export const registerDemo = defineCommand<{ readonly keep?: boolean }>(
	(program) =>
		program
			.command("demo")
			.summary("watch hooks at work; needs no network and no config")
			.description(
				"Runs a made-up pipeline with its own config: gates, shell hooks and signed webhooks to a receiver on this machine, " +
					"which plays Slack, Teams, PagerDuty and Datadog. The exit code is 0 if everything went as it should.",
			)
			.option("--keep", "keep the temporary folder with the config")
			.option("--json", "write one JSON document"),
	"demo",
	async ({ flags: { keep = false }, json, terminal, reporter }) => {
		const { paint } = terminal;
		const out = (line: string) => (json ? undefined : terminal.out(line));
		out(`${paint("bold", "pipeline-hooks demo")}  two runs of a made-up pipeline, fired for real`);
		out(paint("dim", "A receiver on 127.0.0.1 plays the services. Nothing leaves this machine."));
		try {
			const played = await play(terminal, keep, out);
			const problems = unexpected(played);
			if (json) terminal.out(jsonText(documentOf(played, problems)));
			for (const line of closingLines(played, problems, paint)) out(played.mask(line));
			if (keep) terminal.err(`kept: ${played.folder}`);
			return problems.length === 0 ? EXIT.ok : EXIT.aborted;
		} catch (error) {
			if (!(error instanceof Error && "syscall" in error)) throw error;
			const remedy = "it needs a temporary folder, which TMPDIR can name, and a port on 127.0.0.1";
			await reporter.reject([{ code: "usage", message: `the demo cannot run here: ${error.message}`, remedy }]);
			// This is an error of the system, not of the call.
			return EXIT.aborted;
		}
	},
);

/** What `--json` writes; secrets redacted. */
function documentOf({ fired, received, durationMs, mask }: Played, problems: readonly string[]) {
	return {
		ok: problems.length === 0,
		problems: problems.map(mask),
		duration_ms: Math.round(durationMs),
		events: fired.map(({ step, report }) => ({ run: step.run, ...resultsDocument(report, mask) })),
		received: receiptsOf(received).map((receipt) => ({ ...receipt, reads: mask(receipt.reads) })),
	};
}
