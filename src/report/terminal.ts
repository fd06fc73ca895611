// The report to a terminal, or as JSON on stdout with everything else on stderr.
import { formatPlace, type Problem } from "../errors.ts";
import type { Mask } from "../mask/mask.ts";
import type { Env } from "../ports.ts";
import { environmentSecrets } from "../secrets.ts";
import { stripTerminal } from "../text.ts";
import { beside } from "./beside.ts";
import { growingMask } from "./growing.ts";
import { jsonText, problemsDocument, resultsDocument } from "./json.ts";
import { shownLine } from "./line.ts";
import { neutralise } from "./neutralise.ts";
import { inParts } from "./parts.ts";
import type { Report, Reporter } from "./report.ts";
import { outcomeLine, previewLines, problemLines, resultLine, unmetLines } from "./text.ts";

/** Where a command writes. */
export interface Output {
	readonly out: (line: string) => void;
	readonly err: (line: string) => void;
	/** Terminal sequences of hooks may pass. */
	readonly colour: boolean;
	/** What secrets are known by before a config tells. */
	readonly env: Env;
	/** What reporters to this output were told to protect, for those that come after them. */
	readonly known: string[];
}

/** The reporter of the command. With `json`, stdout holds one JSON document and nothing else. */
export function terminalReporter(output: Output, json: boolean): Reporter {
	const { mask, add } = growingMask(() => [...environmentSecrets(output.env), ...output.known]);
	let indent = "";
	const say = json ? output.err : output.out;
	// Also at a terminal, since the command may run in a step of a workflow.
	const write = (text: string) => {
		for (const line of output.colour ? neutralise(text) : plainLines(text)) say(indent + line);
	};
	const complain = (text: string) => {
		for (const line of plainLines(shownLine(text, mask))) output.err(line);
	};
	const complainOf = (problem: Problem) => {
		const [first, ...rest] = problemLines(problem);
		for (const line of [`error: ${first}`, ...rest]) complain(line);
	};
	const documents: unknown[] = [];
	const documentOf = (report: Report): object => {
		const document = resultsDocument(report, mask);
		if (!report.dryRun) return document;
		const others = report.unmet.map(({ hook, reason }) => ({ hook: hook.name, reason }));
		const shown = { messages: documents, ...(report.source.kind === "event" ? { not_matched: others } : {}) };
		return { ...document, ...maskDeep(shown, mask) };
	};
	const group = beside();
	const log: Reporter["log"] = {
		protect: (secrets) => {
			for (const secret of add(secrets)) output.known.push(secret);
		},
		info: (line) => group.write(() => write(shownLine(line, mask))),
		debug: () => {},
		openGroup: (title) => {
			write(`▸ ${mask(title)}`);
			indent = "  ";
			group.open();
			return (line) => write(shownLine(line, mask));
		},
		closeGroup: () => {
			indent = "";
			group.close();
		},
	};
	return {
		log,
		outcome: (outcome) => {
			const quiet = outcome.status === "failed" && outcome.delivery.hook.onFailure === "ignore";
			if (!quiet) group.write(() => write(outcomeLine(outcome, mask)));
		},
		preview: (delivery, shown) => {
			documents.push({ hook: delivery.hook.name, ...shown });
			write(`▸ ${delivery.hook.name}`);
			for (const line of previewLines(shown)) write(line === "" ? "" : `  ${mask(line)}`);
		},
		finish: (report) =>
			inParts(
				() => {
					for (const { message, place } of report.warnings) complain(`warning: ${formatPlace(place)}: ${message}`);
				},
				() => {
					if (!json) for (const line of unmetLines(report)) write(mask(line));
				},
				() => (json ? output.out(jsonText(documentOf(report))) : write(resultLine(report))),
				() => {
					if (report.stopped !== undefined) complainOf(report.stopped);
				},
			),
		reject: (problems) =>
			inParts(
				() => {
					if (json) output.out(jsonText(problemsDocument(problems, mask)));
				},
				() => {
					for (const problem of problems) complainOf(problem);
				},
			),
		fail: async (problem) => complainOf(problem),
	};
}

/** Neutralised lines without terminal sequences. What such a sequence hides from the first look shows only without it. */
function plainLines(text: string): readonly string[] {
	return neutralise(text).flatMap((line) => neutralise(stripTerminal(line)));
}

/** Masks every string of a JSON value; its keys are ours. */
function maskDeep(value: object, mask: Mask): object {
	return JSON.parse(JSON.stringify(value), (_, item: unknown) => (typeof item === "string" ? mask(item) : item));
}
