// Which JavaScript number a written one is exactly, however it is written and however long it is.
import { expect, test } from "vitest";
import { ExactNumber } from "../../../src/lib/exact-number.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

test.each([
	["1.10", 1.1],
	["11e-1", 1.1],
	["1E+2", 100],
	["-0.0", 0],
	["0e99999999999999999999", 0],
	["1e-400", undefined],
	["1e400", undefined],
	["1e-99999999999999999999", undefined],
	["9007199254740993", undefined],
	["9007199254740992.0e00", 9007199254740992],
	[`1${"0".repeat(300)}e-300`, 1],
])("%s", (text, value) => {
	expect(Math.abs(new ExactNumber(text).toNumber() ?? Number.NaN)).toBe(value ?? Number.NaN);
});

test("a number of a million digits, in itself or in its exponent, is read in no time, and once", () => {
	const digits = "9".repeat(1_000_000);
	withinCpuTime(2000, () => {
		for (let time = 0; time < 5; time++) {
			expect(new ExactNumber(`0e${digits}`).toNumber()).toBe(0);
			expect(new ExactNumber(`1e-${digits}`).toNumber()).toBe(undefined);
		}
		const long = new ExactNumber(`1.${"0".repeat(1_000_000)}`);
		for (let time = 0; time < 1000; time++) expect(long.toNumber()).toBe(1);
	});
});
