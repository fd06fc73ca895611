// The report of a fired event: the result, and the rows that every kind of report shows.

import type { ConfigWarning } from "../config/hook.ts";
import { type Delivery, isGate, type Outcome, type Preview } from "../delivery.ts";
import type { UserError } from "../errors.ts";
import type { PipelineEvent } from "../event/event.ts";
import type { Mask } from "../mask/mask.ts";
import type { Log } from "../ports.ts";
import { excerpt } from "../text.ts";

/** Code points: what a command or a gate said last has at most 500, and how it ended must find room after that. */
const REASON_LIMIT = 600;

/** How the whole event went. `aborted` and `error` fail the workflow. */
export type Result = "passed" | "warned" | "aborted" | "skipped" | "error";

/** Code points of one thing to know of a delivery. */
const NOTE_LIMIT = 300;

/** What became of an event. */
export interface Report {
	readonly event: PipelineEvent;
	/** As the user would write it. */
	readonly configFile: string;
	/** In the order of the file. */
	readonly outcomes: readonly Outcome[];
	readonly warnings: readonly ConfigWarning[];
	readonly dryRun: boolean;
	/** A job summary is wanted. */
	readonly summary: boolean;
}

/** Where a report goes: the runner, a terminal, a JSON reader. */
export interface Reporter {
	readonly log: Log;
	/** One delivery is done. */
	outcome(outcome: Outcome): void;
	/** In a dry run: what one delivery would send. */
	preview(delivery: Delivery, shown: Preview): void;
	/** Everything is done. */
	finish(report: Report): Promise<void>;
	/** Nothing was run: the user made mistakes. */
	reject(error: UserError): Promise<void>;
}

/** One delivery as outputs, files and `--json` tell it; every text masked. */
export interface Row {
	readonly hook: string;
	readonly kind: "shell" | "webhook";
	readonly target: string;
	readonly status: Outcome["status"];
	readonly attempts: number;
	readonly duration_ms: number;
	readonly http_status?: number;
	readonly error?: string;
	/** What to know although it was delivered, such as what was cut; absent where there is nothing. */
	readonly notes?: readonly string[];
}

/**
 * The result that outcomes add up to: skipped when nothing ran at all, and failures by their hooks' modes. A gate that
 * was not asked, because of a cancellation, has not said yes.
 */
export function resultOf(outcomes: readonly Outcome[]): Result {
	const failed = outcomes
		.filter((outcome) => outcome.status === "failed")
		.map(({ delivery }) => delivery.hook.onFailure);
	const unasked = outcomes.some(({ delivery, skipCause }) => isGate(delivery.hook) && skipCause === "cancelled");
	if (failed.includes("abort") || unasked) return "aborted";
	if (failed.includes("warn")) return "warned";
	return outcomes.every((outcome) => outcome.status === "skipped") ? "skipped" : "passed";
}

/** How many deliveries ended each way. */
export function tally(outcomes: readonly Outcome[]): Readonly<Record<Outcome["status"], number>> {
	const counts = { delivered: 0, failed: 0, skipped: 0 };
	for (const { status } of outcomes) counts[status] += 1;
	return counts;
}

/** The rows of all deliveries, failures first, gates before others among them. */
export function rowsOf(outcomes: readonly Outcome[], mask: Mask): readonly Row[] {
	return [...outcomes].sort((a, b) => rank(a) - rank(b)).map((outcome) => rowOf(outcome, mask));
}

/** 0 for failed gates, then other failures, then all the rest. */
export function rank({ status, delivery }: Outcome): number {
	if (status !== "failed") return 2;
	return delivery.hook.onFailure === "abort" ? 0 : 1;
}

function rowOf(outcome: Outcome, mask: Mask): Row {
	const { notes } = outcome;
	return {
		hook: outcome.delivery.hook.name,
		kind: outcome.delivery.hook.kind,
		target: mask(outcome.target),
		status: outcome.status,
		attempts: outcome.attempts.length,
		duration_ms: outcome.durationMs,
		...(outcome.httpStatus === undefined ? {} : { http_status: outcome.httpStatus }),
		...(outcome.reason === "" ? {} : { error: reasonOf(outcome, mask) }),
		...(notes.length === 0 ? {} : { notes: notes.map((note) => noteOf(note, mask)) }),
	};
}

/** Why a delivery failed or was skipped: one line, masked before it is cut, so that no half of a secret is left. */
export function reasonOf(outcome: Outcome, mask: Mask): string {
	return excerpt(mask(outcome.reason), REASON_LIMIT);
}

/** One thing to know of a delivery: one line, masked before it is cut. */
export function noteOf(note: string, mask: Mask): string {
	return excerpt(mask(note), NOTE_LIMIT);
}
