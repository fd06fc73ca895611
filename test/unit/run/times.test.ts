// Times as people write and read them.
import { describe, expect, it } from "vitest";
import { readTime } from "../../../src/run/times.ts";

const NOW = Date.UTC(2026, 3, 2, 14, 30);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

describe("a time that is read", () => {
	const read = (text: string) => {
		const problems: string[] = [];
		const time = readTime("since", text, NOW, (message, remedy) => {
			problems.push(`${message}: ${remedy}`);
			return undefined;
		});
		return problems.length === 0 ? time : problems;
	};

	it.each([
		["90s", NOW - 90_000],
		["15m", NOW - 15 * MINUTE],
		[" 2 h ", NOW - 2 * HOUR],
		["3d", NOW - 3 * DAY],
		["0s", NOW],
		["2026-04-02", Date.UTC(2026, 3, 2)],
		["2026-04-02T14:30Z", NOW],
		["2026-04-02T16:30:00.5+02:00", NOW + 500],
		["", undefined],
	])("may be %j", (text, time) => {
		expect(read(text)).toBe(time);
	});

	it.each(["yesterday", "2w", "-1h", "2026-04-02T14:30", "2026-13-01", "2026-02-30", "1e3s", "99999d", "\u001b[31m"])(
		"is refused if it is %j",
		(text) => {
			expect(read(text)).toEqual([expect.stringMatching(/^since: ".*" is not a time: write how long ago/)]);
		},
	);
});
