// A mask that grows: it knows what it began with and what was added, and tells what is new.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMask, createRedactor } from "../../../src/secrets/mask.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

test("what is added is redacted from then on, beside what was known, and told once", () => {
	const { redact, protect } = createRedactor(() => ["the-first-one"]);
	expect(redact("the-first-one the-second")).toBe("*** the-second");
	expect(protect(["the-second", "the-second"])).toEqual(["the-second"]);
	expect(protect(["the-second", "the-third"])).toEqual(["the-third"]);
	expect(redact("the-first-one the-second the-third")).toBe("*** *** ***");
});

test("ten thousand additions cost no mask each", () => {
	withinCpuTime(1000, () => {
		const { redact, protect } = createRedactor(() => []);
		for (let at = 0; at < 10_000; at++) protect([`a-secret-${at}`]);
		expect(redact("x")).toBe("x");
	});
});

test("a thousand additions, each with a text after it, take a time that grows with them", () => {
	const keys = Array.from({ length: 1000 }, (_, at) => createHash("md5").update(`${at}`).digest("hex"));
	withinCpuTime(8000, () => {
		const { redact, protect } = createRedactor(() => ["the-first-one"]);
		for (const key of keys) {
			protect([key]);
			expect(redact(`the-first-one says ${key}`)).toBe("*** says ***");
		}
		expect(redact(keys.join(" "))).toBe(keys.map(() => "***").join(" "));
	});
});

test("secrets that were added one by one are redacted as those that are known at once", () => {
	const secrets = [
		"abcd",
		"cdef-gh",
		"ef-gh-ij",
		"abcd-ef-gh-ij",
		"s3cret value",
		"value%20more",
		"x'y'z-z",
		"0123456789ab",
	];
	const pieces = [...secrets, ...secrets.map(encodeURIComponent), ...secrets.map((secret) => btoa(secret))];
	const part = fc.oneof(
		fc.constantFrom(...pieces),
		fc.constantFrom(...pieces).chain((text) => fc.nat(text.length).map((at) => `${text.slice(0, at)}…`)),
		fc.constantFrom("…", " ", "-", "%", "\\", "x"),
	);
	const whole = createMask(secrets);
	const orders = fc.shuffledSubarray(secrets, { minLength: secrets.length });
	fc.assert(
		fc.property(orders, fc.array(part), (order, parts) => {
			const { redact, protect } = createRedactor(() => order.slice(0, 1));
			for (const secret of order) {
				redact("x");
				protect([secret]);
			}
			expect(redact(parts.join(""))).toBe(whole(parts.join("")));
		}),
	);
});
