// The report to GitHub's runner: masks, the log, annotations at the hooks' lines, outputs and the job summary.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import * as core from "@actions/core";
import type { Env } from "../lib/env.ts";
import type { JsonObject } from "../lib/json.ts";
import { count, excerpt } from "../lib/text.ts";
import type { Files } from "../ports.ts";
import { environmentSecrets } from "../secrets/known.ts";
import { createRedactor } from "../secrets/mask.ts";
import { type Annotation, annotationsOf, problemAnnotations } from "./annotations.ts";
import type { Result } from "./collect.ts";
import { problemsMarkdown, STEP_LIMIT_BYTES, summaryMarkdown } from "./job-summary.ts";
import { inertJson, limitedJson, resultsDocument, wholeDocument } from "./json.ts";
import { createLog, inParts, logOutcome } from "./log.ts";
import { inertLine, neutralise } from "./neutralise.ts";
import { previewLines } from "./preview.ts";
import type { Reporter } from "./report.ts";
import { problemLines, resultLine, unmatchedLines } from "./text.ts";

const ERROR: Result = "error";

/** The outputs of a step that ran nothing. */
const NOTHING = { result: ERROR, delivered: 0, failed: 0, skipped: 0, held: 0, "event-id": "" };
const NO_RESULTS = { result: ERROR, event: "", event_id: "", truncated: false, results: [] };

/** The `results` output; the file has all of it. */
const RESULTS_LIMIT_BYTES = 64 * 1024;

interface GithubReporter extends Reporter {
	/** Leaves a value for the step's `post`, which gets it as JSON; its texts without secrets. */
	keep(name: string, value: JsonObject): Promise<unknown>;
}

/** The reporter of the action. Writes to stdout and to the runner's command files. */
export function githubReporter(env: Env, files: Files): GithubReporter {
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
	const logLines = (lines: readonly string[]) => {
		for (const line of lines) log.info(line);
	};

	const unwritten = new Set<string>();
	/** Warns once if a file cannot be written: a full or read-only disk undoes nothing of what has run. */
	const write = async (what: string, body: () => unknown) => {
		try {
			await body();
			return true;
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			const message = redact(`${what} could not be written: ${why}`);
			if (!unwritten.has(what)) annotate([{ kind: "warning", message, place: {} }]);
			unwritten.add(what);
			return false;
		}
	};
	const setOutputs = (outputs: Readonly<Record<string, string | number>>) =>
		write("the outputs", () =>
			inParts(
				...Object.entries(outputs).map(
					([name, value]) =>
						() =>
							core.setOutput(name, value),
				),
			),
		);
	const writeSummary = async (markdown: (room: number) => string | undefined) => {
		const path = env["GITHUB_STEP_SUMMARY"];
		if (!path) return;
		await write("the summary", async () => {
			const text = markdown(STEP_LIMIT_BYTES - (await sizeOf(path, STEP_LIMIT_BYTES, files)));
			if (text === undefined) log.info("the summary was left out: the step has reached GitHub's limit for summaries");
			else await files.append(path, text);
		});
	};
	const writeResultsFile = async (document: object) => {
		const folder = env["RUNNER_TEMP"];
		if (!folder) return;
		const path = join(folder, "pipeline-hooks", `results-${randomBytes(6).toString("hex")}.json`);
		const json = `${inertJson(JSON.stringify(document, undefined, "\t"))}\n`;
		if (await write("the results file", () => files.write(path, json))) await setOutputs({ "results-file": path });
	};

	const masked = (_: string, item: unknown) => (typeof item === "string" ? redact(item) : item);

	return {
		log,
		keep: (name, value) => write("the state", () => core.saveState(name, JSON.stringify(value, masked))),
		outcome: logOutcome(log, redact),
		preview: (delivery, shown) => {
			log.openGroup(`${delivery.hook.name}: dry run`);
			for (const line of previewLines(shown, redact)) print(line);
			log.closeGroup();
		},
		finish: (report) => {
			const { stopped, counts, source, summary } = report;
			const result = stopped === undefined ? report.result : ERROR;
			const id = source.kind === "event" ? source.event.context.id : "";
			return inParts(
				() => setOutputs({ result, ...counts, "event-id": inertLine(redact(id)) }),
				() => annotate(annotationsOf(report, redact)),
				() => {
					if (stopped !== undefined) logLines(problemLines(stopped));
					logLines([...unmatchedLines(report), resultLine(report, redact)]);
				},
				() => setOutputs({ results: limitedJson(resultsDocument(report, redact), RESULTS_LIMIT_BYTES) }),
				() => (summary ? writeSummary((room) => summaryMarkdown(report, redact, room)) : undefined),
				() => writeResultsFile(wholeDocument(report, redact)),
			);
		},
		reject: (problems) => {
			// From the input itself, since the inputs may not have been read.
			const summary = core.getInput("summary").toLowerCase() !== "false";
			return inParts(
				() => setOutputs({ ...NOTHING, results: JSON.stringify(NO_RESULTS) }),
				() =>
					logLines([
						`Nothing was run: ${count(problems.length, "problem")}.`,
						...problems.flatMap((problem) => problemLines(problem)),
					]),
				() => annotate(problemAnnotations(problems, summary, redact)),
				() => (summary ? writeSummary((room) => problemsMarkdown(problems, redact, room)) : undefined),
			);
		},
		fail: (problem) =>
			inParts(
				() => setOutputs({ result: ERROR }),
				() => annotate(problemAnnotations([problem], false, redact)),
				() => logLines(problemLines(problem)),
			),
	};
}

const COMMANDS = { error: core.error, warning: core.warning, notice: core.notice } as const;

function annotate(annotations: readonly Annotation[]): void {
	for (const { kind, message, place } of annotations) COMMANDS[kind](message, place);
}

/** The size of a file, at most `limit`; 0 if it cannot be read. */
async function sizeOf(path: string, limit: number, files: Files): Promise<number> {
	const found = await files.read(path, limit);
	if (found.kind === "file") return found.bytes.byteLength;
	return found.kind === "unreadable" && found.isTooLarge === true ? limit : 0;
}
