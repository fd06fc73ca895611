// Mistakes in a template: what is said, where, and what to write instead.
import { describe, expect, it } from "vitest";
import { refusal, render } from "../../helpers/template.ts";

describe("compileTemplate", () => {
	it.each([
		["|{{x", "tag is not closed", "close it with }}"],
		["|{{{x}}", "tag is not closed", "close it with }}}"],
		["{{y}}|{{ {x}}", "tag is not closed", "close it with }}}"],
		["{{y}}|{{! comment", "tag is not closed", "close it with }}"],
		['|{{event "{{y}}"', "tag is not closed", "close it with }}"],
		["|{{}}", "{{}} has no field name", "name one: {{event}}"],
		["|{{{ }}}", "{{{ }}} has no field name", "name one: {{event}}"],
		["|{{#}}{{/}}", "{{#}} has no field name", "name one: {{event}}"],
		["|{{#if}}{{/if}}", "{{#if}} has no field name", "name one: {{event}}"],
		["|{{>x}}", "partials are not supported", "write the text of the partial in its place"],
		["|{{=<% %>=}}", "set-delimiters are not supported", "write tags as {{field}}"],
		["{{y}}|{{#x}}", "{{#x}} is not closed", "close it with {{/x}}"],
		["{{y}}|{{^x}}{{#z}}{{/z}}", "{{^x}} is not closed", "close it with {{/x}}"],
		["|{{#if x}}", "{{#if x}} is not closed", "close it with {{/if}}"],
		["{{y}}|{{/x}}", "{{/x}} closes nothing", "remove it, or open it before"],
		["|{{/if}}", "{{/if}} closes nothing", "remove it, or open it before"],
		["{{#if x}}|{{/x}}", "{{/x}} does not close {{#if x}}", "write {{/if}} before it"],
		["{{#x}}|{{/if}}", "{{/if}} does not close {{#x}}", "write {{/x}} before it"],
		["{{#x}}{{#y}}|{{/x}}{{/y}}", "{{/x}} does not close {{#y}}", "write {{/y}} before it"],
		["|{{else}}", "{{else}} must be inside {{#if}}", "open it with {{#if field}}"],
		[
			"{{#if y}}{{#x}}|{{else}}{{/x}}{{/if}}",
			"{{else}} must be inside {{#if}}",
			"open it with {{#if field}}; for a section write {{/x}}{{^x}}",
		],
		["{{#if x}}{{else}}|{{else}}{{/if}}", "{{#if x}} has a second {{else}}", "keep one of them"],
		["a ${A}|{{ ${B} }}", "a variable is inside a tag", "write ${VAR} by itself, with no other braces around it"],
	])("refuses %s", (marked, message, remedy) => {
		const source = marked.replace("|", "");
		const error = refusal(source);
		expect({ message: error.message, remedy: error.remedy }).toEqual({ message, remedy });
		const inside = message.startsWith("a variable") ? 3 : 0;
		expect(error.offset).toBe(marked.indexOf("|") + inside);
	});

	it.each([
		["{{#each changes}}{{/each}}", "Mustache's own {{#items}}…{{/items}} repeats"],
		["{{#for x in changes}}{{/for}}", "Mustache's own {{#items}}…{{/items}} repeats"],
		["{{#unless x}}{{/unless}}", "{{^field}}…{{/field}}"],
		["{{#with entity}}{{/with}}", "{{#entity}}…{{/entity}}"],
		["{{if x}}", "{{#if field}}…{{else}}…{{/if}}"],
		["{{^if x}}{{/if}}", "{{#if field}}…{{else}}…{{/if}}"],
		["{{else if x}}", "nest another {{#if}}"],
		["{{endif}}", "{{#if field}}…{{else}}…{{/if}}"],
		["{{this}}", "{{.}}"],
		["{{this.name}}", "{{.}}"],
		["{{@index}}", "Mustache has no index"],
		["{{../name}}", "write the name alone"],
		["{{changes[0].field}}", "{{changes.0.field}}"],
		["{{.name}}", "a dot goes between two names"],
		["{{a..b}}", "a dot goes between two names"],
		["{{name | upper}}", "no helpers, filters"],
		["{{name|upper}}", "no helpers, filters"],
		["{{upper name}}", "no helpers, filters"],
		["{{#if a == b}}{{/if}}", "no helpers, filters, comparisons"],
		['{{metadata["a"]}}', "no helpers, filters, comparisons or quotes"],
		["{{~name~}}", "no helpers, filters"],
		["{{a\u0000}}", "no helpers, filters"],
	])("says what to write instead of %s", (source, remedy) => {
		const error = refusal(source);
		expect(error.message).toMatch(/ is not part of the template language$/);
		expect(error.remedy).toContain(remedy);
		expect(error.offset).toBe(0);
	});

	it("takes the words of other languages where they can only be fields", () => {
		const view = { for: 1, o: { for: 2, if: 3 }, ifx: 4, thisOne: 5, "a-b": 6, "ä/b": 7 };
		expect(render("{{for}}{{o.for}}{{o.if}}{{#ifx}}{{.}}{{/ifx}}{{thisOne}}{{a-b}}{{ä/b}}", view)).toBe("1234567");
	});

	it.each([
		["${A}${A:-fallback}|{{/x}}", ""],
		["$${A} $$${A} ${A:-$${}|{{/x}}", "escaped references"],
		["😀 ${A}\n|{{/x}}", "a surrogate pair"],
	])("counts places in the config's own text: %s", (marked) => {
		expect(refusal(marked.replace("|", "")).offset).toBe(marked.indexOf("|"));
	});

	it("quotes long tags shortened and on one line", () => {
		expect(refusal(`{{a\n${"b".repeat(100)}}}`).message).toBe(
			`{{a ${"b".repeat(35)}… is not part of the template language`,
		);
	});

	it("refuses sections nested deeper than the call stack may hold", () => {
		const nested = (depth: number) => "{{#x}}".repeat(depth) + "{{/x}}".repeat(depth);
		expect(render(nested(100), { x: true })).toBe("");
		expect(refusal(nested(101)).message).toBe("sections are nested more than 100 deep");
		expect(refusal("{{#if x}}".repeat(100_000)).offset).toBe(900);
	});
});
