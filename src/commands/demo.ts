// `demo`: a pipeline's life on this machine, with real hooks and a receiver that plays the services.
import { UserError } from "../model/problem.ts";
import { jsonText } from "../report/json.ts";
import { EXIT, type ExitCode, type Register, runCommand, type Terminal } from "./command.ts";
import { closingLines, demoDocument, unexpected } from "./demo/ending.ts";
import { play, type Watch } from "./demo/play.ts";
import { storyTeller } from "./demo/story.ts";
import { painter } from "./paint.ts";

interface Flags {
	readonly keep?: boolean;
	readonly json?: boolean;
}

/** Plays the demo. */
export const registerDemo: Register = (program, terminal, done) => {
	program
		.command("demo")
		.summary("watch hooks at work; needs no network and no config")
		.description(
			"Plays a pipeline's life with a config of its own: gates, shell hooks and signed webhooks to a receiver on " +
				"this machine that plays Slack, Teams, PagerDuty and Datadog. Exit code 0 when all went as it must.",
		)
		.option("--keep", "keep the temporary folder with the config")
		.option("--json", "write one JSON document")
		.addHelpText("after", "\nExample:\n  $ pipeline-hooks demo\n")
		.action(async (flags: Flags) => done(await demo(flags, terminal)));
};

const SILENT: Watch = { onRun: () => {}, onStep: () => {}, onOutcome: () => {}, onReport: () => {}, onRetry: () => {} };

async function demo({ keep = false, json = false }: Flags, terminal: Terminal): Promise<ExitCode> {
	const { env, signal, out, colour } = terminal;
	const paint = painter(colour);
	if (!json) {
		out(`${paint("bold", "pipeline-hooks demo")}  two runs of a made-up pipeline, fired for real`);
		out(paint("dim", "A receiver on 127.0.0.1 plays the services. Nothing leaves this machine."));
	}
	const code = await runCommand(json, terminal, async () => {
		const watch = json ? SILENT : storyTeller(out, paint);
		const played = await play({ env, signal, keep }, watch).catch((error: unknown) => {
			throw explain(error);
		});
		const problems = unexpected(played);
		if (json) out(jsonText(demoDocument(played, problems)));
		else for (const line of closingLines(played, problems, paint)) out(line);
		if (keep) terminal.err(`kept: ${played.folder}`);
		return problems.length === 0 ? EXIT.ok : EXIT.aborted;
	});
	// What the system refuses is not an error in the call.
	return code === EXIT.ok ? EXIT.ok : EXIT.aborted;
}

/** What the system refused is no mistake of this program. */
function explain(error: unknown): unknown {
	if (!(error instanceof Error && "syscall" in error)) return error;
	const remedy = "it needs a temporary folder, which TMPDIR can name, and a port on 127.0.0.1";
	return new UserError({ code: "usage", message: `the demo cannot run here: ${error.message}`, remedy });
}
