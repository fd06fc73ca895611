// The report to a terminal, or as JSON on stdout with everything else on stderr.

import type { Env } from "../lib/env.ts";
import { formatPlace, type Problem } from "../model/problem.ts";
import { environmentSecrets } from "../secrets/known.ts";
import { createRedactor, type Mask } from "../secrets/mask.ts";
import { jsonText, problemsDocument, resultsDocument } from "./json.ts";
import { createLog, inParts, shownLine } from "./log.ts";
import { neutralise } from "./neutralise.ts";
import type { Report, Reporter } from "./report.ts";
import { outcomeLine, previewLines, problemLines, resultLine, unmatchedLines } from "./text.ts";

/** Where a command writes. */
export interface Output {
	readonly out: (line: string) => void;
	readonly err: (line: string) => void;
	/** What secrets are known by before a config tells. */
	readonly env: Env;
	/** What reporters to this output were told to protect, for those that come after them. */
	readonly known: string[];
}

/** A reporter that also shows what a command has to say about the config. */
export interface TerminalReporter extends Reporter, Printer {}

/** Shows texts and JSON documents as a report does: redacted, and acting as nothing. */
export interface Printer {
	/** One line or more. */
	print(text: string): void;
	printJson(value: object): void;
}

/** The reporter of the command. With `json`, stdout holds one JSON document and nothing else. */
export function terminalReporter(output: Output, json: boolean): TerminalReporter {
	const { redact, protect } = createRedactor(() => [...environmentSecrets(output.env), ...output.known]);
	let indent = "";
	const say = json ? output.err : output.out;
	// Also at a terminal, since the command may run in a step of a workflow.
	const write = (text: string) => {
		for (const line of neutralise(text)) say(indent + line);
	};
	const complain = (text: string) => {
		for (const line of neutralise(shownLine(text, redact))) output.err(line);
	};
	const complainOf = (problem: Problem) => {
		for (const line of problemLines(problem)) complain(line);
	};
	const documents: unknown[] = [];
	const documentOf = (report: Report): object => {
		const document = resultsDocument(report, redact);
		if (!report.dryRun) return document;
		const others = report.unmatched.map(({ hook, reason }) => ({ hook: hook.name, reason }));
		const shown = { messages: documents, ...(report.source.kind === "event" ? { not_matched: others } : {}) };
		return { ...document, ...redactDeep(shown, redact) };
	};
	const log = createLog({
		redact,
		protect: (secrets) => {
			for (const secret of protect(secrets)) output.known.push(secret);
		},
		print: write,
		debug: () => {},
		open: (title) => {
			write(`▸ ${title}`);
			indent = "  ";
		},
		close: () => {
			indent = "";
		},
	});
	return {
		log,
		print: (text) => write(redact(text)),
		printJson: (value) => output.out(jsonText(redactDeep(value, redact))),
		outcome: (outcome) => {
			const quiet = outcome.status === "failed" && outcome.delivery.hook.onFailure === "ignore";
			if (!quiet) log.info(outcomeLine(outcome, redact));
		},
		preview: (delivery, shown) => {
			documents.push({ hook: delivery.hook.name, ...shown });
			write(`▸ ${redact(delivery.hook.name)}`);
			for (const line of previewLines(shown)) write(line === "" ? "" : `  ${redact(line)}`);
		},
		finish: (report) =>
			inParts(
				() => {
					for (const { message, place } of report.warnings) complain(`warning: ${formatPlace(place)}: ${message}`);
				},
				() => {
					if (!json) for (const line of unmatchedLines(report)) write(redact(line));
				},
				() => (json ? output.out(jsonText(documentOf(report))) : write(redact(resultLine(report)))),
				() => {
					if (report.stopped !== undefined) complainOf(report.stopped);
				},
			),
		reject: (problems) =>
			inParts(
				() => {
					if (json) output.out(jsonText(problemsDocument(problems, redact)));
				},
				() => {
					for (const problem of problems) complainOf(problem);
				},
			),
		fail: async (problem) => complainOf(problem),
	};
}

/** Redacts every string of a JSON value; its keys are ours. */
function redactDeep(value: object, redact: Mask): object {
	return JSON.parse(JSON.stringify(value), (_, item: unknown) => (typeof item === "string" ? redact(item) : item));
}
