// A message that is only text: its paragraphs, and what of them has room.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageText, originLine, type TextFormat } from "../../../src/presets/message-text.ts";
import { storyOf } from "../../../src/presets/story.ts";
import { Truncator } from "../../../src/presets/text.ts";
import { anyEvent } from "../../helpers/any-event.ts";
import { event } from "../../helpers/make.ts";
import { failedPipeline, finishedRun } from "../../helpers/presets.ts";

const FORMAT: TextFormat = {
	limit: 2000,
	textLimit: 100,
	originLimit: 100,
	traceLimit: 500,
	trace: (text) => `[${text}]`,
	list: { lines: 10, title: 100, error: 50 },
	fact: { label: 20, value: 50 },
	item: (name, value) => `${name}: ${value}`,
};

describe("the text of a message", () => {
	it("has a paragraph for what happened, the facts, the trace and the origin", () => {
		const truncator = new Truncator("characters");
		const links = { written: "<View run>", counted: "View run" };
		const text = messageText(storyOf([failedPipeline()], []), truncator, FORMAT, "Title", links);
		expect(text.split("\n\n")).toEqual([
			"Title\nTable `dim_orders` not found\n<View run>",
			"Duration: 45.2s\ntables_copied: 20\nshards: 1, 2",
			"[Table `dim_orders` not found\n  at load <orders> & more]",
			"acme/shop · 1a2b3c4 · octocat · 2026-04-02 14:30:00 UTC",
		]);
		expect(truncator.notes).toEqual([]);
	});

	it("has no empty paragraph", () => {
		const text = messageText(storyOf([event("ping")], []), new Truncator("characters"), FORMAT);
		expect(text).toBe("etl · 2026-04-02 14:30:00 UTC");
	});

	it("shows as many facts as have room, and counts the others", () => {
		const metadata = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`k${index}`, "v"]));
		const shown = (limit: number) => {
			const truncator = new Truncator("characters");
			const text = messageText(storyOf([event("ping", { metadata })], []), truncator, { ...FORMAT, limit });
			expect(text.length).toBeLessThanOrEqual(limit);
			return { facts: text.split("\n").filter((line) => line.endsWith(": v")).length, notes: truncator.notes };
		};
		expect(shown(2000)).toEqual({ facts: 90, notes: [] });
		expect(shown(100)).toEqual({ facts: 11, notes: ["79 of 90 facts left out"] });
	});

	it("shows fewer facts of a batch, whose list is what has to fit, and no more than the format wants of one", () => {
		const facts = Array.from({ length: 9 }, (_, index) => [`k${index}`, "v"] as const);
		const shown = (...events: Parameters<typeof storyOf>[0]) => {
			const truncator = new Truncator("characters");
			const format = { ...FORMAT, fact: { ...FORMAT.fact, most: 7 } };
			const text = messageText({ ...storyOf(events, []), facts }, truncator, format);
			return { facts: text.split("\n").filter((line) => line.endsWith(": v")).length, notes: truncator.notes };
		};
		expect(shown(event("ping"))).toEqual({ facts: 7, notes: ["2 of 9 facts left out"] });
		expect(shown(event("ping"), event("ping"))).toEqual({ facts: 5, notes: ["4 of 9 facts left out"] });
	});

	it.each(["characters", "bytes"] as const)("has room for the line breaks of its facts and its list, in %s", (unit) => {
		const pings = Array.from({ length: 30 }, () => event("ping"));
		const facts = Array.from({ length: 5 }, (_, index) => [`k${index}`, "v"] as const);
		for (const limit of Array.from({ length: 20 }, (_, index) => 290 + index)) {
			const truncator = new Truncator(unit);
			const format = { ...FORMAT, limit, list: { ...FORMAT.list, lines: 30 } };
			const text = messageText({ ...storyOf([event("ping"), ...pings], []), facts }, truncator, format);
			expect(truncator.size(text)).toBeLessThanOrEqual(limit);
			expect(text).toMatch(/^ℹ️ Ping: etl\n/);
		}
	});

	it("gives a trace less room where the parts above it take more", () => {
		const truncator = new Truncator("characters");
		const made = event("pipeline_error", { error: `${"e".repeat(90)}\n${"t".repeat(5000)}` });
		const text = messageText(storyOf([made], []), truncator, { ...FORMAT, limit: 400 }, "x".repeat(100));
		expect(text.length).toBeLessThanOrEqual(400);
		expect(text).toMatch(/\n\n\[e+…t+\]\n\n/);
	});

	it("stays inside of its limit for any events, in characters and in bytes", () => {
		fc.assert(
			fc.property(
				anyEvent,
				fc.array(anyEvent, { maxLength: 12 }),
				fc.constantFrom("characters", "bytes"),
				(first, more, unit) => {
					const truncator = new Truncator(unit);
					const text = messageText(storyOf([first, ...more], []), truncator, FORMAT, "Title");
					expect(truncator.size(text)).toBeLessThanOrEqual(FORMAT.limit);
				},
			),
			{ numRuns: 30 },
		);
	});
});

describe("the line of origin", () => {
	it.each([
		[["2026-04-02T14:30:00Z"], "2026-04-02 14:30:00 UTC"],
		[["2026-04-02T14:30:00.123Z"], "2026-04-02 14:30:00 UTC"],
		[["2026-04-02T14:30:00Z", "2026-04-02T14:32:10Z"], "2026-04-02 14:30:00 – 14:32:10 UTC"],
		[["2026-04-02T23:59:59Z", "2026-04-03T00:00:01Z"], "2026-04-02 23:59:59 – 2026-04-03 00:00:01 UTC"],
		[["2026-04-02T14:30:00.1Z", "2026-04-02T14:30:00.9Z"], "2026-04-02 14:30:00 UTC"],
	])("tells the time of %j as %j", ([begin = "", ...end], wanted) => {
		expect(originLine({ origin: [], times: [begin, ...end] })).toBe(wanted);
	});

	it("tells where a batch came from, and from when to when it was", () => {
		const [first, ...more] = finishedRun();
		expect(originLine(storyOf([first, ...more], []))).toBe(
			"acme/shop · 1a2b3c4 · octocat · 2026-04-02 14:30:00 – 14:32:10 UTC",
		);
	});
});
