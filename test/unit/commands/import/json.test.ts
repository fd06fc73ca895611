// JSON with places: every value's own, whatever is around it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonTable, parseSource } from "../../../../src/commands/import/json.ts";
import { type JsonPath, JsonPlaces } from "../../../../src/commands/import/json-place.ts";
import { JsonSource } from "../../../../src/commands/import/json-source.ts";
import { isJsonArray, isJsonObject, type Json } from "../../../../src/lib/json.ts";
import { type Problem, UserError } from "../../../../src/model/problem.ts";
import { withinCpuTime } from "../../../helpers/cpu-time.ts";

function pathsIn(value: Json, path: JsonPath = []): readonly (readonly [JsonPath, Json])[] {
	const inner: readonly (readonly [string | number, Json])[] = isJsonArray(value)
		? value.map((item, index) => [index, item] as const)
		: isJsonObject(value)
			? Object.entries(value)
			: [];
	return [[path, value], ...inner.flatMap(([step, item]) => pathsIn(item, [...path, step]))];
}

it("finds every value at its offset", () => {
	const space = fc.constantFrom(undefined, 1, "\t");
	fc.assert(
		fc.property(fc.jsonValue(), space, (raw, indent) => {
			const text = `\n ${JSON.stringify(raw, null, indent)}`;
			const value: Json = JSON.parse(text);
			const places = new JsonPlaces(text);
			for (const [path, item] of pathsIn(value)) {
				const begin = JSON.stringify(item).slice(0, 1);
				expect(text.slice(places.offsetOf(path)).startsWith(isScalar(item) ? JSON.stringify(item) : begin)).toBe(true);
			}
		}),
	);
});

const isScalar = (value: Json) => !isJsonArray(value) && !isJsonObject(value);

function problemsOf(text: string, read: (table: JsonTable) => unknown): readonly string[] {
	const source = new JsonSource(text, "w.json");
	const table = parseSource(source).object();
	if (table !== undefined) read(table);
	return source.problems.map(({ message, place }) => `${place?.line}:${place?.column} ${message}`);
}

describe("errors are at their places", () => {
	it.each<[string, (table: JsonTable) => unknown, string]>([
		['{\n  "a": 1}', (table) => table.text("a"), "2:8 a must be a string"],
		['{"a": "yes"}', (table) => table.flag("a"), "1:7 a must be true or false"],
		[
			'{"a": [1, {"b": 0}]}',
			(table) => table.items("a")[1]?.object()?.count("b"),
			"1:17 a[1].b must be a whole number from 1",
		],
		['{"a": 1.5}', (table) => table.count("a"), "1:7 a must be a whole number from 1"],
		[
			'{"a": 123456789012345678901}',
			(table) => table.count("a"),
			"1:7 a must be a whole number from 1 that is not too large",
		],
		['{"a": "x"}', (table) => table.choice("a", ["y", "z"]), '1:7 a is "x"'],
		['{"a": {}}', (table) => table.items("a"), "1:7 a must be an array"],
		['{"a": []}', (table) => table.get("a")?.object(), "1:7 a must be an object"],
		['{"a": null}', (table) => table.needed("a", "add it"), "1:1 the JSON has no a"],
		['{"a": ["x", 2]}', (table) => table.texts("a"), "1:13 a[1] must be a string"],
	])("%s", (text, read, expected) => {
		expect(problemsOf(text, read)).toEqual([expected]);
	});
});

it("tells a hundred problems and counts the rest, in time that is linear in the text", () => {
	const items = `[${"1,".repeat(200_000)}1]`;
	const told = withinCpuTime(5000, () =>
		problemsOf(`{"a": ${items}}`, (table) => table.items("a").map((item) => item.object())),
	);
	expect(told.length).toBe(101);
	expect(told[99]).toBe("1:206 a[99] must be an object");
	expect(told[100]).toBe("undefined:undefined w.json has 199901 more problems");
});

describe("what is not JSON", () => {
	it.each([
		['{"secretKey": "hunter2hunter2",}', "w.json is not JSON here", 32],
		['{"secretKey": "hunter2hunter2"', "w.json ends too early", 31],
		['{"a": "hunter2hunter2", "a": 2}', "w.json has a key twice in one object", 25],
		["[".repeat(501), "w.json is nested deeper than 500 levels", 501],
	])("%s is told without quoting it", (text, message, column) => {
		const problem = thrownBy(() => parseSource(new JsonSource(text, "w.json")));
		expect(problem).toMatchObject({ message, place: { file: "w.json", line: 1, column } });
		expect(JSON.stringify(problem)).not.toContain("hunter2");
	});
});

function thrownBy(work: () => unknown): Problem | undefined {
	try {
		work();
		return undefined;
	} catch (error) {
		return error instanceof UserError ? error.problems[0] : undefined;
	}
}
