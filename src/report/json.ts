// The report as JSON: for the `results` output, the results file and `--json`.
import type { Place, Problem } from "../model/problem.ts";
import type { Mask } from "../secrets/mask.ts";
import type { Result } from "./collect.ts";
import { inertLine } from "./neutralise.ts";
import { isListed, type Report, type Row, rowsOf, shownId } from "./report.ts";

/** What `results`, `results-file` and `fire --json` hold. */
export interface ResultsDocument {
	readonly result: Result;
	/** Empty where not one event was fired but several. */
	readonly event: string;
	readonly event_id: string;
	/** How many events of a file were fired. */
	readonly events?: number;
	/** The mistake that stopped it. */
	readonly problems?: readonly ToldProblem[];
	/** Rows were left out to stay inside the limit; failures are kept longest. */
	readonly truncated: boolean;
	readonly results: readonly Row[];
}

/** All of a report. */
export function resultsDocument(report: Report, mask: Mask): ResultsDocument {
	const { source, stopped } = report;
	const event = source.kind === "event" ? source.event : undefined;
	return {
		result: stopped === undefined ? report.result : "error",
		event: event?.definition.name ?? "",
		event_id: shownId(event?.context.id ?? "", mask),
		...(source.kind === "file" ? { events: source.events } : {}),
		...(stopped === undefined ? {} : { problems: [problemOf(stopped, mask)] }),
		truncated: !isListed(report),
		results: rowsOf(report, mask),
	};
}

/**
 * The same JSON, in which no value can act when it is printed: the runner knows the command `##[name]` anywhere in a line
 * and `::name::` at the start of one, which some shells' `echo` makes of a `\n`; terminals know control characters.
 */
export function inertJson(json: string): string {
	return json
		.replaceAll("##[", "#\\u0023[")
		.replaceAll("::", ":\\u003a")
		.replaceAll(/[\u007f-\u009f\p{Bidi_Control}]/gu, (found) => {
			return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
		});
}

/** JSON of several lines, for stdout. */
export function jsonText(value: unknown): string {
	return inertJson(JSON.stringify(value, undefined, 2));
}

/** JSON of at most `limit` bytes in UTF-8, leaving out rows from the end where needed. */
export function limitedJson(document: ResultsDocument, limit: number): string {
	const write = (value: object) => inertJson(JSON.stringify(value));
	const whole = write(document);
	if (Buffer.byteLength(whole) <= limit) return whole;
	const cut = (rows: readonly Row[]): ResultsDocument => ({ ...document, truncated: true, results: rows });
	let left = limit - Buffer.byteLength(write(cut([])));
	const kept: Row[] = [];
	for (const row of document.results) {
		left -= Buffer.byteLength(write(row)) + 1;
		if (left < 0) break;
		kept.push(row);
	}
	return write(cut(kept));
}

/** A mistake of the user, for scripts. */
export function problemsDocument(problems: readonly Problem[], mask: Mask) {
	return {
		result: "error" satisfies Result,
		problems: problems.map((problem) => problemOf(problem, mask)),
	};
}

/** A mistake in a document, with its place where it has one. */
export interface ToldProblem extends Partial<Place> {
	readonly code: string;
	readonly message: string;
	readonly remedy?: string;
}

function problemOf({ code, message, remedy, place }: Problem, mask: Mask): ToldProblem {
	const told = (text: string) => inertLine(mask(text));
	return {
		code,
		message: told(message),
		...(remedy === "" ? {} : { remedy: told(remedy) }),
		...(place === undefined ? {} : { ...place, file: told(place.file) }),
	};
}
