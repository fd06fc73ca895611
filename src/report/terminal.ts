// The report to a terminal, or as JSON on stdout with everything else on stderr.
import type { Env } from "../lib/env.ts";
import { count } from "../lib/text.ts";
import { environmentSecrets } from "../secrets/known.ts";
import { createRedactor, type Mask } from "../secrets/mask.ts";
import { jsonText, mapTexts, problemsDocument, wholeDocument } from "./json.ts";
import { createLog, inParts, logOutcome, shownLine } from "./log.ts";
import { neutralise } from "./neutralise.ts";
import { previewDocument, previewLines } from "./preview.ts";
import type { Report, Reporter } from "./report.ts";
import { madeUpLines, problemLines, resultLine, unmatchedLines } from "./text.ts";
import { warningLines } from "./warnings.ts";

/** Where a command writes. */
export interface Output {
	readonly out: (line: string) => void;
	readonly err: (line: string) => void;
	/** Tells the secrets that are known before a config is read. */
	readonly env: Env;
	/** The secrets that earlier reporters to this output protect. */
	readonly known: string[];
}

/** A reporter that also prints what a command shows of the config, redacted and inert. */
export interface TerminalReporter extends Reporter {
	/** One line or more. */
	print(text: string): void;
	printJson(value: object): void;
	readonly redact: Mask;
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
	const print = (text: string) => write(redact(text));
	const complain = (lines: readonly string[]) => {
		for (const line of lines.flatMap((line) => neutralise(shownLine(line, redact)))) output.err(line);
	};
	const messages: unknown[] = [];
	const documentOf = (report: Report): object => {
		const document = wholeDocument(report, redact);
		if (!report.dryRun) return document;
		const others = report.unmatched.map(({ hook, reason }) => ({ hook: hook.name, reason }));
		const shown = {
			messages,
			made_up: report.madeUp,
			...(report.source.kind === "event" ? { not_matched: others } : {}),
		};
		return { ...document, ...mapTexts(shown, redact) };
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
		print,
		redact,
		printJson: (value) => output.out(jsonText(mapTexts(value, redact))),
		outcome: logOutcome(log, redact),
		preview: (delivery, shown) => {
			messages.push(previewDocument(delivery, shown, redact));
			print(`▸ ${delivery.hook.name}`);
			for (const line of previewLines(shown, redact)) write(line === "" ? "" : `  ${line}`);
		},
		finish: (report) =>
			inParts(
				() => complain(warningLines(report.warnings)),
				() => {
					const left = report.undelivered.length;
					if (left > 0 && !json)
						complain([`${count(left, "message")} not kept: --json writes what another run can store`]);
				},
				() => {
					if (!json) [...madeUpLines(report), ...unmatchedLines(report)].forEach(print);
				},
				() => (json ? output.out(jsonText(documentOf(report))) : print(resultLine(report, redact))),
				() => complain(report.stopped === undefined ? [] : problemLines(report.stopped)),
			),
		reject: (problems) =>
			inParts(
				() => {
					if (json) output.out(jsonText(problemsDocument(problems, redact)));
				},
				() => complain(problems.flatMap((problem) => problemLines(problem))),
			),
		fail: async (problem) => complain(problemLines(problem)),
	};
}
