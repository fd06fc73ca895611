// The seal of held events: opened with the same secrets and id only, and unchanged.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseReference } from "../../../src/model/reference.ts";
import { sealOf } from "../../../src/store/seal.ts";
import { webhook } from "../../helpers/make.ts";

const hook = webhook({ name: "data-team", secrets: [parseReference("${SECRET}")] });
const SEAL = sealOf([hook], { SECRET: "a secret" });

describe("a seal", () => {
	it("opens what it sealed, and nothing in which any byte is another", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), fc.nat(), fc.integer({ min: 1, max: 255 }), (text, at, flip) => {
				const sealed = SEAL.seal(text, "1");
				expect(SEAL.open(sealed, "1")).toBe(text.toWellFormed());
				const index = at % sealed.length;
				sealed[index] = (sealed[index] ?? 0) ^ flip;
				expect(SEAL.open(sealed, "1")).toBeUndefined();
			}),
		);
	});

	it("opens nothing with another id, and nothing that was truncated", () => {
		const sealed = SEAL.seal("x", "1");
		expect(SEAL.open(sealed, "2")).toBeUndefined();
		for (let length = 0; length < sealed.length; length++) {
			expect(SEAL.open(sealed.subarray(0, length), "1")).toBeUndefined();
		}
	});

	it("does not show the text", () => {
		expect(Buffer.from(SEAL.seal("a secret told by an error", "1")).toString("latin1")).not.toContain("secret");
	});

	it("depends on the hook's name, URL and secrets, and on nothing else of it", () => {
		const sealed = SEAL.seal("x", "1");
		const opens = (given: Parameters<typeof webhook>[0], env = { SECRET: "a secret" }) =>
			sealOf([webhook({ ...hook, ...given })], env).open(sealed, "1") === "x";
		expect(opens({})).toBe(true);
		expect(opens({ timeoutMs: 5, headers: new Map([["X-Step", parseReference("${STEP:-1}")]]) })).toBe(true);
		expect(opens({ name: "other" })).toBe(false);
		expect(opens({ url: parseReference("https://example.com/other") })).toBe(false);
		expect(opens({}, { SECRET: "another" })).toBe(false);
		expect(opens({ headers: new Map([["Authorization", parseReference("${STEP:-1}")]]) })).toBe(false);
	});

	it("can be made while a variable is unset, and is then another", () => {
		const unset = sealOf([hook], {}).seal("x", "1");
		expect(sealOf([hook], { SECRET: "" }).open(unset, "1")).toBe("x");
		expect(SEAL.open(unset, "1")).toBeUndefined();
	});

	it("depends on the secrets of the hooks that it leads to", () => {
		const open = webhook({ name: "open", secrets: [] });
		const sealed = sealOf([open, hook], { SECRET: "a secret" }).seal("x", "1");
		expect(sealOf([open, hook], { SECRET: "guessed" }).open(sealed, "1")).toBeUndefined();
		expect(sealOf([open], {}).open(sealed, "1")).toBeUndefined();
		expect(sealOf([open, hook], { SECRET: "a secret" }).open(sealed, "1")).toBe("x");
	});
});
