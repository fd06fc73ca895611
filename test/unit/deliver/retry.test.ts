// When an attempt is repeated and how long that waits.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs, retryAfterMs, senderTime } from "../../../src/deliver/retry.ts";
import { isRetryableStatus } from "../../../src/model/failure.ts";

test("exactly the statuses that may pass are retried", () => {
	const retried = Array.from({ length: 500 }, (_, index) => index + 100).filter(isRetryableStatus);
	const serverErrors = Array.from({ length: 100 }, (_, index) => index + 500).filter(
		(status) => status !== 501 && status !== 505,
	);
	expect(retried).toEqual([408, 425, 429, ...serverErrors]);
});

describe("Retry-After", () => {
	const now = new Date("2026-04-02T14:30:00Z");
	test.each([
		["1", 1000],
		[" 120 ", 120_000],
		["0", 0],
		["1.5", 1500],
		["Thu, 02 Apr 2026 14:30:10 GMT", 10_000],
		["Thursday, 02-Apr-26 14:31:00 GMT", undefined],
		["Invalid Date", undefined],
		["Thu, 02 Apr 2026 14:30:00 GMT", 0],
		["Thu, 02 Apr 2026 14:29:59 GMT", undefined],
		["Thu, 02 Apr 2026 14:29:00 GMT", undefined],
		["-5", undefined],
		["abc", undefined],
		["1e12", undefined],
		["", undefined],
		[undefined, undefined],
		["2026", 2_026_000],
		["9".repeat(400), Number.MAX_SAFE_INTEGER],
	])("%s: %s ms", (value, wait) => {
		expect(retryAfterMs(value, now)).toBe(wait);
	});

	test("is by the clock of who wrote it, where that is told", () => {
		const other = { date: " Thu, 02 Apr 2026 13:00:00 GMT" };
		expect(retryAfterMs("Thu, 02 Apr 2026 13:00:07 GMT", senderTime(other, now))).toBe(7000);
		for (const headers of [{}, { date: "yesterday" }]) expect(senderTime(headers, now)).toEqual(now);
	});

	test("is never negative, never NaN, never past what a number holds", () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string(),
					fc.double().map(String),
					fc.date().map((date) => String(date)),
				),
				(value) => {
					const wait = retryAfterMs(value, now);
					expect(wait === undefined || (wait >= 0 && wait <= Number.MAX_SAFE_INTEGER)).toBe(true);
				},
			),
		);
	});
});

describe("backoff", () => {
	test("doubles, fully jittered, at most 30 s", () => {
		const longest = [1, 2, 3, 4, 5, 6, 7].map((attempt) => backoffMs(attempt, 1000, () => 0.999_999_9));
		expect(longest).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
		expect(backoffMs(5, 1000, () => 0)).toBe(0);
		expect(backoffMs(3, 1000, () => 0.5)).toBe(2000);
	});

	test("stays finite for any attempt and delay", () => {
		const delay = fc.integer({ min: 1, max: 2 ** 31 - 1 });
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 2 ** 31 - 1 }),
				delay,
				fc.double({ min: 0, max: 0.99, noNaN: true }),
				(n, d, r) => {
					const wait = backoffMs(n, d, () => r);
					expect(wait).toBeGreaterThanOrEqual(0);
					expect(wait).toBeLessThanOrEqual(30_000);
				},
			),
		);
	});
});
