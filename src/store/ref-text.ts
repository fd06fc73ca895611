// What refs and their commits say of records: names, files, claims and the order of putting.
import { createHash, randomUUID } from "node:crypto";
import type { DisabledHook, StoredRecord } from "../model/records.ts";
import { readRecord } from "./record-text.ts";
import type { Ref } from "./refs.ts";

/** A newer layout gets another number, and leaves these alone. */
export const [RECORDS, HOOKS] = ["refs/pipeline-hooks/v1/", "refs/pipeline-hooks/v1-hooks/"] as const;

/** Files of a commit. The order is the time of putting and the place in what was put, and stays with the record. */
export const [RECORD, ORDER, HOOK] = ["record.json", "order", "hook.json"] as const;

/** A hash, since an id may be anything and the name of a ref may not. */
export function nameOf(id: string): string {
	return `${RECORDS}${hashOf(id)}`;
}

export function nameOfHook({ scope, hook }: Pick<DisabledHook, "scope" | "hook">): string {
	return `${HOOKS}${hashOf(JSON.stringify([scope, hook]))}`;
}

function hashOf(text: string): string {
	return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** How the message of a commit begins whose record is claimed. */
const CLAIMED = "claimed until ";

/** Two who claim at once until the same time must not make the same commit: each would take it for its own. */
export function claimMessage(until: number): string {
	return `${CLAIMED}${until} by ${randomUUID()}`;
}

/** The record of a ref; none where somebody else has written it. */
export function recordIn({ name, revision, message, files }: Ref): readonly StoredRecord[] {
	const record = readRecord(files[RECORD] ?? "");
	if ("problem" in record || nameOf(record.id) !== name) return [];
	const until = message.startsWith(CLAIMED) ? Number.parseInt(message.slice(CLAIMED.length), 10) : Number.NaN;
	return [{ record, revision, ...(Number.isNaN(until) ? {} : { claimedUntil: until }) }];
}

/** Of the same width, so that texts are in the order of what they say. */
export function orderText(time: number, place: number): string {
	return `${String(time).padStart(16, "0")}-${String(place).padStart(8, "0")}`;
}

export function byOrder(one: Ref, other: Ref): number {
	const [first = "", second = ""] = [one.files[ORDER], other.files[ORDER]];
	return first < second ? -1 : Number(first > second);
}
