// Retry-After: the wait that any header asks for, and of what is no time at all.
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { retryAfterMs } from "../../../src/deliver/retry.ts";
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

describe("Retry-After", () => {
	it("of a time is the wait until then, whatever the zone of the machine", () => {
		const distance = fc.oneof(
			fc.integer({ min: -49 * YEAR, max: 49 * YEAR }),
			fc.integer({ min: -3 * SECOND, max: 3 * SECOND }),
		);
		fc.assert(
			fc.property(now, distance, zone, (from, ms, timezone) => {
				vi.stubEnv("TZ", timezone);
				const at = new Date(whole(from.getTime() + ms));
				expect(retryAfterMs(` ${at.toUTCString()}\t`, from)).toBe(expected(at.getTime() - from.getTime()));
			}),
			{ numRuns: 500 },
		);
	});

	it("of a year far away is a wait or none", () => {
		const at = fc.integer({ min: Date.parse("0000-01-01T00:00:00Z"), max: Date.parse("9999-12-31T23:59:59Z") });
		fc.assert(
			fc.property(now, at.map(whole), (from, ms) => {
				expect(retryAfterMs(new Date(ms).toUTCString(), from)).toBe(expected(ms - from.getTime()));
			}),
			{ numRuns: 300 },
		);
	});

	it("of seconds is just that, as far as numbers go", () => {
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

	it.each([
		"Wed, 31 Dec 2036 23:59:60 GMT",
		"Mon, 30 Feb 2037 00:00:00 GMT",
		"Thu, 01 Jan 2037 24:00:00 GMT",
		"Thu, 01 Jan 2037 00:00:00 EST",
		"Thu, 01 Jan 2037 00:00:00 +0200",
		"Mon, 01 Jan 2037 00:00:00 GMT",
		"Thu, 01 Jan 2037",
		"5, 5",
	])("is none of %s", (value) => {
		expect(retryAfterMs(value, new Date("2026-04-02T14:30:00Z"))).toBeUndefined();
	});

	it("of any text is no wait or a finite one, and of seconds or a date only", () => {
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
