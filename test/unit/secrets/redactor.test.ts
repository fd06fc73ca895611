// A mask that grows: it knows what it began with and what was added, and tells what is new.
import { expect, test } from "vitest";
import { createRedactor } from "../../../src/secrets/mask.ts";
import { cpuTime } from "../../helpers/cpu-time.ts";

test("what is added is redacted from then on, beside what was known, and told once", () => {
	const { redact, protect } = createRedactor(() => ["the-first-one"]);
	expect(redact("the-first-one the-second")).toBe("*** the-second");
	expect(protect(["the-second", "the-second"])).toEqual(["the-second"]);
	expect(protect(["the-second", "the-third"])).toEqual(["the-third"]);
	expect(redact("the-first-one the-second the-third")).toBe("*** *** ***");
});

test("ten thousand additions cost no mask each", () => {
	const { redact, protect } = createRedactor(() => []);
	const start = cpuTime();
	for (let at = 0; at < 10_000; at++) protect([`a-secret-${at}`]);
	expect(cpuTime() - start).toBeLessThan(200);
	expect(redact("x")).toBe("x");
});
