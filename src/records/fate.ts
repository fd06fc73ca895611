// What becomes of a delivery after it has ended: done, tried again, or over.
import { isGate, type Outcome } from "../model/delivery.ts";
import type { DeliveryRecord, RecordedAttempt, RecordState } from "../model/records.ts";
import type { Mask } from "../secrets/mask.ts";

/** When a delivery is tried again. Times are milliseconds since 1970. */
export interface Schedule {
	/** Milliseconds before each further try. */
	readonly waits: readonly number[];
	readonly now: number;
	readonly expires: number;
}

/** A part of a record that a try changes. */
export type Fate = Pick<DeliveryRecord, "state" | "failures" | "due">;

/** Whether what happened is worth a record at all: gates wait for no other run, and what was only shown has not happened. */
export function isRecorded({ delivery: { hook }, status, skipCause }: Outcome): boolean {
	if (hook.kind !== "webhook" || isGate(hook)) return false;
	return status === "delivered" || status === "failed" || isPutOff(skipCause);
}

function isPutOff(cause: Outcome["skipCause"]): boolean {
	return cause === "cancelled" || cause === "stopped" || cause === "switched_off";
}

/** Whether another try may succeed. Where a fallback was tried too, it is enough that one of the two may. */
export function mayBeTriedAgain({ status, failure, attempts, skipCause, switchedOff, delivery }: Outcome): boolean {
	if (status === "skipped") return isPutOff(skipCause);
	if (status !== "failed" || failure === undefined) return false;
	if (switchedOff !== undefined || failure.retryable) return true;
	if (failure.cause === "cancelled" || failure.cause === "interrupted") return true;
	return delivery.hook.fallback !== undefined && attempts.some((attempt) => attempt.failure?.retryable === true);
}

/** Whether the receiver itself has answered; undefined where it was not asked. */
export function hasAnswered(outcome: Outcome): boolean | undefined {
	const { status, attempts, ownFailure, switchedOff } = outcome;
	if (status === "skipped") return undefined;
	if (switchedOff !== undefined || ownFailure?.retryable === true || mayBeTriedAgain(outcome)) return false;
	return attempts.length > 0 ? true : undefined;
}

/** What follows a try, after `failures` that failed. What never began uses up no try of the schedule. */
export function fateOf(outcome: Outcome, failures: number, { waits, now, expires }: Schedule): Fate {
	if (outcome.status === "delivered") return { state: "delivered", failures };
	if (!mayBeTriedAgain(outcome)) return { state: "failed", failures: failures + 1 };
	if (outcome.status === "skipped" || outcome.switchedOff !== undefined)
		return { state: "waiting", failures, due: now };
	const wait = waits[failures];
	if (wait === undefined) return { state: "retry_limit_reached", failures: failures + 1 };
	const due = outcome.failure?.retryAt ?? now + wait;
	const state: RecordState = due >= expires ? "expired" : "waiting";
	return { state, failures: failures + 1, ...(state === "waiting" && { due }) };
}

/** The attempts of an outcome as a record has them; one entry for a failure without any attempt. */
export function attemptsOf(outcome: Outcome, now: number, mask: Mask): readonly RecordedAttempt[] {
	const { attempts, status } = outcome;
	const last = outcome.failure ?? outcome.ownFailure;
	if (attempts.length === 0 && status === "failed" && last !== undefined) {
		return [{ at: now, ms: 0, cause: last.cause, reason: mask(last.reason) }];
	}
	return attempts.map(({ at = now, durationMs, httpStatus, failure }) => ({
		at,
		ms: durationMs,
		...(httpStatus !== undefined && { status: httpStatus }),
		...(failure !== undefined && { cause: failure.cause, reason: mask(failure.reason) }),
	}));
}
