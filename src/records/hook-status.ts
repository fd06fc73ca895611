// How a hook fares, by what the records say of its deliveries.
import { type DeliveryRecord, LOST, type RecordedAttempt } from "../model/records.ts";

/** The statuses of OpenMetadata's webhooks. */
export type HookStatusName = "active" | "disabled" | "failed" | "awaitingRetry" | "retryLimitReached";

/** How a hook fares. Times are milliseconds since 1970. */
export interface HookStatus {
	readonly status: HookStatusName;
	/** On record. */
	readonly deliveries: number;
	readonly waiting: number;
	/** How many of those that have ended were delivered, from 0 to 1; only where some have ended, and all are on record. */
	readonly successRate?: number;
	/** Milliseconds that attempts took; only where all are on record. */
	readonly p50Ms?: number;
	readonly p95Ms?: number;
	/** Of the last failure that nothing has made good since. */
	readonly lastFailedAt?: number;
	readonly lastFailedStatusCode?: number;
	readonly lastFailedReason?: string;
	/** When the first of those that wait is due; absent where the hook is disabled. */
	readonly nextAttempt?: number;
}

/** What is known besides the records. */
export interface HookFacts {
	/** By the config or by its receiver. */
	readonly isDisabled: boolean;
	/** Whether what was delivered at once is on record too. */
	readonly keepsAll: boolean;
}

/** The status of the hook that all of these deliveries are for. */
export function hookStatus(records: readonly DeliveryRecord[], { isDisabled, keepsAll }: HookFacts): HookStatus {
	const waiting = records.filter(({ state }) => state === "waiting");
	const lastSuccess = latest(records, hasSucceeded);
	const lost = records.filter((record) => isLost(record) && lastTouched(record) > (lastSuccess?.at ?? -1));
	const last = latest([...waiting, ...lost], (attempt) => !hasSucceeded(attempt));
	const due = waiting.flatMap((record) => record.due ?? []).toSorted((a, b) => a - b)[0];
	return {
		status: isDisabled ? "disabled" : statusName(waiting.length > 0, lost),
		deliveries: records.length,
		waiting: waiting.length,
		...(keepsAll && { ...rateOf(records), ...timesOf(records) }),
		...(last !== undefined && { lastFailedAt: last.at }),
		...(last?.status !== undefined && { lastFailedStatusCode: last.status }),
		...(last?.reason !== undefined && { lastFailedReason: last.reason }),
		...(!isDisabled && due !== undefined && { nextAttempt: due }),
	};
}

/** The worst first: what was given up needs a person, what waits needs none. */
function statusName(isAwaiting: boolean, lost: readonly DeliveryRecord[]): HookStatusName {
	if (lost.some(({ state }) => state === "retry_limit_reached")) return "retryLimitReached";
	if (isAwaiting) return "awaitingRetry";
	return lost.length > 0 ? "failed" : "active";
}

function isLost({ state }: DeliveryRecord): boolean {
	return LOST.includes(state);
}

function lastTouched({ attempts, created }: DeliveryRecord): number {
	return attempts.at(-1)?.at ?? created;
}

function latest(
	records: readonly DeliveryRecord[],
	is: (attempt: RecordedAttempt) => boolean,
): RecordedAttempt | undefined {
	let last: RecordedAttempt | undefined;
	for (const { attempts } of records) {
		for (const attempt of attempts) if (is(attempt) && (last === undefined || attempt.at >= last.at)) last = attempt;
	}
	return last;
}

function hasSucceeded({ cause }: RecordedAttempt): boolean {
	return cause === undefined;
}

/** What is superseded was not to be delivered, and counts neither way. */
function rateOf(records: readonly DeliveryRecord[]): Pick<HookStatus, "successRate"> {
	const delivered = records.filter(({ state }) => state === "delivered").length;
	const ended = delivered + records.filter(isLost).length;
	return ended === 0 ? {} : { successRate: delivered / ended };
}

function timesOf(records: readonly DeliveryRecord[]): Pick<HookStatus, "p50Ms" | "p95Ms"> {
	const times = records.flatMap(({ attempts }) => attempts.map(({ ms }) => ms)).toSorted((a, b) => a - b);
	const [p50Ms, p95Ms] = [percentile(times, 0.5), percentile(times, 0.95)];
	return p50Ms === undefined || p95Ms === undefined ? {} : { p50Ms, p95Ms };
}

/** By nearest rank: a value that was measured. */
function percentile(sorted: readonly number[], part: number): number | undefined {
	return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
}
