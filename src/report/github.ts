// The report to GitHub's runner: masks, the log, annotations at the hooks' lines, outputs and the job summary.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import * as core from "@actions/core";
import type { Env } from "../lib/env.ts";
import { count, excerpt } from "../lib/text.ts";
import type { Problem } from "../model/problem.ts";
import type { Files } from "../ports.ts";
import { environmentSecrets } from "../secrets/known.ts";
import { createRedactor } from "../secrets/mask.ts";
import { type Annotation, annotationsOf, problemAnnotations } from "./annotations.ts";
import type { Counts, Result } from "./collect.ts";
import { problemsMarkdown, STEP_LIMIT_BYTES, summaryMarkdown } from "./job-summary.ts";
import { inertJson, limitedJson, type ResultsDocument, resultsDocument } from "./json.ts";
import { createLog, inParts } from "./log.ts";
import { inertLine, neutralise } from "./neutralise.ts";
import type { Reporter } from "./report.ts";
import { outcomeLine, previewLines, problemLines, resultLine, unmatchedLines } from "./text.ts";

const NONE: Counts = { delivered: 0, failed: 0, skipped: 0, held: 0 };

/** The `results` output; the file has all of it. */
const RESULTS_LIMIT_BYTES = 64 * 1024;

/** The reporter of the action. Writes to stdout and to the runner's command files. */
export function githubReporter(env: Env, files: Files): Reporter {
	const { redact, protect } = createRedactor(() => environmentSecrets(env));
	const print = (text: string) => {
		for (const line of neutralise(text)) core.info(line);
	};
	const log = createLog({
		redact,
		protect: (secrets) => {
			for (const secret of protect(secrets)) core.setSecret(secret);
		},
		print,
		debug: core.debug,
		open: (title) => core.startGroup(excerpt(title, 200)),
		close: core.endGroup,
	});

	const said = new Set<string>();
	/** What has run has run: a disk that is full or read-only makes no failure of it, but a warning. */
	const write = async (what: string, body: () => unknown) => {
		try {
			await body();
			return true;
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			const message = redact(`${what} could not be written: ${why}`);
			if (!said.has(what)) annotate([{ kind: "warning", message, place: {} }]);
			said.add(what);
			return false;
		}
	};
	/** Each on its own, and said once. */
	const setOutputs = (outputs: Readonly<Record<string, string | number>>) =>
		write("the outputs", () =>
			inParts(...Object.entries(outputs).map(([name, value]) => core.setOutput.bind(undefined, name, value))),
		);
	const logProblem = (problem: Problem) => {
		for (const line of problemLines(problem)) log.info(line);
	};
	const writeSummary = async (markdown: (room: number) => string | undefined) => {
		const path = env["GITHUB_STEP_SUMMARY"];
		if (!path) return;
		await write("the summary", async () => {
			const room = STEP_LIMIT_BYTES - (await sizeOf(path, STEP_LIMIT_BYTES, files));
			const text = markdown(room);
			if (text === undefined) log.info("the summary was left out: the step has filled what GitHub takes of one");
			else await files.append(path, text);
		});
	};
	const writeResultsFile = async (document: ResultsDocument) => {
		const folder = env["RUNNER_TEMP"];
		if (!folder) return;
		const path = join(folder, "pipeline-hooks", `results-${randomBytes(6).toString("hex")}.json`);
		const isWritten = await write("the results file", () =>
			files.write(path, `${inertJson(JSON.stringify(document, undefined, "\t"))}\n`),
		);
		if (isWritten) await setOutputs({ "results-file": path });
	};

	return {
		log,
		outcome: (outcome) => {
			const quiet = outcome.status === "failed" && outcome.delivery.hook.onFailure === "ignore";
			(quiet ? log.debug : log.info)(outcomeLine(outcome, redact));
		},
		preview: (delivery, shown) => {
			log.openGroup(`${delivery.hook.name}: dry run`);
			for (const line of previewLines(shown)) print(redact(line));
			log.closeGroup();
		},
		finish: (report) => {
			const { stopped, counts, result } = report;
			const event = report.source.kind === "event" ? report.source.event.context.id : "";
			return inParts(
				() =>
					setOutputs({
						result: stopped === undefined ? result : ERROR,
						...counts,
						"event-id": inertLine(redact(event)),
					}),
				() => annotate(annotationsOf(report, redact)),
				() => {
					if (stopped !== undefined) logProblem(stopped);
					for (const line of unmatchedLines(report)) log.info(line);
					log.info(resultLine(report));
				},
				() => setOutputs({ results: limitedJson(resultsDocument(report, redact), RESULTS_LIMIT_BYTES) }),
				() => (report.summary ? writeSummary((room) => summaryMarkdown(report, redact, room)) : undefined),
				() => writeResultsFile(resultsDocument(report, redact)),
			);
		},
		reject: (problems) => {
			// Of the inputs as they are, since one of them may be the mistake.
			const summary = core.getInput("summary").toLowerCase() !== "false";
			const results = JSON.stringify({ result: ERROR, event: "", event_id: "", truncated: false, results: [] });
			return inParts(
				() => setOutputs({ result: ERROR, ...NONE, "event-id": "", results }),
				() => {
					log.info(`Nothing was run: ${count(problems.length, "problem")}.`);
					problems.forEach(logProblem);
				},
				() => annotate(problemAnnotations(problems, summary, redact)),
				() => (summary ? writeSummary((room) => problemsMarkdown(problems, redact, room)) : undefined),
			);
		},
		fail: (problem) =>
			inParts(
				() => setOutputs({ result: ERROR }),
				() => annotate(problemAnnotations([problem], false, redact)),
				() => logProblem(problem),
			),
	};
}

const ERROR: Result = "error";

const COMMANDS = { error: core.error, warning: core.warning, notice: core.notice } as const;

function annotate(annotations: readonly Annotation[]): void {
	for (const { kind, message, place } of annotations) COMMANDS[kind](message, place);
}

/** The size of a file, or `limit` where it is larger; 0 of one that cannot be read. */
async function sizeOf(path: string, limit: number, files: Files): Promise<number> {
	const there = await files.read(path, limit);
	if (there.kind === "file") return there.bytes.byteLength;
	return there.kind === "unreadable" && there.isTooLarge === true ? limit : 0;
}
