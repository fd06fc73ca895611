// Which of two stored deliveries about the same thing is the newer one.
import type { DeliveryRecord } from "../model/records.ts";

/**
 * Whether one makes the other obsolete, if it is about the same thing. Of two events of one moment only the lines of their
 * file tell which came first; otherwise none of them is left out for the other.
 */
export function isNewer(one: Moment, other: Moment): boolean {
	if (one.eventTime !== other.eventTime) return one.eventTime > other.eventTime;
	return one.runId === other.runId && (one.line ?? 0) > (other.line ?? Number.POSITIVE_INFINITY);
}

type Moment = Pick<DeliveryRecord, "eventTime" | "line" | "runId">;
