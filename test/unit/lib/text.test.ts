// That nothing a terminal acts on is left of a text, whatever is in what, and all else is.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clip, count, duration, excerpt, stripSequences, stripTerminal } from "../../../src/lib/text.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

const UNITS = [..."\u001b\u009b\u009d\u0090\u0098\u009c\u0007\u0085\u007f\b[]PX^_\\0;1m ?J\n\r\t\u202e\u2066\u200ea"];
const CONTROL = /[^\P{Cc}\t\n\r]/u;

describe("stripTerminal", () => {
	it("leaves no control character and no control of direction, so that nothing can act", () => {
		const text = fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 40 });
		fc.assert(
			fc.property(text, (given) => {
				expect(stripTerminal(given)).not.toMatch(/[^\P{Cc}\t\n\r]|\p{Bidi_Control}/u);
				expect(stripSequences(given)).not.toMatch(CONTROL);
				expect(excerpt(given, 100)).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
			}),
			{ numRuns: 200 },
		);
	});

	it("leaves a text that has none as it is", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme" }), (given) => {
				const plain = given.replaceAll(/[^\P{Cc}\t\n\r]|\p{Bidi_Control}/gu, "");
				expect(stripTerminal(plain)).toBe(plain);
			}),
			{ numRuns: 200 },
		);
	});

	it.each([
		["\u001b[1;31mred\u001b[0m", "red"],
		["\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u0007", "link"],
		["\u001b]52;c;ZXZpbA==\u0007x", "x"],
		["\u001bP1$r\u001b\\\u001bXa\u001b\\\u001b^b\u001b\\\u001b_c\u001b\\x", "x"],
		["\u009b31mx\u009d0;t\u009c\u0090q\u009c", "x"],
		["\u001b(0\u001b=\u001bcx", "x"],
		["cut\u001b[3;1", "cut"],
		["\u001b\u001b[0m[31mx", "[31mx"],
		["a\u001b]0;open\nb", "a\nb"],
	])("of %j is %j", (given, wanted) => expect(stripTerminal(given)).toBe(wanted));

	it.each(["\u001b", "\u001b[", "\u001b[0", "\u001b]", "\u009d", "\u001b]0;\u001b", "\u001b[;;;;", "\u001b   "])(
		"takes a time that grows with a text full of %j",
		(unit) => {
			withinCpuTime(3000, () => {
				stripTerminal(unit.repeat(1_000_000 / unit.length));
				stripTerminal(`\u001b[${"0".repeat(1_000_000)}`);
			});
		},
	);
});

describe("the limit of a line", () => {
	it.each([
		["1234567890", 10, "1234567890"],
		["12345678901", 10, "123456789…"],
		["😀".repeat(10), 10, "😀".repeat(10)],
		["😀".repeat(11), 10, `${"😀".repeat(9)}…`],
		["", 10, ""],
	])("of %j is %i code points", (text, limit, wanted) => {
		expect(clip(text, limit)).toBe(wanted);
		expect(excerpt(text, limit)).toBe(wanted);
	});

	it("is one of an excerpt, however much of the text is white space", () => {
		expect(excerpt(` a \n\t b${" ".repeat(100)}`, 10)).toBe("a b…");
		expect(excerpt(` a \n\u2028 b${" ".repeat(10)}`, 10)).toBe("a b");
		expect(excerpt("a\ud800", 10)).toBe("a\ufffd");
	});
});

it.each([
	[0, "0 ms"],
	[999.4, "999 ms"],
	[1000, "1 s"],
	[59_940, "59.9 s"],
	[60_000, "1 min 0 s"],
	[200_400, "3 min 20 s"],
])("%d milliseconds are %s", (milliseconds, wanted) => expect(duration(milliseconds)).toBe(wanted));

it("counts one and many", () => {
	expect([0, 1, 2].map((number) => count(number, "attempt"))).toEqual(["0 attempts", "1 attempt", "2 attempts"]);
});
