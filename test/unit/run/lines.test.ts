// Lines of an events file: whole whatever the pieces they come in, and told by their number where they are wrong.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, LineError, linesOf, readLine } from "../../../src/run/lines.ts";

async function* pieces(bytes: Uint8Array, cuts: readonly number[]) {
	const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
	let start = 0;
	for (const end of [...places, bytes.length]) {
		yield bytes.subarray(start, end);
		start = end;
	}
}

async function read(text: string | Uint8Array, cuts: readonly number[] = []): Promise<readonly Line[] | string> {
	const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
	const lines: Line[] = [];
	try {
		for await (const some of linesOf(pieces(bytes, cuts))) for (const line of some) lines.push(line);
	} catch (error) {
		if (!(error instanceof LineError)) throw error;
		return `${lines.length} before line ${error.line}, which ${error.problem}`;
	}
	return lines;
}

describe("lines", () => {
	it("are the same whatever pieces they come in", async () => {
		const line = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\n"));
		await fc.assert(
			fc.asyncProperty(fc.array(line), fc.array(fc.nat(500), { maxLength: 20 }), async (written, cuts) => {
				const expected = written
					.map((text, index) => ({ number: index + 1, text }))
					.filter(({ text }) => text.trim() !== "");
				const found = await read(written.join("\n"), cuts);
				if (typeof found === "string") throw new Error(found);
				expect(found.map(({ number, text }) => [number, text.replace(/^\ufeff/, "")])).toEqual(
					expected.map(({ number, text }) => [number, text.replace(/^\ufeff/, "")]),
				);
			}),
		);
	});

	it("may be blank, end in CRLF, begin with a byte order mark and lack the last newline", async () => {
		const found = await read('\ufeff{"event":"ping"}\r\n\r\n  \n{"event":"commit"}');
		if (typeof found === "string") throw new Error(found);
		expect(found.map(({ number, text }) => [number, text.trim()])).toEqual([
			[1, '{"event":"ping"}'],
			[4, '{"event":"commit"}'],
		]);
	});

	it("that are no UTF-8 or endless are told by their number, after those before them", async () => {
		expect(await read(Buffer.from([65, 10, 0xff, 10]))).toBe("1 before line 2, which is not UTF-8");
		expect(await read(`a\n${"x".repeat(10 * 1024 * 1024 + 1)}`, [5_000_000])).toBe(
			"1 before line 2, which is longer than 10485760 bytes",
		);
	});

	it("are asked for as they are used", async () => {
		let asked = 0;
		async function* endless() {
			for (;;) {
				asked++;
				yield new TextEncoder().encode("{}\n");
			}
		}
		for await (const [line] of linesOf(endless())) if (line?.number === 3) break;
		expect(asked).toBe(3);
	});
});

describe("a line", () => {
	const told = (text: string) => {
		try {
			return readLine({ number: 7, text });
		} catch (error) {
			return error instanceof LineError ? `${error.line} ${error.problem}` : error;
		}
	};

	it("is a context with its event", () => {
		expect(told('{"event": "ping", "table": "t", "model": ""}')).toEqual({ event: "ping", table: "t" });
	});

	it.each([
		['{"event": ', "7 is not JSON (it ends too early)"],
		['{"event": x}', "7 is not JSON (wrong at column 11)"],
		["7", "7 is JSON, but not an object"],
		["[]", "7 begins a JSON array, but each line is one event; `jq -c '.[]'` writes the file so"],
		['  [{"event": "ping"},', "7 begins a JSON array, but each line is one event; `jq -c '.[]'` writes the file so"],
		["{", "7 begins an object of several lines, but each line is one event; `jq -c '.'` writes the file so"],
		['{"evnt": "ping"}', '7 unknown key "evnt"; did you mean "event"? Values of your own go into metadata'],
		['{"duration_ms": "1"}', '7 "duration_ms" must be a number of milliseconds, 0 or more'],
	])("%s is told as: %s", (text, expected) => {
		expect(told(text)).toBe(expected);
	});
});
