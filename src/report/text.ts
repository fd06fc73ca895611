// The report for a person at a terminal: one line a delivery, one block a mistake.

import { count, duration, excerpt } from "../lib/text.ts";
import { isBatch, type Outcome, type Preview } from "../model/delivery.ts";
import { formatPlace, type Problem } from "../model/problem.ts";
import type { Mask } from "../secrets/mask.ts";
import { countsLine, linesOf, nameOf, noteOf, type Report, shownReason, unmatchedLine } from "./report.ts";

const MARKS: Readonly<Record<Outcome["status"], string>> = { delivered: "✓", failed: "✗", skipped: "–", held: "…" };

/** More hooks than anyone reads about. */
const MAX_UNMATCHED = 50;

/** `✓ freeze-gate · 12 ms`, `✓ slack-errors → https://hooks.slack.com/… · 200 · 2 attempts · 1.2 s`, with the reason after a failure. */
export function outcomeLine(outcome: Outcome, mask: Mask): string {
	const { hook } = outcome.delivery;
	// A command stands in the title of its group already.
	const target = hook.kind === "webhook" ? ` → ${excerpt(mask(outcome.target), 120)}` : "";
	const parts = [`${MARKS[outcome.status]} ${hook.name}${target}`];
	if (outcome.status === "skipped" || outcome.status === "held") parts.push(outcome.status);
	if (outcome.via !== undefined) parts.push(`via fallback ${outcome.via}`);
	if (isBatch(outcome.delivery) && outcome.attempts.length > 0)
		parts.push(count(outcome.delivery.events.length, "event"));
	const lines = linesOf(outcome.delivery);
	if (lines !== "") parts.push(lines);
	if (outcome.httpStatus !== undefined && outcome.status === "delivered") parts.push(String(outcome.httpStatus));
	if (outcome.attempts.length > 1) parts.push(count(outcome.attempts.length, "attempt"));
	if (outcome.attempts.length > 0) parts.push(duration(outcome.durationMs));
	const reason = shownReason(outcome, mask);
	const notes = outcome.notes.map((note) => `note: ${noteOf(note, mask)}`);
	return [[parts.join(" · "), reason].filter((text) => text !== "").join(": "), ...notes].join("; ");
}

/** The lines of one error: its code, where and what, the frame, what to do. */
export function problemLines(problem: Problem): readonly string[] {
	const where = problem.place === undefined ? "" : `${formatPlace(problem.place)}: `;
	return [
		`error[${problem.code}]: ${where}${problem.message}`,
		...(problem.frame === undefined ? [] : problem.frame.split("\n").map((line) => `  ${line}`)),
		...(problem.remedy === "" ? [] : [`  → ${problem.remedy}`]),
	];
}

/** What a delivery would send, as a person reads an HTTP request or a command with its stdin. */
export function previewLines(shown: Preview): readonly string[] {
	switch (shown.kind) {
		case "problem":
			return [`would fail: ${shown.reason}`];
		case "shell":
			return [`$ ${shown.command}`, "", shown.stdin.trimEnd()];
		case "webhook": {
			const headers = Object.entries(shown.headers).map(([name, value]) => `${name}: ${value}`);
			const notes = shown.notes.map((note) => `note: ${note}`);
			return [`${shown.method} ${shown.target}`, ...headers, "", ...(shown.body === "" ? [] : [shown.body]), ...notes];
		}
	}
}

/** In a dry run, why the other hooks do not match. */
export function unmatchedLines({ unmatched, dryRun }: Report): readonly string[] {
	if (!dryRun || unmatched.length === 0) return [];
	const more = unmatched.length - MAX_UNMATCHED;
	return [
		"not matched:",
		...unmatched.slice(0, MAX_UNMATCHED).map(({ hook, reason }) => `  – ${hook.name}: ${reason}`),
		...(more > 0 ? [`  and ${more} more`] : []),
	];
}

/** How an event went, in one line. */
export function resultLine(report: Report): string {
	const name = nameOf(report.source);
	if (report.outcomes.length === 0 && report.stopped === undefined) {
		const why = unmatchedLine(report, "it");
		return report.source.kind === "held" ? why : `${name}: ${why}`;
	}
	if (report.dryRun) return `${name}: dry run, nothing was sent`;
	return `${name}: ${report.stopped === undefined ? report.result : "error"} · ${countsLine(report.counts)}`;
}
