// Output as lines: where they end, how long they get, and how many are handed on.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LINE_LIMIT } from "../../../src/lib/text.ts";
import { LINES_LIMIT, limitedOutput, OUTPUT_LIMIT, readLines } from "../../../src/shell/lines.ts";

/** The lines of a text that arrives in pieces of some bytes, and the last one. */
function read(text: string | Uint8Array, piece = 1): { lines: string[]; last: string } {
	const lines: string[] = [];
	const reader = readLines((line) => lines.push(line) > 0);
	const bytes = Buffer.from(text);
	for (let at = 0; at < bytes.length; at += piece) reader.write(bytes.subarray(at, at + piece));
	reader.end();
	return { lines, last: reader.last() };
}

describe("readLines", () => {
	it.each<[string, string[]]>([
		["", []],
		["a", ["a"]],
		["a\n", ["a"]],
		["a\nb", ["a", "b"]],
		["a\r\nb\r\n", ["a", "b"]],
		["10%\r20%\rdone\n", ["10%", "20%", "done"]],
		["a\r", ["a"]],
		["\n\n", ["", ""]],
		["a\r\r\nb", ["a", "", "b"]],
	])("splits %j", (text, lines) => {
		expect(read(text).lines).toEqual(lines);
	});

	it("gives the same lines in whatever pieces they come", () => {
		const parts = fc.constantFrom("a", "é", "😀", "\r", "\n", "\r\n", " ");
		fc.assert(
			fc.property(fc.array(parts), fc.integer({ min: 1, max: 5 }), (array, piece) => {
				const text = array.join("");
				const expected = text.split(/\r\n|\n|\r/);
				if (expected.at(-1) === "") expected.pop();
				expect(read(text, piece).lines).toEqual(expected);
			}),
		);
	});

	it("replaces malformed UTF-8, also at the end", () => {
		expect(read(Buffer.from([0x61, 0xff, 0x0a, 0xf0, 0x9f])).lines).toEqual(["a\ufffd", "\ufffd"]);
	});

	it("truncates a long line and goes on with the next", () => {
		const fits = "x".repeat(LINE_LIMIT);
		expect(read(`${fits}\n`, 1000).lines).toEqual([fits]);
		for (const end of ["\n", "\r", "\r\n"]) {
			expect(read(`${fits}${fits}y${end}next`, 1000).lines).toEqual([fits, "next"]);
		}
	});

	it("remembers the last line with something to see, without colours", () => {
		expect(read("first\n  \u001b[31mno\tmoney\u0007\u001b[0m \n\n \u001b[0m\n").last).toBe("no money");
		expect(read("no end").last).toBe("no end");
		expect(read("\n").last).toBe("");
		expect(Array.from(read("é".repeat(1000)).last)).toHaveLength(500);
		expect(read(`why\n${"\u001b[0m \r\n\t\r".repeat(1000)}`, 100).last).toBe("why");
	});

	it("hands on no more once no more are wanted, and still finds the last line", () => {
		const parts = fc.constantFrom("a", "é", "\r", "\n", "\r\n", " ", "\u001b[0m");
		fc.assert(
			fc.property(fc.array(parts), fc.integer({ min: 1, max: 5 }), fc.nat(3), (array, piece, room) => {
				const bytes = Buffer.from(array.join(""));
				const lines: string[] = [];
				const reader = readLines((line) => lines.push(line) < room);
				for (let at = 0; at < bytes.length; at += piece) reader.write(bytes.subarray(at, at + piece));
				reader.end();
				const whole = read(bytes);
				expect({ lines, last: reader.last() }).toEqual({ ...whole, lines: whole.lines.slice(0, Math.max(1, room)) });
			}),
		);
	});
});

describe("limitedOutput", () => {
	it("hands on a mebibyte of both streams together, then one line that says so", () => {
		const lines: string[] = [];
		const emit = limitedOutput((line: string, stream: string) => lines.push(`${stream}:${line}`));
		const line = `${"é".repeat(511)}x`;
		for (let at = 0; at < 2 * (OUTPUT_LIMIT / 1024); at++) emit(line, at % 2 === 0 ? "out" : "err");
		expect(lines).toHaveLength(OUTPUT_LIMIT / 1024 + 1);
		expect(lines.at(-2)).toBe(`err:${line}`);
		expect(lines.at(-1)).toMatch(/^out:… the output is longer than 1 MiB/);
	});

	it("hands on only so many lines, however short, and says whether more are wanted", () => {
		const lines: string[] = [];
		const emit = limitedOutput((line: string) => lines.push(line));
		for (let at = 0; at < LINES_LIMIT; at++) expect(emit("", "out")).toBe(true);
		expect([emit("", "out"), emit("", "out")]).toEqual([false, false]);
		expect(lines).toHaveLength(LINES_LIMIT + 1);
		expect(lines.at(-1)).toBe(`… the output is longer than ${LINES_LIMIT} lines, the rest is not shown`);
	});

	it("counts of a long line what is shown", () => {
		const lines: string[] = [];
		const emit = limitedOutput((line: string) => lines.push(line));
		for (let at = 0; at < 300; at++) emit("x".repeat(LINE_LIMIT), "out");
		expect(lines.filter((line) => line.length === LINE_LIMIT)).toHaveLength(255);
	});
});
