// Spans of time as people read them.
import { describe, expect, it } from "vitest";
import { fromNow, span } from "../../../src/commands/spans.ts";
import { moment } from "../../../src/lib/times.ts";

const NOW = Date.UTC(2026, 3, 2, 14, 30);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

describe("a time that is shown", () => {
	it.each([
		[-5, "0s"],
		[999, "0s"],
		[59_999, "59s"],
		[MINUTE, "1m"],
		[119 * MINUTE, "1h"],
		[47 * HOUR, "1d"],
		[400 * DAY, "400d"],
	])("of %d ms is %s", (ms, text) => {
		expect(span(ms)).toBe(text);
	});

	it("is before or after now", () => {
		expect([fromNow(NOW - 2 * HOUR, NOW), fromNow(NOW, NOW), fromNow(NOW + 90_000, NOW)]).toEqual([
			"2h ago",
			"0s ago",
			"in 1m",
		]);
	});

	it("has no milliseconds", () => {
		expect(moment(NOW + 999)).toBe("2026-04-02T14:30:00Z");
	});
});
