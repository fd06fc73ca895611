// A mask that grows: it knows what it began with and what was added, and tells what is new.
import { expect, test } from "vitest";
import { growingMask } from "../../../src/report/growing.ts";

test("what is added is blanked from then on, beside what was known, and told once", () => {
	const { mask, add } = growingMask(() => ["the-first-one"]);
	expect(mask("the-first-one the-second")).toBe("*** the-second");
	expect(add(["the-second", "the-second"])).toEqual(["the-second"]);
	expect(add(["the-second", "the-third"])).toEqual(["the-third"]);
	expect(mask("the-first-one the-second the-third")).toBe("*** *** ***");
});

test("a hundred thousand additions cost no mask each", () => {
	const { mask, add } = growingMask(() => []);
	const start = performance.now();
	for (let at = 0; at < 100_000; at++) add([`a-secret-${at}`]);
	expect(performance.now() - start).toBeLessThan(2000);
	expect(mask("x")).toBe("x");
});
