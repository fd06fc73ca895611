// Which records a redelivery looks at.
import { type RecordQuery, UNDELIVERED, type Wanted } from "../model/records.ts";

/** Whether a person asks for certain messages: no age and no schedule keeps them back then. */
export function isByHand({ all, id, since, until }: Wanted): boolean {
	return all === true || id !== undefined || since !== undefined || until !== undefined;
}

/** The records that may be meant. */
export function queryOf(wanted: Wanted, now: number): RecordQuery {
	const { hook, id, since, until } = wanted;
	if (id !== undefined) return { ids: [id] };
	const some = { ...(hook !== undefined && { hook }) };
	const times = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
	if (isByHand(wanted)) return { states: UNDELIVERED, ...some, ...times };
	return { states: ["waiting"], dueBy: now, ...some };
}
