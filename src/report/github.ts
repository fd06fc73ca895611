// The report to GitHub's runner: masks, the log, annotations at the hooks' lines, outputs and the job summary.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import * as core from "@actions/core";
import type { Outcome } from "../delivery.ts";
import { formatPlace, type Place, type Problem } from "../errors.ts";
import type { Env, Files, Log } from "../ports.ts";
import { createMask, type Mask } from "../secrets.ts";
import { count, excerpt } from "../text.ts";
import { beside } from "./beside.ts";
import { limitedJson, resultsDocument } from "./json.ts";
import { shownLine } from "./line.ts";
import { neutralise } from "./neutralise.ts";
import { type Report, type Reporter, type Result, rank, reasonOf, tally } from "./report.ts";
import { problemsMarkdown, summaryMarkdown } from "./summary.ts";
import { outcomeLine, previewLines, problemLines } from "./text.ts";

/** GitHub shows ten annotations of a kind a step; the tenth says how many more there are. */
const SHOWN_ANNOTATIONS = 9;
/** The `results` output; the file has all of it. */
const RESULTS_LIMIT_BYTES = 64 * 1024;

type Annotate = (message: string, properties: core.AnnotationProperties) => void;

/** The reporter of the action. Writes to stdout and to the runner's command files. */
export function githubReporter(env: Env, files: Files): Reporter {
	let mask: Mask = (text) => text;
	const write = (text: string) => {
		for (const line of neutralise(text)) core.info(line);
	};
	const group = beside();
	const log: Log = {
		protect: (secrets) => {
			mask = createMask(secrets);
			for (const secret of secrets) core.setSecret(secret);
		},
		info: (line) => group.write(() => write(shownLine(line, mask))),
		debug: (line) => group.write(() => core.debug(mask(line))),
		openGroup: (title) => {
			core.startGroup(excerpt(mask(title), 200));
			group.open();
			return (line) => write(shownLine(line, mask));
		},
		closeGroup: () => {
			core.endGroup();
			group.close();
		},
	};
	const setCounts = (result: Result, outcomes: readonly Outcome[]) => {
		const { delivered, failed, skipped } = tally(outcomes);
		core.setOutput("result", result);
		core.setOutput("delivered", delivered);
		core.setOutput("failed", failed);
		core.setOutput("skipped", skipped);
	};

	/** What has run has run: a disk that is full or read-only makes no failure of it. */
	const unlessFull = async (what: string, write: () => Promise<unknown>) => {
		try {
			await write();
		} catch (error) {
			log.info(`${what} could not be written: ${error instanceof Error ? error.message : String(error)}`);
		}
	};
	const writeSummary = async (markdown: string) => {
		if (env["GITHUB_STEP_SUMMARY"]) await unlessFull("the summary", () => core.summary.addRaw(markdown).write());
	};

	return {
		log,
		outcome: (outcome) => {
			const quiet = outcome.status === "failed" && outcome.delivery.hook.onFailure === "ignore";
			(quiet ? log.debug : log.info)(outcomeLine(outcome, mask));
		},
		preview: (delivery, shown) => {
			log.openGroup(`${delivery.hook.name}: dry run`);
			for (const line of previewLines(shown)) write(mask(line));
			log.closeGroup();
		},
		finish: async (report) => {
			const document = resultsDocument(report, mask);
			annotateOutcomes(report, mask);
			setCounts(document.result, report.outcomes);
			core.setOutput("event-id", document.event_id);
			core.setOutput("results", limitedJson(document, RESULTS_LIMIT_BYTES));
			const folder = env["RUNNER_TEMP"];
			if (folder) {
				const path = join(folder, "pipeline-hooks", `results-${randomBytes(6).toString("hex")}.json`);
				await unlessFull("the results file", async () => {
					await files.write(path, `${JSON.stringify(document, undefined, "\t")}\n`);
					core.setOutput("results-file", path);
				});
			}
			if (report.summary) await writeSummary(summaryMarkdown(report, mask));
		},
		reject: async ({ problems }) => {
			// Of the inputs as they are, since one of them may be the mistake.
			const summary = core.getInput("summary").toLowerCase() !== "false";
			annotateProblems(problems, summary, mask, log);
			setCounts("error", []);
			core.setOutput("results", JSON.stringify({ result: "error", truncated: false, results: [] }));
			if (summary) await writeSummary(problemsMarkdown(problems, mask));
		},
	};
}

/** A place as annotations take it; a file outside the repository cannot be annotated. */
function at(place: Place): core.AnnotationProperties {
	if (place.file.startsWith("/") || place.file.startsWith("..")) return {};
	return { file: place.file, startLine: place.line, startColumn: place.column };
}

function annotateOutcomes(report: Report, mask: Mask): void {
	const { outcomes, warnings, event, configFile, dryRun, summary } = report;
	const failed = outcomes.filter(({ status }) => status === "failed").sort((a, b) => rank(a) - rank(b));
	const say = (outcome: Outcome, what: string) => {
		const { hook } = outcome.delivery;
		const { startColumn: _, ...place } = at(hook.place);
		return { message: `${what}${reasonOf(outcome, mask)}`, properties: { title: hook.name, ...place } };
	};
	const gates = failed.filter(({ delivery }) => delivery.hook.onFailure === "abort");
	const warned = failed.filter(({ delivery }) => delivery.hook.onFailure === "warn");
	annotate(
		core.error,
		gates.map((outcome) => say(outcome, "the gate stopped the pipeline: ")),
		summary,
	);
	const warningItems = [
		...warned.map((outcome) =>
			say(outcome, `${outcome.delivery.hook.kind === "shell" ? "the shell hook" : "the webhook"} failed: `),
		),
		...warnings.map(({ message, place }) => ({
			message: mask(message),
			properties: { title: "Config", ...at(place) },
		})),
	];
	annotate(core.warning, warningItems, summary);
	const withheld = outcomes.filter(({ skipCause }) => skipCause === "secrets_withheld");
	const notices = withheld.map((outcome) => say(outcome, "skipped: "));
	if (outcomes.length === 0 && !dryRun) {
		notices.push({
			message: `no hook in ${configFile} is attached to ${event.definition.name}`,
			properties: { title: "Nothing to run" },
		});
	}
	annotate(core.notice, notices, summary);
}

function annotate(
	command: Annotate,
	items: readonly { readonly message: string; readonly properties: core.AnnotationProperties }[],
	summary: boolean,
): void {
	// Ten fit: the tenth is itself only where it is the last.
	const shown = items.length <= SHOWN_ANNOTATIONS + 1 ? items : items.slice(0, SHOWN_ANNOTATIONS);
	for (const { message, properties } of shown) command(message, properties);
	const rest = items.length - shown.length;
	if (rest > 0) command(`${rest} more, see the ${summary ? "summary" : "log"}`, {});
}

function annotateProblems(problems: readonly Problem[], summary: boolean, mask: Mask, log: Log): void {
	const items = problems.map((problem) => ({
		message: mask(`${problem.message}${problem.remedy === "" ? "" : `; ${problem.remedy}`}`),
		properties: problem.place === undefined ? {} : { title: formatPlace(problem.place), ...at(problem.place) },
	}));
	log.info(`Nothing was run: ${count(problems.length, "problem")}.`);
	for (const problem of problems) for (const line of problemLines(problem)) log.info(line);
	annotate(core.error, items, summary);
}
