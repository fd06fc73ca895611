// Bodies that should be JSON and are not: the place and the usual cause.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { BodyError, parseJsonBody } from "../../../src/template/body.ts";
import { renderTemplate } from "../../../src/template/render.ts";
import { template } from "../../helpers/template.ts";

const view = {
	model: "orders",
	changes: [{ field: "a" }, { field: "b" }],
	quoted: 'a"b',
	bracket: "a[b",
	at: "2026-04-02T14:30:00Z",
};

function parse(source: string, context: JsonObject = view, value = "s3cret-value") {
	const compiled = template(source);
	return parseJsonBody(renderTemplate(compiled, { view: context, escaping: "json", resolve: () => value }), compiled);
}

function fault(source: string, value?: string): string {
	try {
		parse(source, view, value);
	} catch (error) {
		if (error instanceof BodyError) return `${error.message.replace("body is not JSON at ", "")}\n${error.remedy}`;
		throw error;
	}
	throw new Error(`is JSON: ${source}`);
}

describe("parseJsonBody", () => {
	it("gives what the template says", () => {
		expect(parse('{"a": "{{quoted}}", "b": {{{quoted}}}, "c": {{{absent}}}, "d": "${V}"}')).toEqual({
			a: 'a"b',
			b: 'a"b',
			c: null,
			d: "s3cret-value",
		});
	});

	it.each([
		["an absent field", '{"n": {{duration_ms}}}'],
		["an absent field among others", '{"a": {{{a}}},\n "n": {{duration_ms}}, "b": 1}'],
		["an absent field in a list", "[1, {{duration_ms}}]"],
		["an absent field in a section", '[{{#changes}}{"n": {{duration_ms}}},{{/changes}}0]'],
		["an absent field at the end", '{"x": {{duration_ms}}'],
		["a missing value of nobody's", '{"n": }'],
		["an unquoted text", '{"n": {{model}}}'],
		["an unquoted time, which begins like a number", '{"t": {{at}}}'],
		["nothing but an unquoted text", "{{model}}"],
		["an unquoted word", '{"n": True}'],
		["an unquoted word, without blaming a tag elsewhere", '{"n": True, "f": "{{#changes}}{{field}}{{/changes}}"}'],
		["a missing comma, without blaming a value that holds the text before it", "[{{{bracket}}} 1]"],
		["a missing comma, without blaming a tag that was not reached", '["x" 1{{#changes}}, "{{{field}}}"{{/changes}}]'],
		["a JSON value in quotes", '{"n": "{{{model}}}"}'],
		["a JSON list in quotes", '{"n": "{{{changes}}}"}'],
		["a list with a comma too many", '[{{#changes}}"{{field}}",{{/changes}}]'],
		["an object with a comma too many", '{"a": 1, {{#if absent}}"b": 2{{/if}}}'],
		["a list without commas", '[{{#changes}}"{{field}}"{{/changes}}]'],
		["wrong brackets", '{"a": [1}'],
		["a raw line break", '{"a": "b\nc"}'],
		["a lone backslash", '{"a": "\\d"}'],
		["a key without quotes", "{text: 1}"],
		["two values", '{"a": 1}\n{"b": 2}'],
		["an unclosed object", '{"a": 1'],
		["an unclosed string", '{"a": "b'],
		["nothing", "{{#if absent}}{}{{/if}}"],
	])("explains %s", (_, source) => {
		expect(fault(source)).toMatchSnapshot();
	});

	it.each([
		["an unquoted variable", '{"a": ${TOKEN}}', 'write "${TOKEN}" in quotes'],
		["a variable of nothing", '{"a": ${TOKEN}}', 'write "${TOKEN}" in quotes', ""],
		["a field beside a variable", '{"a": "${TOKEN}", "b": {{absent}}}', "write {{{absent}}}"],
		["a variable in a section", '{{#changes}}"${TOKEN}"{{/changes}}', "send one value"],
	])("explains %s without showing any value", (_, source, remedy, value = "s3cret-value") => {
		const text = fault(source, value);
		expect(text).toContain(remedy);
		expect(text).not.toMatch(/s3|cret|value-/);
	});

	it("quotes the place cut on code points, with nothing invisible in it", () => {
		expect(fault(`{"a": "${"😀".repeat(50)}\u202e\u2028\t", b}`)).toMatchSnapshot();
	});

	it("tells a body that nests too deeply", () => {
		expect(fault("[".repeat(500_000))).toMatch(/^line 1, column 1001: it is nested too deeply/);
	});

	it("stays quick on a long body", () => {
		expect(fault(`[${"[".repeat(500)}${'"\\u0041",'.repeat(100_000)}]`)).toMatch(
			/^line 1, column 900502: there is a comma/,
		);
	});
});
