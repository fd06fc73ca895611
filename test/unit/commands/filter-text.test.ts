// What a filter asks, for people.
import { expect, it } from "vitest";
import { showFilter } from "../../../src/commands/filter-text.ts";
import type { Condition, Filter } from "../../../src/model/hook.ts";

const NOTHING: Filter = { events: undefined, entities: undefined, include: [], exclude: [] };
const field = (name: string): Condition => ({ kind: "field", field: name });
const value = (key: string, pattern: string): Condition => ({ kind: "value", key, pattern });

it("is in the words of the config", () => {
	const whole: Filter = {
		events: [{ kind: "event", event: "ping" }],
		entities: ["table", "t*"],
		include: [field("tags"), value("env", "a"), field("name"), value("env", "b")],
		exclude: [value("status", "x"), field("owners")],
	};
	expect(showFilter(whole)).toBe(
		"events ping; entities table or t*; changed tags or changed name; env:a or env:b; not status:x or changed owners",
	);
	expect(showFilter({ ...NOTHING, include: [field("tags")] })).toBe("changed tags");
});
