// Which records a redelivery looks at.
import { excerpt } from "../lib/text.ts";
import { type RecordQuery, type Records, UNDELIVERED, type Wanted } from "../model/records.ts";
import type { StoreFailure } from "../model/store.ts";

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

/** The same with the whole id of the one delivery whose id begins so; a sentence for people where there is none. */
export async function withWholeId(wanted: Wanted, records: Pick<Records, "list">): Promise<Wanted | StoreFailure> {
	const { id } = wanted;
	if (id === undefined) return wanted;
	const found = id === "" ? { records: [] } : await records.list({ idPrefix: id, newest: 3 });
	if ("problem" in found) return { problem: `the store cannot be read: ${found.problem}` };
	const ids = found.records.map(({ record }) => record.id);
	const quoted = JSON.stringify(excerpt(id, 100));
	const [first, second] = ids.includes(id) ? [id] : ids;
	if (first === undefined) return { problem: `id: no stored delivery has the id ${quoted}` };
	if (second === undefined) return { ...wanted, id: first };
	return { problem: `id: several ids begin with ${quoted}: ${ids.map((each) => excerpt(each, 60)).join(", ")}` };
}
