// {{#truncate 300}}…{{/truncate}} in a template.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseReference } from "../../../src/model/reference.ts";
import { compileTemplate } from "../../../src/template/compile.ts";
import { type Escaping, renderTemplate } from "../../../src/template/render.ts";

function render(
	source: string,
	view: Readonly<Record<string, string | readonly string[]>>,
	escaping: Escaping = "none",
): string {
	return renderTemplate(compileTemplate(parseReference(source)), { view, escaping, resolve: ({ name }) => name });
}

describe("truncate", () => {
	it.each([
		["{{#truncate 5}}{{a}}{{/truncate}}", "12345"],
		["{{#truncate 4}}{{a}}{{/truncate}}", "123…"],
		["{{#truncate 1}}{{a}}{{/truncate}}", "…"],
		["x{{#truncate 6}}{{a}}{{b}}{{/truncate}}y", "x12345…y"],
		["{{#truncate 8}}{{a}} and {{b}}{{/truncate}}", "12345…"],
		["{{#truncate 7}}{{#list}}<{{.}}>{{/list}}{{/truncate}}", "<aa><b…"],
		["{{#truncate 3}}${VAR}{{/truncate}}", "VAR"],
		["{{#truncate 2}}${VAR}{{/truncate}}", "V…"],
	])("%j gives %j", (source, wanted) => {
		expect(render(source, { a: "12345", b: "👩👩", list: ["aa", "bb", "cc"] })).toBe(wanted);
	});

	it("counts what is inserted, not how the body escapes it, and never splits an escape", () => {
		const text = '"\n"\n"';
		expect(render("{{#truncate 5}}{{a}}{{/truncate}}", { a: text }, "json")).toBe('\\"\\n\\"\\n\\"');
		expect(render("{{#truncate 4}}{{a}}{{/truncate}}", { a: text }, "json")).toBe('\\"\\n\\"…');
		expect(render("{{#truncate 2}}{{a}}{{/truncate}}", { a: "ää" }, "form")).toBe("%C3%A4%C3%A4");
		expect(render("{{#truncate 2}}{{a}}{{/truncate}}", { a: "äää" }, "form")).toBe("%C3%A4%E2%80%A6");
	});

	it("gives JSON and at most that many code points, whatever is inserted", () => {
		const limit = fc.integer({ min: 1, max: 40 });
		fc.assert(
			fc.property(limit, fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (most, a, b) => {
				const written = render(`{{#truncate ${most}}}{{a}}-{{b}}{{/truncate}}`, { a, b }, "json");
				const text: unknown = JSON.parse(`"${written}"`);
				const whole = `${a}-${b}`;
				expect(Array.from(String(text)).length).toBeLessThanOrEqual(most);
				if (Array.from(whole).length <= most) expect(text).toBe(whole);
				else expect(whole.startsWith(String(text).slice(0, -1))).toBe(true);
			}),
		);
	});

	it.each([
		["{{#truncate}}{{a}}{{/truncate}}", "{{#truncate}} needs a number of characters"],
		["{{#truncate 0}}{{a}}{{/truncate}}", "{{#truncate 0}} needs a number of characters"],
		["{{#truncate many}}{{a}}{{/truncate}}", "{{#truncate many}} needs a number of characters"],
		["{{#truncate 5}}{{a}}", "{{#truncate 5}} is not closed"],
		["{{#truncate 5}}{{a}}{{/a}}", "{{/a}} does not close {{#truncate 5}}"],
		["{{#truncate 5}}{{#truncate 3}}{{a}}{{/truncate}}{{/truncate}}", "{{#truncate}} is inside another"],
	])("%j is an error", (source, message) => {
		expect(() => render(source, { a: "" })).toThrow(message);
	});
});
