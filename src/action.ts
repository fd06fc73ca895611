// The entry of both actions: maps the runner's inputs to a request, fires it, and lets the runner know.
import * as core from "@actions/core";
import { EXIT, reject, runToEnd } from "./entry/ending.ts";
import { nodeFiles, nodePorts } from "./entry/node.ts";
import { guardProcess, limitDnsThreads } from "./entry/process.ts";
import { githubReporter } from "./report/github.ts";
import { type Inputs, readInputs } from "./run/inputs.ts";
import { endJob, startJob } from "./run/lifecycle.ts";
import { redeliverInputs } from "./run/redeliver.ts";
import { fire } from "./run/run.ts";

/** What the start of a job leaves for its end, which gets it as STATE_begun. */
const BEGUN = "begun";

// Until the report has been made: a run that ends before, for whatever reason, must not open a gate.
process.exitCode = 1;
const env = limitDnsThreads(process.env);
const reporter = githubReporter(env, nodeFiles);
const { signal, onCrash, onReload, done } = guardProcess((thrown) => reject(thrown, reporter, { env, signal }));
// A reader of the log that has gone away is not a reason to stop halfway.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

/** `start` or `end` of a job, or `redeliver`: from the files in lifecycle/ and redeliver/ that the runner calls. */
const [, , stage] = process.argv;

void main().then(done);

async function main(): Promise<void> {
	const code = await runToEnd(reporter, { env, signal, onCrash, onReload }, async (onBegin) => {
		const read = (name: string) => core.getInput(name);
		const run = (inputs: Inputs) =>
			fire(inputs, nodePorts(env, reporter.log), {
				cwd: process.cwd(),
				signal,
				onBegin,
				onOutcome: reporter.outcome,
				onPreview: reporter.preview,
			});
		if (stage === "redeliver") return run(redeliverInputs(read, Date.now()));
		if (stage === "start") return startJob(read, run, (begun) => reporter.keep(BEGUN, begun));
		if (stage !== "end") return run(readInputs(read));
		const job = { name: env["GITHUB_JOB"] ?? "", left: core.getState(BEGUN) };
		return (await endJob(job, read, run, { info: reporter.log.info, warn: core.warning })) ?? EXIT.ok;
	});
	// An event that could not be fired at the end says nothing against the job; a gate that denies does.
	process.exitCode = code === EXIT.ok || (stage === "end" && code === EXIT.usage) ? 0 : 1;
}
