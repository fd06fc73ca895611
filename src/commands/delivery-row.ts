// A stored delivery as a row: of a table, of a document, and why it is not delivered yet.
import { excerpt } from "../lib/text.ts";
import { moment } from "../lib/times.ts";
import type { DeliveryRecord, RecordedAttempt } from "../model/records.ts";
import { belongsTo } from "../model/scope.ts";
import type { Mask } from "../secrets/mask.ts";
import { fromNow, span } from "./spans.ts";

/** What is looked at besides the record. */
export interface RowFacts {
	readonly now: number;
	/** Of the config; a record of another config file is marked. */
	readonly scope: string;
	readonly mask: Mask;
}

export const HEAD = ["ID", "AGE", "HOOK", "EVENT", "STATUS", "ATTEMPTS"] as const;

/** A row of the table, in which a name takes at most so many columns. Texts are masked before they are truncated. */
export function cellsOf(record: DeliveryRecord, { now, scope, mask }: RowFacts, limit = 40): readonly string[] {
	const { id, created, hook, names, state, attempts } = record;
	const [first = "", ...others] = names;
	const shown = (text: string, more = "") => `${excerpt(mask(text), limit - more.length)}${more}`;
	return [
		shortId(id, mask),
		span(now - created),
		belongsTo(record.scope, scope) ? shown(hook) : shown(hook, " (other)"),
		others.length === 0 ? shown(first) : shown(first, ` +${others.length}`),
		state,
		String(attempts.length),
	];
}

/** The beginning of an id, which is hardly ever that of two. */
export function shortId(id: string, mask: Mask): string {
	return excerpt(mask(id).slice(0, 12), 12);
}

/** In a line: why it is not delivered, and what follows; empty for one that is. */
export function noteOf(record: DeliveryRecord, { now, mask }: Pick<RowFacts, "now" | "mask">): string {
	const { state, due, expires, supersededBy } = record;
	const last = lastFailure(record);
	const what = {
		delivered: undefined,
		failed: undefined,
		retry_limit_reached: undefined,
		waiting: due === undefined || due <= now ? "due now" : `next attempt ${fromNow(due, now)}`,
		superseded: supersededBy === undefined ? "by a newer one" : `by ${shortId(supersededBy, mask)}`,
		expired: `too old since ${moment(expires)}`,
	}[state];
	const why = state === "delivered" || last === undefined ? undefined : reasonOf(last, mask);
	return [why, what].filter((text) => text !== undefined && text !== "").join("; ");
}

function lastFailure({ attempts }: DeliveryRecord): RecordedAttempt | undefined {
	return attempts.findLast(({ cause }) => cause !== undefined);
}

/** Why an attempt has failed, in one line; empty for one that has not. */
export function reasonOf({ cause, reason = cause ?? "" }: RecordedAttempt, mask: Mask): string {
	return excerpt(mask(reason), 600);
}

/** A row of a document, in the words of `results`. Whoever writes it masks it. */
export function documentOf(record: DeliveryRecord, scope: string) {
	const { id, hook, state, names, events, runId, created, eventTime, attempts, due, expires, supersededBy } = record;
	const failure = state === "delivered" ? undefined : lastFailure(record);
	return {
		id,
		hook,
		/** It is of a hook of another config file. */
		other_config: belongsTo(record.scope, scope) ? undefined : true,
		status: state,
		event_names: names,
		/** How many events a batch holds. */
		events: events.length > 1 ? events.length : undefined,
		run_id: runId,
		event_time: iso(eventTime),
		created_at: iso(created),
		attempts: attempts.length,
		/** Of the last failure of one that is not delivered. */
		failed_at: failure && iso(failure.at),
		http_status: failure?.status,
		cause: failure?.cause,
		error: failure?.reason,
		next_attempt: due === undefined ? undefined : iso(due),
		expires_at: iso(expires),
		superseded_by: supersededBy,
	};
}

/** To the millisecond, as `next_attempt` of `results` is. */
export function iso(time: number): string {
	return new Date(time).toISOString();
}
