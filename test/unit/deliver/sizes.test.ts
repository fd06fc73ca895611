// Sizes of a body and its parts, beside the limits of a service.
import { expect, test } from "vitest";
import { sizesOf } from "../../../src/deliver/sizes.ts";

const sizes = (body: unknown, limits: Parameters<typeof sizesOf>[1]) => sizesOf(JSON.stringify(body), limits).slice(1);

test("the whole is measured in bytes, also of what is not JSON", () => {
	expect(sizesOf("é")).toEqual([{ of: "body", size: 2, unit: "bytes" }]);
	expect(sizesOf("é", { bytes: 10, text: 5 })).toEqual([{ of: "body", size: 2, unit: "bytes", most: 10 }]);
});

test("a text has characters and a list items; the largest counts", () => {
	const body = { title: "ab", rows: [{ text: "a" }, { text: "abc" }] };
	expect(sizes(body, { title: 5, rows: 3, "rows.*.text": 2 })).toEqual([
		{ of: "title", size: 2, unit: "characters", most: 5 },
		{ of: "rows", size: 2, unit: "items", most: 3 },
		{ of: "rows.*.text", size: 3, unit: "characters", most: 2 },
	]);
});

test("a text is measured as its service does, and a list by its items all the same", () => {
	const limit = { most: 9, unit: "bytes", size: Buffer.byteLength } as const;
	expect(sizes({ a: "é€", b: ["é"], c: "é" }, { a: limit, b: limit, "a + c": limit })).toEqual([
		{ of: "a", size: 5, unit: "bytes", most: 9 },
		{ of: "b", size: 1, unit: "items", most: 9 },
		{ of: "a + c", size: 7, unit: "bytes", most: 9 },
	]);
});

test("paths that are joined count together", () => {
	const body = { rows: [{ name: "ab", value: "c" }, { value: "de" }] };
	expect(sizes(body, { "rows.*.name + rows.*.value + foot": 9 })).toMatchObject([{ size: 5, most: 9 }]);
});

test("a name after a list takes the items of that type", () => {
	const blocks = [{ type: "header", text: "abc" }, { type: "section", text: "abcdef" }, { type: "divider" }];
	expect(sizes({ blocks }, { "blocks.header.text": 3, "blocks.section.text": 9 })).toMatchObject([
		{ size: 3 },
		{ size: 6 },
	]);
});

test("a part that a body does not have, or has in another shape, is left out", () => {
	const limits = { "a.b": 1, "c.*": 1, d: 1, "e.f.g": 1, rows: 1 };
	expect(sizes({ a: "text", c: { x: "y" }, d: 5, e: null }, limits)).toEqual([]);
	expect(sizes([1], limits)).toEqual([]);
});

test("very many parts are measured as few are", () => {
	const rows = Array.from({ length: 300_000 }, (_, at) => ({ text: at === 7 ? "abc" : "a" }));
	expect(sizes({ rows }, { "rows.*.text": 2 })).toMatchObject([{ size: 3 }]);
});
