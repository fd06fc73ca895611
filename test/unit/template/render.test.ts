// What templates insert: fields, conditions, sections and variables, for each escaping.
import { describe, expect, it } from "vitest";
import { ExactNumber } from "../../../src/lib/exact-number.ts";
import { parseJsonBody } from "../../../src/template/body.ts";
import { escapingFor, renderTemplate } from "../../../src/template/render.ts";
import { render, template } from "../../helpers/template.ts";

describe("{{field}}", () => {
	it.each([
		["text", 'a "b"', 'a "b"', 'a \\"b\\"', "a+%22b%22"],
		["a number", 1.5, "1.5", "1.5", "1.5"],
		["zero", 0, "0", "0", "0"],
		["false", false, "false", "false", "false"],
		["null", null, "", "", ""],
		["a list", ["a", 1], '["a",1]', '[\\"a\\",1]', "%5B%22a%22%2C1%5D"],
		["an object", { k: "é" }, '{"k":"é"}', '{\\"k\\":\\"é\\"}', "%7B%22k%22%3A%22%C3%A9%22%7D"],
		["a line break", "a\nb", "a\nb", "a\\nb", "a%0Ab"],
		["what HTML would escape", "<&'/>", "<&'/>", "<&'/>", "%3C%26%27%2F%3E"],
		["a tag", "{{event}}", "{{event}}", "{{event}}", "%7B%7Bevent%7D%7D"],
		["U+2028", "\u2028", "\u2028", "\u2028", "%E2%80%A8"],
		["a lone surrogate", "\ud800", "\ud800", "\\ud800", "%EF%BF%BD"],
	])("inserts %s", (_, x, none, json, form) => {
		expect(render("{{x}}", { x })).toBe(none);
		expect(render("{{x}}", { x }, { escaping: "json" })).toBe(json);
		expect(render("{{x}}", { x }, { escaping: "form" })).toBe(form);
	});

	it("is empty when the field is absent", () => {
		expect(render("[{{x}}][{{x.y}}]", {})).toBe("[][]");
	});

	it("goes through the preset's escaping first", () => {
		const entities = (text: string) => text.replaceAll("&", '&amp;"');
		expect(render("{{x}} {{{x}}} ${V}", { x: "&" }, { escaping: "json", escape: entities, resolve: () => "&" })).toBe(
			'&amp;\\" "&" &',
		);
	});
});

describe("{{{field}}} and {{&field}}", () => {
	it.each([
		["text", 'a "b"', '"a \\"b\\""'],
		["a number", 5, "5"],
		["false", false, "false"],
		["null", null, "null"],
		["a list", [1, { a: null }], '[1,{"a":null}]'],
		["a lone surrogate", "\udc00", '"\\udc00"'],
	])("insert %s as JSON", (_, x, json) => {
		expect(render("{{{x}}} {{& x }}", { x }, { escaping: "json" })).toBe(`${json} ${json}`);
		expect(render("{{{x}}}", { x })).toBe(json);
	});

	it("give null when the field is absent", () => {
		expect(render("{{{x}}} {{&x.y}}", {}, { escaping: "json" })).toBe("null null");
	});

	it("encode the JSON in a form, where a raw & would begin another field", () => {
		expect(render("payload={{{x}}}", { x: "a&b=c" }, { escaping: "form" })).toBe("payload=%22a%26b%3Dc%22");
	});
});

describe("names", () => {
	it("see own properties only", () => {
		const hostile = ["constructor.name", "__proto__", "toString", "x.length", "x.0", "n.toFixed", "o.hasOwnProperty"];
		const tags = hostile.map((name) => `{{${name}}}{{#${name}}}seen{{/${name}}}{{#if ${name}}}seen{{/if}}`).join("");
		expect(render(tags, { x: "text", n: 1, o: {} })).toBe("");
	});

	it("see own properties whatever they are called", () => {
		const view = JSON.parse('{"__proto__": {"constructor": "mine"}, "hasOwnProperty": 1}');
		expect(render("{{__proto__.constructor}} {{hasOwnProperty}}", view)).toBe("mine 1");
	});

	it("go into lists by index", () => {
		expect(render("{{c.1.f}} {{c.2.f}}|{{c.length}}", { c: [{ f: "a" }, { f: "b" }] })).toBe("b |2");
	});

	it("are looked up around an item, but the rest of a dotted name is not", () => {
		const view = { a: "outer", o: { b: "outer" }, items: [{ o: {} }] };
		expect(render("{{#items}}{{a}}[{{o.b}}]{{/items}}", view)).toBe("outer[]");
	});

	it("find an item's null before an outer value", () => {
		expect(render("{{#items}}[{{a}}]{{/items}}", { a: "outer", items: [{ a: null }] })).toBe("[]");
	});

	it("never call a function or a getter", () => {
		const call = () => expect.unreachable();
		const view = Object.defineProperty(JSON.parse("{}"), "getter", { get: call, enumerable: true });
		view.f = call;
		expect(render("{{f}}{{#f}}a{{/f}}{{#if f}}b{{/if}}{{getter}}{{{f}}}", view)).toBe("null");
	});
});

describe("{{#if}}", () => {
	it.each([
		["absent", undefined],
		["null", null],
		["false", false],
		["empty text", ""],
		["an empty list", []],
		["an empty object", {}],
	])("takes %s for false", (_, x) => {
		expect(render("{{#if x}}yes{{else}}no{{/if}}{{#if x}}yes{{/if}}", x === undefined ? {} : { x })).toBe("no");
	});

	it.each([["0"], ["false"], [" "], [0], [true], [[0]], [{ a: null }]])("takes %j for true", (x) => {
		expect(render("{{#if x}}yes{{else}}no{{/if}}", { x })).toBe("yes");
	});

	it("nests, in sections and in itself", () => {
		const source =
			"{{#if a}}{{#if b}}ab{{else}}a{{/if}}{{else}}{{#if b}}b{{else}}-{{/if}}{{/if}}{{#l}}{{#if .}}<{{.}}>{{else}}_{{/if}}{{/l}}";
		expect(render(source, { a: 1, b: 1, l: ["x", "", 0] })).toBe("ab<x>_<0>");
		expect(render(source, { a: 1 })).toBe("a");
		expect(render(source, { b: 1 })).toBe("b");
		expect(render(source, {})).toBe("-");
	});

	it("does not step into the field", () => {
		expect(render("{{#if o.name}}{{name}}{{/if}}", { name: "outer", o: { name: "inner" } })).toBe("outer");
	});

	it("takes whole lines with it, as Mustache's sections do", () => {
		expect(render("a\n  {{#if x}}\nb\n {{else}} \nc\n{{/if}}\nd", { x: 1 })).toBe("a\nb\nd");
		expect(render("a\r\n{{# if  x }}\r\nb\r\n{{ else }}\r\nc\r\n{{/ if }}\r\nd", {})).toBe("a\r\nc\r\nd");
	});

	it("keeps a line that holds more than a tag", () => {
		expect(render(" {{#if x}} ${V}\n{{/if}}", { x: 1 })).toBe("  value of V\n");
	});

	it("leaves comments alone", () => {
		expect(render("{{! {{else }}{{#if x}}{{! /if ${V} }}a{{/if}}", { x: 1 })).toBe("a");
	});
});

describe("sections", () => {
	it("keep Mustache's own truth, where 0 is false and an empty object true", () => {
		const source = "{{#x}}yes{{/x}}{{^x}}no{{/x}}";
		expect([0, "", "0", {}, [], [0], null, true].map((x) => render(source, { x }))).toEqual(
			["no", "no", "yes", "yes", "no", "yes", "no", "yes"], // order of the values above
		);
	});

	it("take 0 for false however it is written", () => {
		const numbers = ["0.0", "-0", "0e7", "1.0", "1e400"].map((text) => new ExactNumber(text));
		expect(numbers.map((x) => render("{{#x}}yes{{/x}}{{^x}}no{{/x}}", { x }))).toEqual([
			"no",
			"no",
			"no",
			"yes",
			"yes",
		]);
	});

	it("repeat for each item of nested lists", () => {
		expect(render("{{#x}}[{{#.}}{{.}},{{/.}}]{{/x}}", { x: [[1, 2], [3]] })).toBe("[1,2,][3,]");
	});
});

describe("${VAR}", () => {
	const secret = 'quo"te\n{{event}} {{{x}}} {{/if}} ${OTHER} \\ }}';

	it.each([
		["none", secret],
		["json", JSON.stringify(secret).slice(1, -1)],
		["form", new URLSearchParams({ "": secret }).toString().slice(1)],
	] as const)("is inserted as text, escaped as %s", (escaping, expected) => {
		expect(render("<${V}>", { event: "e" }, { escaping, resolve: () => secret })).toBe(`<${expected}>`);
	});

	it("makes no tag with the braces around it", () => {
		expect(render("{${V}{${V}} {${V}}}", {})).toBe("{value of V{value of V} {value of V}}");
		expect(render("{${V}event}}", { event: "e" }, { resolve: () => "{" })).toBe("{{event}}");
	});

	it("stands inside sections, between tags and next to its like", () => {
		expect(render("{{#l}}${A}{{.}}${B}${C}{{/l}}", { l: [1, 2] }, { resolve: ({ name }) => name })).toBe("A1BCA2BC");
	});

	it("is told from the character that stands for it while parsing", () => {
		expect(render("\ufffc${V}\ufffc{{x}}", { x: "\ufffc" })).toBe("\ufffcvalue of V\ufffc\ufffc");
	});

	it("is asked for only where it is inserted", () => {
		expect(render("{{#if x}}${V}{{/if}}{{! ${V} }}", {}, { resolve: () => expect.unreachable() })).toBe("");
	});

	it("keeps a literal $${ as text", () => {
		expect(render("$${V} {{x}}", { x: 1 })).toBe("${V} 1");
	});
});

it("renders a template for many events", () => {
	const compiled = template('{"t": "{{x}}"}');
	const options = { escaping: "json", resolve: () => "" } as const;
	const bodies = ["a", '"'].map((x) => renderTemplate(compiled, { view: { x }, ...options }));
	expect(bodies.map((body) => parseJsonBody(body, compiled))).toEqual([{ t: "a" }, { t: '"' }]);
});

it("inserts a megabyte", () => {
	const x = 'a"\n\u2028\ud800é{{x}}'.repeat(100_000);
	expect(JSON.parse(render('{"x": "{{x}}", "l": {{{l}}}}', { x, l: [x] }, { escaping: "json" }))).toEqual({
		x,
		l: [x],
	});
});

it.each([
	["application/json", "json"],
	["Application/JSON; charset=UTF-8", "json"],
	[" application/json ;charset=utf-8", "json"],
	["application/cloudevents+json; charset=utf-8", "json"],
	["application/vnd.api+JSON", "json"],
	["application/x-www-form-urlencoded", "form"],
	["APPLICATION/X-WWW-FORM-URLENCODED; charset=utf-8", "form"],
	["text/plain; format=application/json", "none"],
	["application/jsonl", "none"],
	["application/x-ndjson", "none"],
	["application/xml", "none"],
	["+json", "none"],
	["", "none"],
])("%s is escaped as %s", (contentType, escaping) => {
	expect(escapingFor(contentType)).toBe(escaping);
});
