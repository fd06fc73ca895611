// The template language in a rocky.toml, where it differs from ours.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { compileTemplate } from "../../../src/template/compile.ts";
import { escapingOf, renderTemplate } from "../../../src/template/render.ts";

const render = (source: string, view: JsonObject, isRocky = true) => {
	const template = compileTemplate(parseReference(source), isRocky);
	const escaping = escapingOf(template, "application/json");
	return renderTemplate(template, { view, escaping, resolve: ({ name }) => name });
};

describe("{{#if}}", () => {
	it.each([false, [], {}, 0, "0", " ", [0]])("holds for what Rocky writes as a text that is not empty: %j", (value) => {
		expect(render("{{#if metadata.value}}yes{{else}}no{{/if}}", { metadata: { value } })).toBe("yes");
	});

	it.each([null, ""])("does not hold for what it writes as an empty one: %j", (value) => {
		expect(render("{{#if metadata.value}}yes{{else}}no{{/if}}", { metadata: { value } })).toBe("no");
		expect(render("{{#if metadata.other}}yes{{else}}no{{/if}}", { metadata: { value } })).toBe("no");
	});

	it.each([false, [], {}])("does not hold in our own files for %j", (value) => {
		expect(render("{{#if metadata.value}}yes{{else}}no{{/if}}", { metadata: { value } }, false)).toBe("no");
	});
});

it("reads a key of the metadata that has dots in it", () => {
	const view = { metadata: { "dbt.version": "1.8", "a.b.c": 1 } };
	expect(render("{{metadata.dbt.version}} {{ metadata.a.b.c }}{{#if metadata.a.b.c}}!{{/if}}", view)).toBe("1.8 1!");
});

describe("a body that does not begin as JSON", () => {
	const view = { pipeline: "raw", error: 'table "orders"', tables: ["a"] };

	it.each([
		["{{pipeline}}: {{error}}", 'raw: table "orders"'],
		["Failed: {{error}}", 'Failed: table "orders"'],
		["[{{pipeline}}] {{error}}", '[raw] table "orders"'],
		["[raw] {{error}}", '[raw] table "orders"'],
		["{{#if error}}Failed: {{error}}{{/if}}", 'Failed: table "orders"'],
		["\n  {{#if other}}x{{/if}}{{error}}", '\n  table "orders"'],
	])("is plain text, and nothing in it is escaped: %j", (source, text) => {
		expect(render(source, view)).toBe(text);
	});

	it.each([
		'{"text": "{{error}}"}',
		'["{{error}}"]',
		'[{"text": "{{error}}"}]',
		'[ [], "{{error}}"]',
		'"{{error}}"',
		'{{#if error}}{"text": "{{error}}"}{{/if}}',
		'\n [\n{{#tables}}"{{error}}"{{/tables}}]',
		'{{{tables}}} "{{error}}"',
		'${BODY} "{{error}}"',
	])("is one that begins so: %j", (source) => {
		expect(render(source, view)).toContain('table \\"orders\\"');
	});

	it.each(["{{pipeline}}: {{error}}", "[{{pipeline}}] {{error}}"])("is JSON in our own files: %j", (source) => {
		expect(render(source, view, false)).toContain('table \\"orders\\"');
	});
});
