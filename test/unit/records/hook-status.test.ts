// The status of a hook by its records: what is shown is what nothing has made good since.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DeliveryRecord, RECORD_STATES, type RecordedAttempt } from "../../../src/model/records.ts";
import { type HookFacts, hookStatus } from "../../../src/records/hook-status.ts";
import { record } from "../../helpers/records.ts";

const FACTS: HookFacts = { isDisabled: false, keepsAll: true };

const failure = (at: number, more: Partial<RecordedAttempt> = {}): RecordedAttempt => ({
	at,
	ms: 10,
	status: 503,
	cause: "status",
	reason: "503 Service Unavailable",
	...more,
});
const success = (at: number, ms = 20): RecordedAttempt => ({ at, ms, status: 200 });

let ids = 0;
function ended(state: DeliveryRecord["state"], ...attempts: readonly RecordedAttempt[]): DeliveryRecord {
	const { due: _, ...rest } = record(`${ids++}`, { state, attempts });
	return rest;
}
const waiting = (due: number, ...attempts: readonly RecordedAttempt[]) => record(`${ids++}`, { due, attempts });
const status = (...records: readonly DeliveryRecord[]) => hookStatus(records, FACTS);

describe("the status of a hook", () => {
	it("is active where nothing is on record, and nothing else is known then", () => {
		expect(status()).toEqual({ status: "active", deliveries: 0, waiting: 0 });
	});

	it("is awaitingRetry while a delivery waits, with the failure that it waits for", () => {
		expect(status(ended("delivered", success(1)), waiting(900, failure(5)), waiting(700, failure(3)))).toEqual({
			status: "awaitingRetry",
			deliveries: 3,
			waiting: 2,
			successRate: 1,
			p50Ms: 10,
			p95Ms: 20,
			lastFailedAt: 5,
			lastFailedStatusCode: 503,
			lastFailedReason: "503 Service Unavailable",
			nextAttempt: 700,
		});
	});

	it("is awaitingRetry without a failure where a cancellation cut the delivery off", () => {
		expect(status(waiting(700))).toEqual({
			status: "awaitingRetry",
			deliveries: 1,
			waiting: 1,
			nextAttempt: 700,
		});
	});

	it("is retryLimitReached where a delivery was given up, also while others wait", () => {
		const given = ended("retry_limit_reached", failure(2, { reason: "given up" }));
		expect(status(given)).toMatchObject({ status: "retryLimitReached", lastFailedReason: "given up" });
		expect(status(given, waiting(700, failure(3)))).toMatchObject({
			status: "retryLimitReached",
			lastFailedAt: 3,
			nextAttempt: 700,
		});
	});

	it("is failed where another attempt would fail too, or the message is too old", () => {
		expect(status(ended("failed", failure(2, { status: 404 })))).toMatchObject({
			status: "failed",
			lastFailedStatusCode: 404,
			successRate: 0,
		});
		expect(status(ended("expired", failure(2)))).toMatchObject({ status: "failed" });
	});

	it.each(["failed", "retry_limit_reached", "expired"] as const)("is cleared of %s by a success after it", (state) => {
		const cleared = status(ended(state, failure(2)), ended("delivered", failure(3), success(4)));
		expect(cleared).toEqual({
			status: "active",
			deliveries: 2,
			waiting: 0,
			successRate: 0.5,
			p50Ms: 10,
			p95Ms: 20,
		});
		expect(status(ended("delivered", success(1)), ended(state, failure(2))).status).not.toBe("active");
	});

	it("is not cleared of what still waits", () => {
		const late = status(waiting(700, failure(2)), ended("delivered", success(4)));
		expect(late).toMatchObject({ status: "awaitingRetry", lastFailedAt: 2, nextAttempt: 700 });
	});

	it("takes what is superseded for neither a success nor a failure", () => {
		expect(status(ended("superseded", failure(2)))).toEqual({
			status: "active",
			deliveries: 1,
			waiting: 0,
			p50Ms: 10,
			p95Ms: 10,
		});
	});

	it("is disabled whatever else is known, and nothing is tried next", () => {
		const off = hookStatus([waiting(700, failure(2)), ended("retry_limit_reached", failure(1))], {
			...FACTS,
			isDisabled: true,
		});
		expect(off).toMatchObject({ status: "disabled", lastFailedAt: 2, waiting: 1 });
		expect(off).not.toHaveProperty("nextAttempt");
	});

	it("leaves out what a store cannot know that keeps only what failed", () => {
		const known = hookStatus([ended("failed", failure(2))], { ...FACTS, keepsAll: false });
		expect(known).toMatchObject({ status: "failed", deliveries: 1 });
		for (const unknown of ["successRate", "p50Ms", "p95Ms"]) expect(known).not.toHaveProperty(unknown);
	});

	it("has times that were measured, at the rank that is asked for", () => {
		const times = Array.from({ length: 100 }, (_, at) => ended("delivered", success(at, at + 1)));
		expect(status(...times.toReversed())).toMatchObject({ p50Ms: 50, p95Ms: 95 });
		expect(status(ended("delivered", success(1, 7)))).toMatchObject({ p50Ms: 7, p95Ms: 7 });
	});

	it("has failure details exactly where it is not active, for any records that have failed and succeeded", () => {
		const attempt = fc.tuple(fc.nat(50), fc.boolean()).map(([at, isGood]) => (isGood ? success(at) : failure(at)));
		const any = fc
			.tuple(fc.constantFrom(...RECORD_STATES), fc.array(attempt, { maxLength: 3 }), fc.nat(50))
			.map(([state, before, at]): DeliveryRecord => {
				const last = state === "delivered" ? success(at) : failure(at);
				const attempts = [...before.map((each) => ({ ...each, at: Math.min(each.at, at) })), last];
				return state === "waiting" ? waiting(100, ...attempts) : ended(state, ...attempts);
			});
		fc.assert(
			fc.property(fc.array(any, { maxLength: 8 }), (records) => {
				const found = status(...records);
				expect(found.lastFailedAt === undefined).toBe(found.status === "active");
				expect(found.nextAttempt !== undefined).toBe(found.waiting > 0);
				expect(found.successRate ?? 1).toBeLessThanOrEqual(1);
				expect(found.p50Ms ?? 0).toBeLessThanOrEqual(found.p95Ms ?? 0);
			}),
		);
	});
});
