// Removes records that nobody needs any more.
import { RECORD_STATES, type RecordQuery, type RecordState, type Records } from "../model/records.ts";
import type { StoreFailure } from "../model/store.ts";
import { BRIEF_MS } from "./claim-times.ts";

/** Records that are claimed and removed at once. */
const AT_ONCE = 1000;

/** What has ended, and is tried no more. */
export const ENDED: readonly RecordState[] = RECORD_STATES.filter((state) => state !== "waiting");

/** How many were removed; what somebody is sending at this moment stays. */
export async function prune(records: Records, query: RecordQuery, now: () => number): Promise<number | StoreFailure> {
	const found = await records.list(query);
	if ("problem" in found) return found;
	let removed = 0;
	for (let at = 0; at < found.records.length; at += AT_ONCE) {
		const time = now();
		const piece = found.records.slice(at, at + AT_ONCE);
		const claimed = await records.claim(piece, { now: time, until: time + BRIEF_MS });
		if ("problem" in claimed) return claimed;
		const left = await records.settle(claimed.map((from) => ({ from, to: undefined })));
		if ("problem" in left) return left;
		removed += claimed.length - left.length;
	}
	return removed;
}
