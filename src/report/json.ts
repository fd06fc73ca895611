// The report as JSON: for the `results` output, the results file and `--json`.
import { fitting } from "../lib/fitting.ts";
import type { Problem } from "../model/problem.ts";
import type { Mask } from "../secrets/mask.ts";
import type { Result } from "./collect.ts";
import { inertLine } from "./neutralise.ts";
import { isListed, type Report } from "./report.ts";
import { type Row, rowOf, shownId, worstFirst } from "./row.ts";

/**
 * What `results`, `results-file` and `fire --json` hold. Every text is masked, on one line, and no workflow command even
 * if a script prints it alone.
 */
export function resultsDocument(report: Report, mask: Mask) {
	const { source, stopped } = report;
	const event = source.kind === "event" ? source.event : undefined;
	const results: readonly Row[] = worstFirst(report.outcomes).map((outcome) => {
		return rowOf(outcome, mask, source.kind === "file");
	});
	const document = {
		result: stopped === undefined ? report.result : ("error" satisfies Result),
		/** Empty if several events were fired. */
		event: event?.definition.name ?? "",
		event_id: shownId(event?.context.id ?? "", mask),
		/** How many events of a file were fired. */
		events: source.kind === "file" ? source.events : undefined,
		/** The error that stopped it. */
		problems: stopped && [masked(stopped, mask)],
		/** Rows were left out to stay inside the limit; failures are kept longest. */
		truncated: !isListed(report),
		results,
	};
	return mapTexts(document, inertLine);
}

/** The same with what a run leaves for a store, which only files and `--json` have room for. */
export function wholeDocument(report: Report, mask: Mask) {
	const { undelivered } = report;
	return { ...resultsDocument(report, mask), ...(undelivered.length > 0 && { undelivered: undelivered.map(mask) }) };
}

/** The errors of the user, for scripts. */
export function problemsDocument(problems: readonly Problem[], mask: Mask) {
	const result: Result = "error";
	return mapTexts({ result, problems: problems.map((problem) => masked(problem, mask)) }, inertLine);
}

function masked({ code, message, remedy, place }: Problem, mask: Mask) {
	return {
		code,
		message: mask(message),
		remedy: remedy === "" ? undefined : mask(remedy),
		...(place && { ...place, file: mask(place.file) }),
	};
}

/** A copy of a JSON value with every text changed, but no key. */
export function mapTexts<T extends object>(value: T, change: (text: string) => string): T {
	return JSON.parse(JSON.stringify(value), (_, item: unknown) => (typeof item === "string" ? change(item) : item));
}

/**
 * The same JSON, with every value inert when it is printed: the runner knows the command `##[name]` anywhere in a line and
 * `::name::` at its start, which some shells' `echo` can make of a `\n`; terminals act on control characters.
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
export function limitedJson(document: ReturnType<typeof resultsDocument>, limit: number): string {
	const write = (value: object) => inertJson(JSON.stringify(value));
	const whole = write(document);
	if (Buffer.byteLength(whole) <= limit) return whole;
	const first = (rows: number) => write({ ...document, truncated: true, results: document.results.slice(0, rows) });
	const room = limit - Buffer.byteLength(first(0));
	return first(fitting(document.results, room, (row) => Buffer.byteLength(`${write(row)},`)));
}
