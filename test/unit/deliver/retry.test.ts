// When an attempt is repeated and how long that waits.
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { backoffMs, retryAfterMs, senderTime } from "../../../src/deliver/retry.ts";
import { isRetryableStatus } from "../../../src/model/failure.ts";
import { oddPiece, oddText } from "../../helpers/odd-text.ts";

afterEach(() => {
	vi.unstubAllEnvs();
});

const SECOND = 1000;
const YEAR = 365 * 24 * 3600 * SECOND;
const now = fc.date({
	min: new Date("1990-01-01T00:00:00Z"),
	max: new Date("2090-01-01T00:00:00Z"),
	noInvalidDate: true,
});
const zone = fc.constantFrom("UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati");
const whole = (ms: number) => Math.floor(ms / SECOND) * SECOND;

/** A time that is over by less than a second may be one to come, of which the part of a second is not written. */
const expected = (wait: number) => (wait > -SECOND ? Math.max(0, wait) : undefined);

test("exactly the statuses that may pass are retried", () => {
	const retried = Array.from({ length: 500 }, (_, index) => index + 100).filter(isRetryableStatus);
	const serverErrors = Array.from({ length: 100 }, (_, index) => index + 500).filter(
		(status) => status !== 501 && status !== 505,
	);
	expect(retried).toEqual([408, 425, 429, ...serverErrors]);
});

describe("Retry-After", () => {
	const today = new Date("2026-04-02T14:30:00Z");
	test.each([
		["1", 1000],
		[" 120 ", 120_000],
		["0", 0],
		["1.5", 1500],
		["Thu, 02 Apr 2026 14:30:10 GMT", 10_000],
		["Thursday, 02-Apr-26 14:31:00 GMT", 60_000],
		["Thu Apr  2 14:30:30 2026", 30_000],
		["Fri Apr 10 14:30:00 2026", 691_200_000],
		["Thu Apr 02 14:30:30 2026", undefined],
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
		expect(retryAfterMs(value, today)).toBe(wait);
	});

	test("is by the clock of who wrote it, where that is told", () => {
		const other = { date: " Thu, 02 Apr 2026 13:00:00 GMT" };
		expect(retryAfterMs("Thu, 02 Apr 2026 13:00:07 GMT", senderTime(other, today))).toBe(7000);
		for (const headers of [{}, { date: "yesterday" }]) expect(senderTime(headers, today)).toEqual(today);
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

describe("any Retry-After", () => {
	test("of a time is the wait until then, whatever the zone of the machine", () => {
		const distance = fc.oneof(
			fc.integer({ min: -49 * YEAR, max: 49 * YEAR }),
			fc.integer({ min: -3 * SECOND, max: 3 * SECOND }),
		);
		fc.assert(
			fc.property(now, distance, zone, (from, ms, timezone) => {
				vi.stubEnv("TZ", timezone);
				const at = new Date(whole(from.getTime() + ms));
				const [name, day = "", month, year, time] = at.toUTCString().split(/,? /);
				const asctime = `${name} ${month} ${day.replace(/^0/, " ")} ${time} ${year}`;
				for (const written of [` ${at.toUTCString()}\t`, asctime]) {
					expect(retryAfterMs(written, from)).toBe(expected(at.getTime() - from.getTime()));
				}
			}),
			{ numRuns: 500 },
		);
	});

	test("of a year far away is a wait or none", () => {
		const at = fc.integer({ min: Date.parse("0000-01-01T00:00:00Z"), max: Date.parse("9999-12-31T23:59:59Z") });
		fc.assert(
			fc.property(now, at.map(whole), (from, ms) => {
				expect(retryAfterMs(new Date(ms).toUTCString(), from)).toBe(expected(ms - from.getTime()));
			}),
			{ numRuns: 300 },
		);
	});

	test("of seconds is just that, as far as numbers go", () => {
		const digits = fc
			.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 320 })
			.map((all) => all.join(""));
		fc.assert(
			fc.property(
				fc.oneof(fc.nat().map(String), digits),
				fc.constantFrom("", ".5", ".0", ".250"),
				now,
				(seconds, rest, from) => {
					const exact = BigInt(seconds) * 1000n + BigInt(Math.round(Number(`0${rest}`) * 1000));
					const most = BigInt(Number.MAX_SAFE_INTEGER);
					expect(retryAfterMs(`${seconds}${rest} `, from)).toBe(Number(exact < most ? exact : most));
				},
			),
		);
	});

	test.each([
		"Wed, 31 Dec 2036 23:59:60 GMT",
		"Mon, 30 Feb 2037 00:00:00 GMT",
		"Thu, 01 Jan 2037 24:00:00 GMT",
		"Thu, 01 Jan 2037 00:00:00 EST",
		"Thu, 01 Jan 2037 00:00:00 +0200",
		"Mon, 01 Jan 2037 00:00:00 GMT",
		"Thu, 01 Jan 2037",
		"5, 5",
	])("is not valid as %s", (value) => {
		expect(retryAfterMs(value, new Date("2026-04-02T14:30:00Z"))).toBeUndefined();
	});

	test("of any text is no wait or a finite one, and of seconds or a date only", () => {
		const time = now.map((at) => at.toUTCString());
		const changed = fc
			.tuple(fc.oneof(time, fc.nat().map(String)), fc.nat(), fc.nat(2), oddPiece)
			.map(([text, at, cut, added]) => {
				const start = at % (text.length + 1);
				return text.slice(0, start) + added + text.slice(start + cut);
			});
		const words = fc.constantFrom(
			"-1",
			"1e12",
			"1e400",
			"0x10",
			"Infinity",
			"NaN",
			"+5",
			"5s",
			".5",
			"5.",
			"1,5",
			"١",
			"Thu",
			"Mon 5",
		);
		fc.assert(
			fc.property(fc.oneof(changed, words, oddText, fc.double().map(String)), now, (value, from) => {
				const wait = retryAfterMs(value, from);
				if (wait === undefined) return;
				expect(Number.isFinite(wait) && wait >= 0 && wait <= Number.MAX_SAFE_INTEGER, String(wait)).toBe(true);
				expect(value.trim()).toMatch(/^(?:[0-9]+(?:\.[0-9]+)?|[A-Z][a-z]+, .*\d\d:\d\d:\d\d.*)$/);
			}),
			{ numRuns: 1000 },
		);
	});
});
