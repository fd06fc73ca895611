// The entry of the action: maps the runner's inputs to a request, fires it, and lets the runner know.
import * as core from "@actions/core";
import { heedSignals } from "./cancellation.ts";
import { heedCrashes } from "./crash.ts";
import { asUserError } from "./errors.ts";
import { fire } from "./fire/fire.ts";
import { readInputs } from "./inputs.ts";
import { boundLookups } from "./lookups.ts";
import { nodeFiles, nodePorts } from "./node.ts";
import { githubReporter } from "./report/github.ts";
import { isThrough } from "./report/report.ts";

const { signal, done } = heedSignals();
const env = boundLookups(process.env);
// A reader of the log that has gone is no reason to stop halfway.
process.stdout.on("error", () => {});

const reporter = githubReporter(env, nodeFiles);
// Until the report has been made: a run that ends before, for whatever reason, must not open a gate.
process.exitCode = 1;
heedCrashes((error) => reporter.reject(asUserError(error)));
void main().finally(done);

async function main(): Promise<void> {
	try {
		const inputs = readInputs((name) => core.getInput(name));
		const report = await fire(inputs, nodePorts(env, reporter.log), {
			cwd: process.cwd(),
			signal,
			onOutcome: reporter.outcome,
			onPreview: reporter.preview,
		});
		await reporter.finish(report);
		process.exitCode = isThrough(report) && !signal.aborted ? 0 : 1;
	} catch (error) {
		await reporter.reject(asUserError(error));
	}
}
