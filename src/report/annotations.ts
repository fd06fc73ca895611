// The annotations of a report: one a failed hook or mistake, at its line, and no more of a kind than GitHub shows.
import type { Outcome } from "../model/delivery.ts";
import { formatPlace, type Place, type Problem } from "../model/problem.ts";
import type { Mask } from "../secrets/mask.ts";
import { linesOf, nameOf, type Report, rank, shownReason, unmatchedLine } from "./report.ts";

/** GitHub shows ten annotations of a kind a step; the tenth says how many more there are. */
const SHOWN_ANNOTATIONS = 9;

/** Where an annotation points; nowhere for a file outside of the repository, or with a secret in its name. */
export interface AnnotationPlace {
	readonly title?: string;
	readonly file?: string;
	readonly startLine?: number;
	readonly startColumn?: number;
}

/** One annotation, masked. */
export interface Annotation {
	readonly kind: "error" | "warning" | "notice";
	readonly message: string;
	readonly place: AnnotationPlace;
}

/** The annotations of what was run: failed gates, then other failures and warnings, then notices. */
export function annotationsOf(report: Report, mask: Mask): readonly Annotation[] {
	const { outcomes, warnings, source, dryRun, stopped } = report;
	const say = (outcome: Outcome, kind: Annotation["kind"], what: string): Annotation => {
		const { name, place } = outcome.delivery.hook;
		const { startColumn: _, ...line } = at(place, mask);
		const lines = linesOf(outcome.delivery);
		const where = lines === "" ? "" : ` at ${lines} of the events file`;
		return { kind, message: `${what}${where}: ${shownReason(outcome, mask)}`, place: { title: mask(name), ...line } };
	};
	const failed = outcomes.filter(({ status }) => status === "failed").sort((a, b) => rank(a) - rank(b));
	const failures = failed.flatMap((outcome) => {
		const { kind, onFailure } = outcome.delivery.hook;
		if (onFailure === "ignore") return [];
		if (onFailure === "abort") return [say(outcome, "error", "the gate stopped the pipeline")];
		return [say(outcome, "warning", kind === "shell" ? "the shell hook failed" : "the webhook failed")];
	});
	const told = warnings.map(({ message, place }): Annotation => {
		return { kind: "warning", message: mask(message), place: { title: "Config", ...at(place, mask) } };
	});
	const withheld = outcomes.filter(({ skipCause }) => skipCause === "secrets_withheld");
	const notices = withheld.map((outcome) => say(outcome, "notice", "skipped"));
	if (outcomes.length === 0 && !dryRun && source.kind !== "held" && stopped === undefined) {
		const name = nameOf(source);
		const why = unmatchedLine(report, name);
		const message = mask(source.kind === "event" ? why : `${name}: ${why}`);
		notices.push({ kind: "notice", message, place: { title: "Nothing to run" } });
	}
	const mistakes = stopped === undefined ? [] : problemAnnotations([stopped], report.summary, mask);
	return bounded(
		[...mistakes, ...failures, ...told, ...notices],
		report.summary,
		report.countedFailures - failures.length,
	);
}

/** The annotations of mistakes. `summary` says whether a job summary lists them all. */
export function problemAnnotations(problems: readonly Problem[], summary: boolean, mask: Mask): readonly Annotation[] {
	const annotations = problems.map(({ code, message, remedy, place }): Annotation => {
		const text = mask(remedy === "" ? message : `${message}; ${remedy}`);
		return {
			kind: "error",
			message: `${text} [${code}]`,
			place: place === undefined ? {} : { title: mask(formatPlace(place)), ...at(place, mask) },
		};
	});
	return bounded(annotations, summary);
}

function at(place: Place, mask: Mask): AnnotationPlace {
	if (place.file.startsWith("/") || place.file.startsWith("..") || mask(place.file) !== place.file) return {};
	return { file: place.file, startLine: place.line, startColumn: place.column };
}

/** Ten of a kind fit: the tenth is itself only where it is the last. `unkept` warnings more there were. */
function bounded(annotations: readonly Annotation[], summary: boolean, unkept = 0): readonly Annotation[] {
	return (["error", "warning", "notice"] as const).flatMap((kind) => {
		const all = annotations.filter((annotation) => annotation.kind === kind);
		if (all.length <= SHOWN_ANNOTATIONS + 1) return all;
		const number = all.length - SHOWN_ANNOTATIONS + (kind === "warning" ? unkept : 0);
		const message = `${number} more, see the ${summary ? "summary" : "log"}`;
		return [...all.slice(0, SHOWN_ANNOTATIONS), { kind, message, place: {} }];
	});
}
