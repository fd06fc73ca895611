// What may stand in an HTTP header: judged as Node does, which throws at what it cannot send.
import { validateHeaderName, validateHeaderValue } from "node:http";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isHeaderName, isHeaderValue } from "../../../src/lib/header.ts";

const accepts = (validate: () => void): boolean => {
	try {
		validate();
		return true;
	} catch {
		return false;
	}
};
const CHARACTER = fc.integer({ min: 0, max: 0x120 }).map((code) => String.fromCharCode(code));
const TEXT = fc.string({ unit: fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), CHARACTER), maxLength: 4 });

test("a name is one that Node sends", () => {
	expect(["X-Team", "x_team.1", "!#$%&'*+.^_`|~"].every(isHeaderName)).toBe(true);
	expect(["", "X Team", "X-Team:", "Tëam", "X-Team\n"].some(isHeaderName)).toBe(false);
	fc.assert(fc.property(TEXT, (name) => isHeaderName(name) === accepts(() => validateHeaderName(name))));
});

test("a value is one that Node sends", () => {
	expect(["", "data platform", "a\tb", "café"].every(isHeaderValue)).toBe(true);
	expect(["a\nb", "a\r", "a\n", "\0", "\x7f", "5 €"].some(isHeaderValue)).toBe(false);
	fc.assert(fc.property(TEXT, (value) => isHeaderValue(value) === accepts(() => validateHeaderValue("X", value))));
});
