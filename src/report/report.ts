// The report of a fired event: the result, and the rows that every kind of report shows.

import { clip, count, excerpt } from "../lib/text.ts";
import { type Delivery, isBatch, type Outcome, type Preview, reasonOf, type Unmatched } from "../model/delivery.ts";
import type { PipelineEvent } from "../model/event.ts";
import type { Cause } from "../model/failure.ts";
import type { ConfigWarning } from "../model/hook.ts";
import type { Problem } from "../model/problem.ts";
import type { Log } from "../ports.ts";
import type { Mask } from "../secrets/mask.ts";
import type { Collected, Counts } from "./collect.ts";
import { inertLine } from "./neutralise.ts";

/** Code points: what a command or a gate said last has at most 500, and how it ended must find room after that. */
const REASON_LIMIT = 600;

/** Code points of an event's id, which users may give. */
const ID_LIMIT = 1000;

/** Code points of one thing to know of a delivery. */
const NOTE_LIMIT = 300;

/** What was fired: one event, those of a file as far as they were read, or batches that were held. */
export type Source =
	| { readonly kind: "event"; readonly event: PipelineEvent }
	| { readonly kind: "file"; readonly name: string; readonly events: number }
	| { readonly kind: "held" };

/** What became of what was fired. */
export interface Report extends Collected {
	readonly source: Source;
	/** As the user would write it. */
	readonly configFile: string;
	/** The hooks that did not match the one event; of several events none. */
	readonly unmatched: readonly Unmatched[];
	/** What the run stopped on, such as a broken line of a file; what went before is done. */
	readonly stopped?: Problem;
	readonly warnings: readonly ConfigWarning[];
	readonly dryRun: boolean;
	/** A job summary is wanted. */
	readonly summary: boolean;
}

/** Whether its outcomes are all there are, not only the first of many. */
export function isListed({ outcomes, counts }: Collected): boolean {
	return Object.values(counts).reduce((sum, number) => sum + number, 0) === outcomes.length;
}

/** Where a report goes: the runner, a terminal, a JSON reader. */
export interface Reporter {
	readonly log: Log;
	/** One delivery is done. */
	outcome(outcome: Outcome): void;
	/** In a dry run: what one delivery would send. */
	preview(delivery: Delivery, shown: Preview): void;
	/** Everything is done. Throws the first error of this program in making it, after all other parts of it were told. */
	finish(report: Report): Promise<void>;
	/** Nothing was run. */
	reject(problems: readonly Problem[]): Promise<void>;
	/** Something failed after a report was made or begun; what it has told stays. */
	fail(problem: Problem): Promise<void>;
}

/**
 * One delivery as outputs, files and `--json` tell it. Every text is masked and one line, and not a workflow command when
 * it is printed by itself.
 */
export interface Row {
	readonly hook: string;
	readonly kind: "shell" | "webhook";
	readonly target: string;
	readonly status: Outcome["status"];
	readonly attempts: number;
	readonly duration_ms: number;
	readonly http_status?: number;
	/** Only of a failed one. */
	readonly cause?: Cause;
	/** Why it failed, was skipped or is held. */
	readonly error?: string;
	/** The fallback that delivered it. */
	readonly via?: string;
	/** How many events a batch held. */
	readonly events?: number;
	/** Of one of many events. */
	readonly event_id?: string;
	/** In the file of events; of a batch its first. */
	readonly line?: number;
	/** What to know although it was delivered, such as what was cut; absent where there is nothing. */
	readonly notes?: readonly string[];
}

/** How deliveries ended: `3 delivered, 1 failed, 0 skipped`, and how many are held where any are. */
export function countsLine({ delivered, failed, skipped, held }: Counts): string {
	return `${delivered} delivered, ${failed} failed, ${skipped} skipped${held === 0 ? "" : `, ${held} held`}`;
}

/** What was fired, in a few words. */
export function nameOf(source: Source): string {
	switch (source.kind) {
		case "event":
			return source.event.definition.name;
		case "file":
			return `${excerpt(source.name, 120)}, ${count(source.events, "event")}`;
		case "held":
			return "held batches";
	}
}

/** Where the events of a delivery stand in their file: `line 3`, `lines 3 to 12`; empty where they come from none. */
export function linesOf({ events }: Delivery): string {
	const first = events[0].line;
	const last = events.at(-1)?.line;
	if (first === undefined) return "";
	return first === last || last === undefined ? `line ${first}` : `lines ${first} to ${last}`;
}

/** Why nothing ran for `what`: no hook is attached to the event, none of those that are matches it, or nothing is held. */
export function unmatchedLine({ configFile, unmatched, source, warnings }: Report, what: string): string {
	if (source.kind === "held") return warnings.length === 0 ? "nothing is held" : "nothing was sent";
	if (source.kind === "file") {
		return source.events === 0 ? "there was no event to fire" : `no hook in ${configFile} matches any of them`;
	}
	const attached = unmatched.filter((hook) => hook.attached);
	if (attached.length === 0) return `no hook in ${configFile} is attached to ${what}`;
	const reasons = attached.slice(0, 5).map(({ hook, reason }) => `${hook.name}: ${excerpt(reason, 120)}`);
	const more = attached.length > reasons.length ? `; and ${attached.length - reasons.length} more` : "";
	return `no hook in ${configFile} matches ${what} (${reasons.join("; ")}${more})`;
}

/** The rows of all deliveries, failures first, gates before others among them. */
export function rowsOf({ outcomes, source }: Report, mask: Mask): readonly Row[] {
	return [...outcomes].sort((a, b) => rank(a) - rank(b)).map((outcome) => rowOf(outcome, source, mask));
}

/** 0 for failed gates, then other failures, then all the rest. */
export function rank({ status, delivery }: Outcome): number {
	if (status !== "failed") return 2;
	return delivery.hook.onFailure === "abort" ? 0 : 1;
}

function rowOf(outcome: Outcome, source: Source, mask: Mask): Row {
	const { notes, via, delivery } = outcome;
	const { line, context } = delivery.events[0];
	const why = shownReason(outcome, mask);
	return {
		hook: inertLine(mask(outcome.delivery.hook.name)),
		kind: outcome.delivery.hook.kind,
		target: inertLine(mask(outcome.target)),
		status: outcome.status,
		attempts: outcome.attempts.length,
		duration_ms: outcome.durationMs,
		...(outcome.httpStatus === undefined ? {} : { http_status: outcome.httpStatus }),
		...(outcome.failure === undefined ? {} : { cause: outcome.failure.cause }),
		...(why === "" ? {} : { error: inertLine(why) }),
		...(via === undefined ? {} : { via: inertLine(mask(via)) }),
		...(isBatch(delivery)
			? { events: delivery.events.length }
			: source.kind === "file"
				? { event_id: shownId(context.id, mask) }
				: {}),
		...(line === undefined ? {} : { line }),
		...(notes.length === 0 ? {} : { notes: notes.map((note) => inertLine(noteOf(note, mask))) }),
	};
}

/** The id of an event in a document, which has room for more than one. */
export function shownId(id: string, mask: Mask): string {
	return clip(inertLine(mask(id)), ID_LIMIT);
}

/** Why a delivery failed or was skipped: one line, masked before it is cut, so that no half of a secret is left. */
export function shownReason(outcome: Outcome, mask: Mask): string {
	return excerpt(mask(reasonOf(outcome)), REASON_LIMIT);
}

/** One thing to know of a delivery: one line, masked before it is cut. */
export function noteOf(note: string, mask: Mask): string {
	return excerpt(mask(note), NOTE_LIMIT);
}
