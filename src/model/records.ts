// The records of deliveries: what outlives a run, in a store that later runs and other machines read.
import type { StoreFailure } from "./store.ts";

/**
 * What became of a delivery. `waiting`: it failed for now and is tried again. `failed`: another attempt would fail too.
 * `retry_limit_reached`: the schedule is over. `superseded`: a newer one about the same thing made it obsolete.
 * `expired`: it is too old to be true.
 */
export const RECORD_STATES = [
	"waiting",
	"delivered",
	"failed",
	"retry_limit_reached",
	"superseded",
	"expired",
] as const;
export type RecordState = (typeof RECORD_STATES)[number];

/** Of what was given up: a person has to look at it. */
export const LOST: readonly RecordState[] = ["failed", "retry_limit_reached", "expired"];

/** Of what may still be sent, if only by hand. The rest only a store of all deliveries keeps. */
export const UNDELIVERED: readonly RecordState[] = ["waiting", ...LOST];

/** One attempt of a delivery. Texts are redacted. */
export interface RecordedAttempt {
	/** When it began, in milliseconds since 1970. */
	readonly at: number;
	/** Milliseconds. */
	readonly ms: number;
	/** The status of the response, where there was one. */
	readonly status?: number;
	/** A `Cause`, and one line; absent where it was delivered. */
	readonly cause?: string;
	readonly reason?: string;
}

/**
 * A delivery as a store keeps it. It has no URL, no secret, no path, no command and no rendered body: those come from the
 * config, by the name of the hook. Times are milliseconds since 1970.
 */
export interface DeliveryRecord {
	/** The delivery's own id, which stays the same over all tries. */
	readonly id: string;
	/** Names the config file without showing it: a hook of another file may have the same name. */
	readonly scope: string;
	readonly hook: string;
	/** A hash of what it is about, the same for a failure and the success that ends it; absent where nothing is like it. */
	readonly key?: string;
	/** Of its newest event; and its line, if it came from a file, where many have the time of the run. */
	readonly eventTime: number;
	readonly line?: number;
	/** When it was recorded first. */
	readonly created: number;
	/** Of its first event. */
	readonly runId: string;
	/** The names of its events, each once. */
	readonly names: readonly string[];
	/** Each as `writeHeld` writes it; the context is redacted. */
	readonly events: readonly string[];
	/** The oldest first. */
	readonly attempts: readonly RecordedAttempt[];
	readonly state: RecordState;
	/** How many tries of the schedule have failed, the one of its own step included. */
	readonly failures: number;
	/** When it is tried next; only of one that waits. */
	readonly due?: number;
	/** From when on it is too old to be sent. */
	readonly expires: number;
	/** Of a superseded one: the id of the delivery that made it obsolete. */
	readonly supersededBy?: string;
}

/** A record as it is in a store. */
export interface StoredRecord {
	readonly record: DeliveryRecord;
	/** Changes with each change of the record. */
	readonly revision: string;
	/** Until when it is claimed, if it is. */
	readonly claimedUntil?: number;
}

/** Which records are wanted: those that match all of what is given. */
export interface RecordQuery {
	readonly states?: readonly RecordState[];
	readonly ids?: readonly string[];
	/** How the id begins. */
	readonly idPrefix?: string;
	readonly keys?: readonly string[];
	readonly hook?: string;
	/** Has an event of this name. */
	readonly event?: string;
	readonly runId?: string;
	/** Due then or before. */
	readonly dueBy?: number;
	/** Created from then on, and before then. */
	readonly since?: number;
	readonly until?: number;
	/** At most so many, the newest first; without a limit the oldest are first. */
	readonly newest?: number;
}

/** Which stored deliveries a person or a schedule wants to be sent; those that are due, if nothing is given. */
export interface Wanted {
	/** Also what is not due, and what has ended without being delivered, however old. */
	readonly all?: boolean;
	readonly hook?: string | undefined;
	/** One delivery, whatever became of it. */
	readonly id?: string | undefined;
	/** Recorded from then on, and before then; in milliseconds since 1970. Also what is not due, as with `all`. */
	readonly since?: number | undefined;
	readonly until?: number | undefined;
	/** Results files whose records are stored first. */
	readonly results?: readonly string[];
}

/** What a delivery is about, and the hook that it is for. */
export interface About {
	readonly key: string;
	readonly hook: string;
}

/** What becomes of a claimed record: another one in its place, or none at all. */
export interface RecordChange {
	readonly from: StoredRecord;
	readonly to: DeliveryRecord | undefined;
}

/** A hook that its receiver has switched off, until a person enables it. */
export interface DisabledHook {
	readonly scope: string;
	readonly hook: string;
	readonly at: number;
	/** One line, redacted. */
	readonly reason: string;
}

/** What could be read, and how many records were passed over because their text is not a valid record. */
export interface RecordList {
	readonly records: readonly StoredRecord[];
	readonly invalid: number;
}

/** A store of records. Nothing rejects: failures are values. */
export interface Records {
	/** Whether it keeps every delivery, and not only those that failed for now. */
	readonly keepsAll: boolean;
	/** Adds records. One whose id is there already stays as it is. Of those that fail some may be there all the same. */
	put(records: readonly DeliveryRecord[]): Promise<StoreFailure | undefined>;
	list(query: RecordQuery): Promise<RecordList | StoreFailure>;
	/**
	 * What was not delivered and has one of these keys, and of what was delivered at least the last one of each of these keys
	 * and hooks.
	 */
	rivals(keys: readonly string[], about: readonly About[]): Promise<RecordList | StoreFailure>;
	/**
	 * Claims records for this process until a time. Those that are ours now, with their new revisions: one that somebody
	 * else has claimed, changed or removed since it was listed is left out. A claim that is over at `now` is free again, and
	 * so is one for longer than {@link MAX_CLAIM_MS}, which a clock that jumped has made.
	 */
	claim(
		records: readonly StoredRecord[],
		times: { readonly now: number; readonly until: number },
	): Promise<readonly StoredRecord[] | StoreFailure>;
	/**
	 * Makes the changes and releases the claims. The ids of those that were not made, because the record was changed since
	 * its revision.
	 */
	settle(changes: readonly RecordChange[]): Promise<readonly string[] | StoreFailure>;
	/** Removes what is passed over because its text is not a valid record; how many. A newer version may have written it. */
	removeInvalid(): Promise<number | StoreFailure>;
	disabled(): Promise<readonly DisabledHook[] | StoreFailure>;
	disable(hook: DisabledHook): Promise<StoreFailure | undefined>;
	/** False where it was not disabled. */
	enable(hook: Pick<DisabledHook, "scope" | "hook">): Promise<boolean | StoreFailure>;
	close(): Promise<void>;
}

/** Milliseconds; no try of a delivery takes longer. */
export const MAX_CLAIM_MS = 3_600_000;

/** Whether a record may be claimed: nobody has it, or no longer. */
export function isFree({ claimedUntil }: Pick<StoredRecord, "claimedUntil">, now: number): boolean {
	return claimedUntil === undefined || claimedUntil <= now || claimedUntil > now + MAX_CLAIM_MS;
}

/** Whether a record is one of those that a query asks for, its `newest` aside. */
function isAskedFor(record: DeliveryRecord, query: RecordQuery): boolean {
	const { states, ids, idPrefix = "", keys, hook, event, runId, dueBy, since, until } = query;
	if (states !== undefined && !states.includes(record.state)) return false;
	if (ids !== undefined && !ids.includes(record.id)) return false;
	if (!record.id.startsWith(idPrefix)) return false;
	if (keys !== undefined && (record.key === undefined || !keys.includes(record.key))) return false;
	if (hook !== undefined && record.hook !== hook) return false;
	if (event !== undefined && !record.names.includes(event)) return false;
	if (runId !== undefined && record.runId !== runId) return false;
	if (dueBy !== undefined && (record.due === undefined || record.due > dueBy)) return false;
	return (since === undefined || record.created >= since) && (until === undefined || record.created < until);
}

/** The records that a query asks for, in its order, where a store has to look through all of them. */
export function askedFor(all: readonly StoredRecord[], query: RecordQuery): readonly StoredRecord[] {
	const found = all
		.filter(({ record }) => isAskedFor(record, query))
		.toSorted((one, other) => one.record.created - other.record.created);
	return query.newest === undefined ? found : found.toReversed().slice(0, query.newest);
}
