// One row a delivery, from which every report prints. Texts are masked before they are truncated, so that no part of a secret is left.
import { clip, excerpt } from "../lib/text.ts";
import { type Delivery, isBatch, type Outcome, reasonOf } from "../model/delivery.ts";
import type { Hook } from "../model/hook.ts";
import type { Mask } from "../secrets/mask.ts";

/** Code points: the last line of a command or a gate has at most 500, and how it ended must fit after that. */
const REASON_LIMIT = 600;

/** Code points of one note on a delivery. */
const NOTE_LIMIT = 300;

/** Code points of an event's id, which users may give. */
const ID_LIMIT = 1000;

export type Row = ReturnType<typeof rowOf>;

/** One delivery in the outputs, files and `--json`; the other reports print from it. */
export function rowOf(outcome: Outcome, mask: Mask, isOneOfMany = false) {
	const { delivery, status, attempts, durationMs, httpStatus, failure, via, notes } = outcome;
	const { hook, events } = delivery;
	const [{ line, context }] = events;
	return {
		hook: mask(hook.name),
		kind: hook.kind,
		target: mask(outcome.target),
		status,
		attempts: attempts.length,
		duration_ms: durationMs,
		http_status: httpStatus,
		/** Only of a failed one. */
		cause: failure?.cause,
		/** Why it failed, was skipped or is held. */
		error: reasonShown(reasonOf(outcome), mask) || undefined,
		/** The fallback that delivered it. */
		via: via === undefined ? undefined : mask(via),
		/** How many events a batch held. */
		events: isBatch(delivery) ? events.length : undefined,
		/** Of one of many events. */
		event_id: isOneOfMany && !isBatch(delivery) ? shownId(context.id, mask) : undefined,
		/** In the file of events; of a batch its first. */
		line,
		/** When the store's next try is due. */
		next_attempt: outcome.nextAttempt === undefined ? undefined : new Date(outcome.nextAttempt).toISOString(),
		/** What to know although it was delivered, such as what was truncated. */
		notes: notes.length === 0 ? undefined : notes.map((note) => excerpt(mask(note), NOTE_LIMIT)),
	};
}

/** A reason on one line, masked and then truncated. */
export function reasonShown(reason: string, mask: Mask): string {
	return excerpt(mask(reason), REASON_LIMIT);
}

/** The id of an event in a document, which has room for more than one. */
export function shownId(id: string, mask: Mask): string {
	return clip(mask(id), ID_LIMIT);
}

/** Whom to ask about a hook and what to do, as the config says: `owner jane, team data, runbook https://…`. */
export function helpOf({ about: { owner, team, runbook } }: Hook, mask: Mask): string {
	const known = Object.entries({ owner, team, runbook }).flatMap(([what, text]) => (text ? [`${what} ${text}`] : []));
	return excerpt(mask(known.join(", ")), REASON_LIMIT);
}

/** Failed gates first, then other failures, then all the rest. */
export function worstFirst(outcomes: readonly Outcome[]): readonly Outcome[] {
	return outcomes.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ status, delivery }: Outcome): number {
	if (status !== "failed") return 2;
	return delivery.hook.onFailure === "abort" ? 0 : 1;
}

/** The lines of a delivery's events in their file: `line 3`, `lines 3 to 12`; empty if they are not from a file. */
export function linesOf({ events }: Delivery): string {
	const first = events[0].line;
	const last = events.at(-1)?.line;
	if (first === undefined) return "";
	return first === last || last === undefined ? `line ${first}` : `lines ${first} to ${last}`;
}
