// What a dotted name leads to: through keys with dots, and through lists as filters and as templates go.
import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/lib/json.ts";
import { valuesAt } from "../../../src/lib/lookup.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

const VALUE: Json = {
	tags: ["a", ["b", ["c", []]], { name: "d" }],
	runs: [{ id: 1, "by.who": "x" }, { id: [2, 3] }, [{ id: 4 }], { none: 5 }],
	dbt: { version: 1, "a.b": 2 },
	"dbt.version": 3,
	"dbt.other": 4,
	nothing: null,
};

describe("a name leads to", () => {
	test.each<readonly [string, index: readonly Json[], every: readonly Json[]]>([
		["dbt.version", [1], [1]],
		["dbt.a.b", [2], [2]],
		["dbt.other", [4], [4]],
		["dbt.none", [], []],
		["nothing", [null], [null]],
		["tags.1.0", ["b"], []],
		["tags.name", [], ["d"]],
		["tags", [["a", ["b", ["c", []]], { name: "d" }]], ["a", "b", "c", { name: "d" }]],
		["runs.0.id", [1], []],
		["runs.id", [], [1, 2, 3, 4]],
		["runs.by.who", [], ["x"]],
		["toString", [], []],
		["tags.map", [], []],
	])("%s", (name, index, every) => {
		const path = name.split(".");
		expect([valuesAt(VALUE, path, "index"), valuesAt(VALUE, path, "every_item")]).toEqual([index, every]);
	});

	test("every item of lists in lists, in time that their depth does not multiply", () => {
		let list: Json = Array.from({ length: 300_000 }, () => 1);
		for (let depth = 0; depth < 480; depth++) list = [list];
		withinCpuTime(2000, () => {
			expect(valuesAt({ env: list }, ["env"], "every_item")).toHaveLength(300_000);
		});
	});
});
