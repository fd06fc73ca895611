// Foreign text made plain, well-formed and short.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wellFormed } from "../../../src/lib/json.ts";
import { jsonBytes, oneLine, plain, Truncator } from "../../../src/presets/text.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

describe("plain text", () => {
	it.each([
		["\u001b[1;31mred\u001b[0m and \u001b]8;;https://x\u0007link\u001b]8;;\u0007", "red and link"],
		["a \u001b]0;never ended\nb", "a \nb"],
		["a\r\nb\rc\u2028d\u2029e\u0085f", "a\nb\nc\nd\ne\nf"],
		["nul\u0000bell\u0007tab\tdel\u007f", "nulbelltab\tdel"],
		["\ud800x\udfff", "\ufffdx\ufffd"],
		[" \n around \n ", "around"],
		["a\u202eb\u202c \u2066c\u2069 \u05d0\u200f \u0627", "ab c \u05d0\u200f \u0627"],
	])("of %j is %j", (given, wanted) => expect(plain(given)).toBe(wanted));

	it("stays quick on a megabyte of broken sequences", () => {
		withinCpuTime(2000, () => {
			for (const start of ["\u001b]a;", "\u001b[1;", "\u001b", "\r", " "]) oneLine(start.repeat(250_000));
		});
	});

	it("on one line has single spaces", () => expect(oneLine(" a\n\n\tb  c\u2028d ")).toBe("a b c d"));
});

describe("truncating a text", () => {
	it("keeps one that fits, to the last character", () => {
		const truncator = new Truncator("characters");
		expect(truncator.text("title", "12345", 5)).toBe("12345");
		expect(truncator.text("title", "", 5)).toBe("");
		expect(truncator.notes).toEqual([]);
	});

	it("ends a longer one in an ellipsis inside the limit, and says so", () => {
		const truncator = new Truncator("characters");
		expect(truncator.text("title", "123456", 5)).toBe("1234…");
		expect(truncator.text("title", "12🙂🙂", 4)).toBe("12…");
		expect(truncator.text("title", "a&b&c", 7, (point) => (point === "&" ? "&amp;" : point))).toBe("a&amp;…");
		expect(truncator.notes).toEqual([
			"title truncated to 5 characters",
			"title truncated to 4 characters",
			"title truncated to 7 characters",
		]);
	});

	it("counts bytes as they are in JSON", () => {
		const truncator = new Truncator("bytes");
		expect(truncator.text("title", '"é\n', 6)).toBe('"é\n');
		expect(truncator.text("title", '"é\n\\', 7)).toBe('"é…');
		expect(truncator.notes).toEqual(["title truncated to 7 bytes"]);
	});

	it("of any text gives one inside the limit, truncated only if it must be", () => {
		fc.assert(
			fc.property(
				fc.string({ unit: "binary" }),
				fc.integer({ min: 3, max: 40 }),
				fc.constantFrom("characters", "bytes"),
				(text, limit, unit) => {
					const truncator = new Truncator(unit);
					const size = (of: string) => (unit === "bytes" ? jsonBytes(of) - 2 : of.length);
					const kept = truncator.text("it", text, limit);
					expect(size(kept)).toBeLessThanOrEqual(limit);
					expect(kept.isWellFormed()).toBe(true);
					expect(kept === text).toBe(size(text) <= limit);
					expect(truncator.notes).toHaveLength(kept === text ? 0 : 1);
					expect(text.startsWith(kept === text ? text : kept.slice(0, -1))).toBe(true);
				},
			),
		);
	});
});

describe("truncating an error", () => {
	const log = `${"step\n".repeat(100)}duplicate key`;

	it("keeps one that fits", () => {
		const truncator = new Truncator("characters");
		expect(truncator.ends("error", "12345", 5)).toBe("12345");
		expect(truncator.notes).toEqual([]);
	});

	it("keeps the beginning of a longer one, and of its end twice as much", () => {
		const truncator = new Truncator("characters");
		expect(truncator.ends("error", log, 30)).toBe("step\nstep…p\nstep\nduplicate key");
		expect(truncator.ends("error", "123456789abcdefgh", 10)).toBe("12…bcdefgh");
		expect(truncator.notes).toEqual(["error truncated to 30 characters", "error truncated to 10 characters"]);
	});

	it("counts escapes, and bytes as they are in JSON", () => {
		const html = (point: string) => (point === "\n" ? "<br>" : point);
		expect(new Truncator("characters").ends("error", log, 30, html)).toBe("step<br>s…tep<br>duplicate key");
		expect(new Truncator("bytes").ends("error", '""""""""""', 15)).toBe('"…"""""');
	});

	it("of any text gives both ends inside the limit, truncated only if it must be", () => {
		fc.assert(
			fc.property(
				fc.string({ unit: "binary" }).map(plain),
				fc.integer({ min: 12, max: 60 }),
				fc.constantFrom("characters", "bytes"),
				(text, limit, unit) => {
					const truncator = new Truncator(unit);
					const kept = truncator.ends("it", text, limit);
					expect(truncator.size(kept)).toBeLessThanOrEqual(limit);
					expect(kept.isWellFormed()).toBe(true);
					expect(kept === text).toBe(truncator.size(text) <= limit);
					expect(truncator.notes).toHaveLength(kept === text ? 0 : 1);
					if (kept === text) return;
					const fits = [...kept.matchAll(/…/g)].some(({ index }) => {
						return text.startsWith(kept.slice(0, index)) && text.endsWith(kept.slice(index + 1));
					});
					expect(fits).toBe(true);
				},
			),
		);
	});

	it("stays quick on megabytes", () => {
		withinCpuTime(1000, () => {
			const truncator = new Truncator("bytes");
			for (const text of ["x", "\n", "🙂", "\ud800"]) truncator.ends("error", text.repeat(5_000_000), 8000);
		});
	});
});

describe("truncating a list", () => {
	it("says how many of how many are left out", () => {
		const truncator = new Truncator("characters");
		expect(truncator.list("facts", [1, 2, 3], 3)).toEqual([1, 2, 3]);
		expect(truncator.list("facts", [1, 2, 3], 1)).toEqual([1]);
		expect(truncator.notes).toEqual(["2 of 3 facts left out"]);
	});
});

describe("a well-formed value", () => {
	it("has no lone surrogate in any string or key, and is otherwise the same", () => {
		expect(wellFormed({ "\ud800": ["\udfff", 1, null, true, { ok: "🙂" }] })).toEqual({
			"\ufffd": ["\ufffd", 1, null, true, { ok: "🙂" }],
		});
	});
});
