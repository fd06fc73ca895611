// Reading JSON: the same values as JSON.parse gives, every digit of a number, and what JSON.parse does not tell.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactNumber } from "../../../src/lib/exact-number.ts";
import { readJson, readObject } from "../../../src/lib/json-reader.ts";
import { oddText } from "../../helpers/odd-text.ts";

/** What a text says, which must be JSON. */
function read(text: string) {
	const found = readJson(text);
	if (found.kind === "error") throw new Error(`${found.error.kind} at ${found.error.offset}`);
	return found;
}

const number = fc.oneof(
	fc.constantFrom("1152921506151679042", "1e400", "-1E-400", "0.1000000000000000055511151231257827"),
	fc.constantFrom(
		"-0",
		"0",
		"0.0",
		"1.0",
		"1.10",
		"1e3",
		"9007199254740991",
		"9007199254740993",
		"0.1",
		"1e21",
		"1E+21",
	),
	fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,25})?([eE][+-]?\d{1,3})?$/),
);

describe("readJson", () => {
	it("gives every number as it was written, wherever it is", () => {
		const { json } = fc.letrec<{ json: string }>((tie) => ({
			json: fc.oneof(
				{ maxDepth: 3 },
				number,
				number,
				fc.array(tie("json"), { maxLength: 3 }).map((items) => `[${items.join(",")}]`),
				fc.array(tie("json"), { maxLength: 3 }).map((items) => `{${items.map((item, at) => `"k${at}":${item}`)}}`),
			),
		}));
		fc.assert(
			fc.property(json, (text) => {
				expect(JSON.stringify(read(text).value)).toBe(text);
			}),
			{ numRuns: 200 },
		);
	});

	it("gives what JSON.parse gives, and agrees with it on what is JSON", () => {
		const token = fc.constantFrom(
			...'{ } [ ] , : " \\ \\n \\u00e9 \\x 1 -0 01 1.5e+3 .5 true nul null a "k" "k":1 "__proto__":1 \u0001 \ufeff'.split(
				" ",
			),
			" ",
			"\n",
		);
		const json = fc.jsonValue({ stringUnit: "binary" }).map((value) => JSON.stringify(value, null, 1));
		const almost = fc.tuple(json, fc.nat(), token, fc.boolean()).map(([whole, at, piece, over]) => {
			const cut = at % (whole.length + 1);
			return whole.slice(0, cut) + piece + whole.slice(cut + (over ? 1 : 0));
		});
		const tokens = fc.array(token).map((all) => all.join(""));
		fc.assert(
			fc.property(fc.oneof(json, tokens, almost, oddText), (text) => {
				const found = readJson(text);
				let parsed: string | undefined;
				try {
					parsed = JSON.stringify(JSON.parse(text));
				} catch {
					expect(found.kind).toBe("error");
					if (found.kind === "error") expect(found.error.offset).toBeLessThanOrEqual(text.length);
					return;
				}
				expect(found.kind).toBe("value");
				// With its numbers as JavaScript has them.
				if (found.kind === "value") expect(JSON.stringify(JSON.parse(JSON.stringify(found.value)))).toBe(parsed);
			}),
			{ numRuns: 600 },
		);
	});

	it.each([
		['{"a": 1, "a": 2}', 9],
		['{"a": 1, "b": {"c": 1, "\\u0063": 2}}', 23],
		['[{"a": 1}, {"a": 1, "b": 1, "a": 1}]', 28],
		['{"": 1, "": 2}', 8],
		['{"__proto__": 1, "__proto__": 2}', 17],
		['{"a": {"a": {"a": "a"}}, "b": ["a", "a"]}', undefined],
		['{"__proto__": 1, "constructor": 2}', undefined],
	])("tells the first key that an object has twice: %s", (text, offset) => {
		expect(read(text).repeatedKeyAt).toBe(offset);
	});

	it("reads so many levels, and no more", () => {
		const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
		expect(readJson(nested(1000)).kind).toBe("value");
		expect(readJson(nested(1001))).toEqual({ kind: "error", error: { kind: "too_deep", offset: 1000 } });
		expect(readJson(`[${nested(3)}, {"a": 1}]`, 4).kind).toBe("value");
		expect(readJson(`[${nested(3)}, {"a": [[[]]]}]`, 4)).toEqual({
			kind: "error",
			error: { kind: "too_deep", offset: 17 },
		});
		expect(readJson("[".repeat(1000))).toEqual({ kind: "error", error: { kind: "ended", offset: 1000 } });
		expect(readJson("[".repeat(1_000_000)).kind).toBe("error");
	});

	it.each([
		["", "ended", 0],
		[" [1, ", "ended", 5],
		['{"a" ', "ended", 5],
		['["a', "ended", 3],
		["[1, ]", "trailing_comma", 4],
		['{"a": 1,\n}', "trailing_comma", 9],
		["[,1]", "missing_value", 1],
		['{"a": }', "missing_value", 6],
		["[1 2]", "separator", 3],
		['{"a" 1}', "separator", 5],
		['{"a": 1]', "separator", 7],
		["{a: 1}", "key", 1],
		["{1: 1}", "key", 1],
		['{"a": tru}', "bare", 6],
		["[01]", "bare", 1],
		["{} x", "extra", 3],
		['["a\n"]', "control", 3],
		['["\\x"]', "backslash", 2],
	])("tells what is wrong, and where: %j", (text, kind, offset) => {
		expect(readJson(text)).toEqual({ kind: "error", error: { kind, offset } });
	});

	it.each([
		["{}", {}],
		["[]", "is JSON, but not an object"],
		["{", "is no JSON (it ends too early)"],
		["{x}", "is no JSON (wrong at column 2)"],
		['{\n"a": 1,\n}', "is no JSON (wrong at line 3, column 1)"],
		['{"a": 1, "a": 2}', "has a key twice in one object (again at column 10)"],
		[`{"a": ${"[".repeat(499)}${"]".repeat(499)}}`, expect.any(Object)],
		[`{"a": ${"[".repeat(500)}${"]".repeat(500)}}`, "is nested deeper than 500 levels"],
		['{"a": "\\ud800"}', { a: "\ufffd" }],
	])("reads an object, or says why not: %.40s", (text, wanted) => {
		expect(readObject(text, "is no JSON")).toEqual(wanted);
	});
});

describe("a number that is kept as text", () => {
	it.each([
		["1.10", 1.1],
		["-0", -0],
		["0.000e7", 0],
		["1E+2", 100],
		["-12.50e-3", -0.0125],
		["123456789012345680000", 123456789012345680000],
		["123456789012345678901", undefined],
		["1152921506151679042", undefined],
		["0.1000000000000000055511151231257827", undefined],
		["1e400", undefined],
		["1e-400", undefined],
	])("%s has the value %s in JavaScript", (text, value) => {
		expect(new ExactNumber(text).toNumber()).toBe(value);
	});
});
