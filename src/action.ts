// The entry of the action: maps the runner's inputs to a request, fires it, and lets the runner know.
import * as core from "@actions/core";
import { EXIT, reject, runToEnd } from "./entry/ending.ts";
import { nodeFiles, nodePorts } from "./entry/node.ts";
import { guardProcess, limitDnsThreads } from "./entry/process.ts";
import { githubReporter } from "./report/github.ts";
import { readInputs } from "./run/inputs.ts";
import { fire } from "./run/run.ts";

// Until the report has been made: a run that ends before, for whatever reason, must not open a gate.
process.exitCode = 1;
const env = limitDnsThreads(process.env);
const reporter = githubReporter(env, nodeFiles);
const { signal, onCrash, done } = guardProcess((thrown) => reject(thrown, reporter, { env, signal }));
// A reader of the log that has gone is no reason to stop halfway.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

void main().then(done);

async function main(): Promise<void> {
	const code = await runToEnd(reporter, { env, signal, onCrash }, async (onBegin) => {
		const inputs = readInputs((name) => core.getInput(name));
		return fire(inputs, nodePorts(env, reporter.log), {
			cwd: process.cwd(),
			signal,
			onBegin,
			onOutcome: reporter.outcome,
			onPreview: reporter.preview,
		});
	});
	process.exitCode = code === EXIT.ok ? 0 : 1;
}
