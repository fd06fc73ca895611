// The annotations of a report: one a failed hook or error, at its line, and no more of a kind than GitHub shows.
import { isAbsolute, normalize, sep } from "node:path";
import { isGate, type Outcome } from "../model/delivery.ts";
import type { Hook } from "../model/hook.ts";
import { formatPlace, type Place, type Problem } from "../model/problem.ts";
import type { Mask } from "../secrets/mask.ts";
import { isKept, nameOf, type Report, unmatchedLine } from "./report.ts";
import { helpOf, linesOf, reasonShown, rowOf, worstFirst } from "./row.ts";
import { isOvertaken } from "./verdict.ts";

/** GitHub shows ten annotations of a kind a step; the tenth says how many more there are. */
const SHOWN_ANNOTATIONS = 9;

/** Where an annotation points; nowhere for a file outside the repository, or with a secret in its name. */
export interface AnnotationPlace {
	readonly title?: string;
	readonly file?: string;
	readonly startLine?: number;
	readonly startColumn?: number;
}

export interface Annotation {
	readonly kind: "error" | "warning" | "notice";
	readonly message: string;
	readonly place: AnnotationPlace;
}

/** The annotations of what was run: failed gates, then other failures and warnings, then notices. */
export function annotationsOf(report: Report, mask: Mask): readonly Annotation[] {
	const { outcomes, warnings, source, dryRun, stopped, summary } = report;
	const say = (outcome: Outcome, kind: Annotation["kind"], what: string, more = ""): Annotation => {
		const { hook, error = reasonShown(outcome.ownFailure?.reason ?? "", mask) } = rowOf(outcome, mask);
		const { startColumn: _, ...line } = at(outcome.delivery.hook.place, mask);
		const lines = linesOf(outcome.delivery);
		const where = lines === "" ? "" : ` at ${lines} of the events file`;
		const help = kind === "notice" ? "" : helpOf(outcome.delivery.hook, mask);
		const message = `${what}${where}${more}: ${error}${help === "" ? "" : ` (${help})`}`;
		return { kind, message, place: { title: hook, ...line } };
	};
	const failures = worstFirst(outcomes).flatMap((outcome) => {
		const { hook } = outcome.delivery;
		if (outcome.status !== "failed" || hook.onFailure === "ignore") return [];
		if (isGate(hook)) return [say(outcome, "error", "the gate stopped the pipeline")];
		return [say(outcome, "warning", `the ${nounOf(hook)} failed`)];
	});
	// The next time the fallback may fail too. Of many events it is told once a hook.
	const overtaken = uniqueBy(outcomes.filter(isOvertaken), ({ delivery }) => delivery.hook).map((outcome) => {
		const { hook } = outcome.delivery;
		const what = isGate(hook) ? "the gate gave no answer" : `the ${nounOf(hook)} failed`;
		const times = outcomes.filter((other) => isOvertaken(other) && other.delivery.hook === hook).length;
		const more = times === 1 ? "" : `, ${times} times`;
		return say(outcome, "warning", what, `, and its fallback ${mask(outcome.via ?? "")} took over${more}`);
	});
	const told = warnings.map(({ code, message, remedy, place }): Annotation => {
		const text = mask(remedy === "" ? message : `${message}; ${remedy}`);
		return {
			kind: "warning",
			message: `${text} [${code}]`,
			place: place === undefined ? {} : { title: "Config", ...at(place, mask) },
		};
	});
	const withheld = outcomes.filter(({ skipCause }) => skipCause === "secrets_withheld");
	const notices = withheld.map((outcome) => say(outcome, "notice", "skipped"));
	if (outcomes.length === 0 && !dryRun && !isKept(source) && stopped === undefined) {
		const name = nameOf(source);
		const why = unmatchedLine(report, name);
		const message = mask(source.kind === "event" ? why : `${name}: ${why}`);
		notices.push({ kind: "notice", message, place: { title: "Nothing to run" } });
	}
	const errors = stopped === undefined ? [] : problemAnnotations([stopped], summary, mask);
	const all = [...errors, ...failures, ...overtaken, ...told, ...notices];
	return bounded(all, summary, report.countedFailures - failures.length);
}

function nounOf({ kind }: Hook): string {
	return kind === "shell" ? "shell hook" : "webhook";
}

/** The first of the items with each key. */
function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => unknown): readonly T[] {
	const keys = new Set();
	return items.filter((item) => keys.size < keys.add(keyOf(item)).size);
}

/** The annotations of errors. `summary` says whether a job summary lists them all. */
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

function at({ file, line, column }: Place, mask: Mask): AnnotationPlace {
	const isOutside = isAbsolute(file) || normalize(file).split(sep, 1)[0] === "..";
	return isOutside || mask(file) !== file ? {} : { file, startLine: line, startColumn: column };
}

/** At most ten of a kind; of more, the tenth says how many are left. `unkept` counts warnings that the report dropped. */
function bounded(annotations: readonly Annotation[], summary: boolean, unkept = 0): readonly Annotation[] {
	return (["error", "warning", "notice"] as const).flatMap((kind) => {
		const all = annotations.filter((annotation) => annotation.kind === kind);
		if (all.length <= SHOWN_ANNOTATIONS + 1) return all;
		const number = all.length - SHOWN_ANNOTATIONS + (kind === "warning" ? unkept : 0);
		const message = `${number} more, see the ${summary ? "summary" : "log"}`;
		return [...all.slice(0, SHOWN_ANNOTATIONS), { kind, message, place: {} }];
	});
}
