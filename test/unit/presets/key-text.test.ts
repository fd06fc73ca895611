// How keys are written: whatever the values are, two that differ have keys that differ.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundedKey, writeKey } from "../../../src/presets/key-text.ts";
import { oddText } from "../../helpers/odd-text.ts";

describe("a key tells apart", () => {
	it("any two lists of values, wherever they are split", () => {
		const parts = fc.record({ a: oddText, b: oddText, c: oddText }, { requiredKeys: [] });
		const text = (parts: object, key: string) => String(Reflect.get(parts, key) || "").toWellFormed();
		const isSame = (one: object, other: object) => ["a", "b", "c"].every((key) => text(one, key) === text(other, key));
		fc.assert(
			fc.property(parts, parts, fc.constantFrom(48, 100, 255), (one, other, limit) => {
				const [first, second] = [one, other].map((given) => boundedKey(writeKey(given), limit));
				expect(first?.length).toBeLessThanOrEqual(limit);
				expect(first === second).toBe(isSame(one, other));
				expect(first).toMatch(/^\P{C}*$/u);
			}),
			{ numRuns: 300 },
		);
	});

	it("a long value and one that is spelt as its key would be truncated", () => {
		const long = writeKey({ a: "x".repeat(300) });
		const bounded = boundedKey(long, 100);
		expect(boundedKey(writeKey({ a: bounded.slice("a=".length) }), 100)).not.toBe(bounded);
	});
});

it("keeps texts apart that differ only in a lone surrogate", () => {
	const keys = ["a\ud800", "a\ud801", "a\ufffd"].map((table) => writeKey({ table }));
	expect(new Set(keys).size).toBe(3);
	expect(keys.every((key) => key.isWellFormed())).toBe(true);
});

it("writes megabytes of what cannot be seen", () => {
	expect(writeKey({ a: "\u007f".repeat(10_000_000) })).toHaveLength("a=".length + 30_000_000);
});
