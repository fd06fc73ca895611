// The report for a person at a terminal: one line a delivery, one block an error.
import { count, duration, excerpt } from "../lib/text.ts";
import type { Outcome, OutcomeStatus, Unmatched } from "../model/delivery.ts";
import { type Problem, placePrefix } from "../model/problem.ts";
import type { Mask } from "../secrets/mask.ts";
import { countsLine, filteredOf, isKept, nameOf, type Report, unmatchedLine } from "./report.ts";
import { linesOf, rowOf } from "./row.ts";
import { gateLine, isOvertaken } from "./verdict.ts";

const MARKS: Readonly<Record<OutcomeStatus, string>> = { delivered: "✓", failed: "✗", skipped: "–", held: "…" };

/** More hooks than anyone reads about. */
const MAX_UNMATCHED = 50;

/**
 * `✓ freeze-gate · 12 ms`, `✓ slack-errors → https://hooks.slack.com/… · 200 · 2 attempts · 1.2 s`, with the reason after a
 * failure. `about` says more of what was delivered.
 */
export function outcomeLine(outcome: Outcome, mask: Mask, about = ""): string {
	const { hook, kind, target, status, attempts, via, events, http_status, ...row } = rowOf(outcome, mask);
	const parts = [
		// The title of a command's group has the command already.
		`${isOvertaken(outcome) ? "⚠" : MARKS[status]} ${hook}${kind === "webhook" ? ` → ${excerpt(target, 120)}` : ""}`,
		status === "skipped" || status === "held" ? status : "",
		via === undefined ? "" : `via fallback ${via}`,
		events === undefined || attempts === 0 ? "" : count(events, "event"),
		linesOf(outcome.delivery),
		http_status === undefined || status !== "delivered" ? "" : String(http_status),
		attempts > 1 ? count(attempts, "attempt") : "",
		attempts > 0 ? duration(row.duration_ms) : "",
		mask(about),
	].filter((part) => part !== "");
	const notes = row.notes?.map((note) => `; note: ${note}`) ?? [];
	return [parts.join(" · "), row.error === undefined ? "" : `: ${row.error}`, ...notes].join("");
}

/** The lines of one error or warning: its code, where and what, the frame, what to do. */
export function problemLines(
	{ code, message, remedy, place, frame }: Problem,
	kind: "error" | "warning" = "error",
): readonly string[] {
	return [
		`${kind}[${code}]: ${placePrefix(place)}${message}`,
		...(frame === undefined ? [] : frame.split("\n").map((line) => `  ${line}`)),
		...(remedy === "" ? [] : [`  → ${remedy}`]),
	];
}

/** What of an event is made up. */
export function madeUpLines({ madeUp = [] }: Report): readonly string[] {
	return madeUp.length === 0 ? [] : [`made up: ${madeUp.join(", ")}`];
}

/** Why the other hooks do not match: in a dry run of all hooks, else of those that only their filter kept out. */
export function unmatchedLines(report: Report): readonly string[] {
	const { unmatched, dryRun } = report;
	if (!dryRun) return bounded(filteredOf(report), ({ hook, reason }) => `– ${hook.name} · not fired: ${reason}`);
	if (unmatched.length === 0) return [];
	const lines = bounded(unmatched, ({ hook, reason }) => `– ${hook.name}: ${reason}`);
	return ["not matched:", ...lines.map((line) => `  ${line}`)];
}

function bounded(unmatched: readonly Unmatched[], write: (one: Unmatched) => string): readonly string[] {
	const more = unmatched.length - MAX_UNMATCHED;
	return [...unmatched.slice(0, MAX_UNMATCHED).map(write), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** How an event went, in one line; why a gate did not let it pass is said here too, since all else may be far above. */
export function resultLine(report: Report, mask: Mask): string {
	const name = nameOf(report.source);
	if (report.outcomes.length === 0 && report.stopped === undefined) {
		const why = unmatchedLine(report, "it");
		return isKept(report.source) ? why : `${name}: ${why}`;
	}
	if (report.dryRun) return `${name}: dry run, nothing was sent`;
	const result = report.stopped === undefined ? report.result : "error";
	const parts = [result, gateLine(report.outcomes, mask), countsLine(report.counts)];
	return `${name}: ${parts.filter((part) => part !== undefined).join(" · ")}`;
}
