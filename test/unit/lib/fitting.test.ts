// What of a list has room.
import { expect, it } from "vitest";
import { fitting } from "../../../src/lib/fitting.ts";

it("counts the first items that have room together", () => {
	const items = [3, 4, 1];
	expect([8, 7, 6, 2, -1].map((room) => fitting(items, room, (item) => item))).toEqual([3, 2, 1, 0, 0]);
	expect(fitting([], -1, () => 1)).toBe(0);
});
