// The entry of both actions: maps the runner's inputs to a request, fires it, and lets the runner know.
import * as core from "@actions/core";
import { EXIT, type ExitCode, reject, runToEnd } from "./entry/ending.ts";
import { nodeFiles, nodePorts } from "./entry/node.ts";
import { guardProcess, limitDnsThreads } from "./entry/process.ts";
import type { Problem } from "./model/problem.ts";
import { githubReporter } from "./report/github.ts";
import type { Report } from "./report/report.ts";
import { type Inputs, readInputs } from "./run/inputs.ts";
import { begunBy, endOf, readBegun, startInputs } from "./run/lifecycle.ts";
import { fire } from "./run/run.ts";

type OnBegin = (stop: (problem: Problem) => Report) => void;

/** What the start of a job leaves for its end, which gets it as STATE_begun. */
const BEGUN = "begun";

// Until the report has been made: a run that ends before, for whatever reason, must not open a gate.
process.exitCode = 1;
const env = limitDnsThreads(process.env);
const reporter = githubReporter(env, nodeFiles);
const { signal, onCrash, done } = guardProcess((thrown) => reject(thrown, reporter, { env, signal }));
// A reader of the log that has gone is no reason to stop halfway.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

/** Of a job's step: `start` or `end`, from the files in lifecycle/ that the runner calls. */
const [, , stage] = process.argv;

void main().then(done);

async function main(): Promise<void> {
	const code = await runToEnd(reporter, { env, signal, onCrash }, work);
	// An event that could not be fired at the end says nothing against the job; a gate that denies does.
	process.exitCode = code === EXIT.ok || (stage === "end" && code === EXIT.usage) ? 0 : 1;
}

async function work(onBegin: OnBegin): Promise<Report | ExitCode> {
	if (stage === "start") return start(onBegin);
	if (stage === "end") return end(onBegin);
	return run(readInputs(input), onBegin);
}

function input(name: string): string {
	return core.getInput(name);
}

function run(inputs: Inputs, onBegin: OnBegin): Promise<Report> {
	return fire(inputs, nodePorts(env, reporter.log), {
		cwd: process.cwd(),
		signal,
		onBegin,
		onOutcome: reporter.outcome,
		onPreview: reporter.preview,
	});
}

async function start(onBegin: OnBegin): Promise<Report> {
	const started = Date.now();
	// At once: what is killed before its gates have decided has begun all the same.
	await reporter.keep(BEGUN, { started });
	const report = await run(startInputs(input), onBegin);
	await reporter.keep(BEGUN, begunBy(report, started));
	return report;
}

async function end(onBegin: OnBegin): Promise<Report | ExitCode> {
	const begun = readBegun(core.getState(BEGUN));
	const { inputs, silence } = endOf(input, begun, env["GITHUB_JOB"] ?? "", Date.now());
	if (silence?.isExpected === true) reporter.log.info(silence.why);
	else if (silence !== undefined) core.warning(silence.why);
	if (inputs === undefined) return EXIT.ok;
	const report = await run(inputs, onBegin);
	// That nothing was held is not worth a summary.
	return silence === undefined ? report : { ...report, summary: report.summary && report.outcomes.length > 0 };
}
