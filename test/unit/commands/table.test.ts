// Tables whose rows have a text each: in a column where it fits, else below.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fittingRows, notedTableLines, pairLines, tableLines, wrapped } from "../../../src/commands/table.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

const HEAD = ["HOOK", "STATUS"];
const ROWS = [
	["tell-slack", "active"],
	["audit", "failed"],
];
const texts = ["", "404 Not Found: no such hook in this place"];
const lines = (columns: number) => notedTableLines(HEAD, ROWS, { head: "LAST FAILURE", texts }, columns);

describe("a table with notes", () => {
	it("has them in a last column where they fit", () => {
		expect(lines(80)).toEqual([
			"HOOK        STATUS  LAST FAILURE",
			"tell-slack  active",
			"audit       failed  404 Not Found: no such hook in this place",
		]);
		expect(lines(Number.POSITIVE_INFINITY)).toEqual(lines(80));
	});

	it("has them below their rows where they do not", () => {
		expect(lines(30)).toEqual([
			"HOOK        STATUS",
			"tell-slack  active",
			"audit       failed",
			"  404 Not Found: no such hook",
			"  in this place",
		]);
	});

	it("is a block a row where not even the columns fit", () => {
		expect(lines(15)).toEqual([
			"tell-slack",
			"  STATUS        active",
			"  LAST FAILURE",
			"audit",
			"  STATUS        failed",
			"  LAST FAILURE  404 Not Found: no",
			"                such hook in this",
			"                place",
		]);
	});

	it("keeps every word, and fits into as many columns as its widest column and twenty", () => {
		const word = fc.stringMatching(/^[a-z]{1,12}$/);
		const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(" "));
		fc.assert(
			fc.property(
				fc.array(fc.tuple(word, word, text), { minLength: 1, maxLength: 6 }),
				fc.integer({ min: 40, max: 200 }),
				(rows, columns) => {
					const shown = notedTableLines(
						HEAD,
						rows.map(([a, b]) => [a, b]),
						{ head: "WHY", texts: rows.map(([, , t]) => t) },
						columns,
					);
					for (const line of shown) expect(line.length).toBeLessThanOrEqual(columns);
					const words = new Set(shown.join(" ").split(/\s+/));
					for (const each of rows.flat().flatMap((cell) => cell.split(" ")))
						expect(each === "" || words.has(each)).toBe(true);
				},
			),
		);
	});
});

describe("names in rows", () => {
	const make = (limit: number) => [["n".repeat(limit), "x".repeat(20)]];

	it("are as long as fits", () => {
		expect(fittingRows(HEAD, Number.POSITIVE_INFINITY, make)[0]?.[0]?.length).toBe(40);
		expect(fittingRows(HEAD, 62, make)[0]?.[0]?.length).toBe(40);
		expect(fittingRows(HEAD, 61, make)[0]?.[0]?.length).toBe(30);
		expect(fittingRows(HEAD, 34, make)[0]?.[0]?.length).toBe(12);
	});

	it("are short where nothing fits", () => {
		expect(fittingRows(HEAD, 20, make)[0]?.[0]?.length).toBe(12);
	});
});

describe("any number of rows and any length of a text", () => {
	const MANY = 200_000;

	it("make a table", () => {
		expect(tableLines(HEAD, Array(MANY).fill(["a", "bb"]))).toHaveLength(MANY + 1);
		expect(pairLines(Array(MANY).fill(["a", "bb"]), 80)).toHaveLength(MANY);
	});

	it("are wrapped in a time that grows as they do", () => {
		const text = "seven77 ".repeat(100_000);
		withinCpuTime(1500, () => {
			expect(wrapped(text, 40)).toHaveLength(20_000);
		});
	});

	it("are wrapped between words, and inside those that are longer than a line", () => {
		expect(wrapped("aa bb ccccccc d", 5)).toEqual(["aa bb", "ccccc", "cc d"]);
		expect(wrapped(" aaaaaa", 3)).toEqual([" aa", "aaa", "a"]);
		expect(wrapped("abc", 3)).toEqual(["abc"]);
		expect(wrapped("", 3)).toEqual([""]);
	});
});
