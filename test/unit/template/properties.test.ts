// What holds for every template, every value and every text.
import fc from "fast-check";
import mustache from "mustache";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/lib/json.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { BodyError, parseJsonBody } from "../../../src/template/body.ts";
import { compileTemplate } from "../../../src/template/compile.ts";
import { renderTemplate } from "../../../src/template/render.ts";
import { TemplateError } from "../../../src/template/tags.ts";
import { render } from "../../helpers/template.ts";

/** Any UTF-16, lone surrogates and controls too, with what could matter to a template or to JSON more often. */
const text = fc
	.array(
		fc.oneof(
			fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
			fc.constantFrom('"', "\\", "\n", "\u2028", "\ud83d", "{{event}}", "{{{x}}}", "}}", "{{/if}}", "${V}", "\ufffc"),
		),
	)
	.map((pieces) => pieces.join(""));

const json: fc.Arbitrary<Json> = fc
	.jsonValue({ stringUnit: "binary" })
	.map((value) => JSON.parse(JSON.stringify(value)));

function asText(value: Json): string {
	if (value === null) return "";
	return typeof value === "object" ? JSON.stringify(value) : String(value);
}

describe("values", () => {
	it("come out of a JSON body as they went in", () => {
		fc.assert(
			fc.property(fc.oneof(json, text), text, (x, secret) => {
				const source = '{"quoted": "{{x}}", "whole": {{{x}}}, "variable": "<${V}>"}';
				const body = render(source, { x, event: "expanded" }, { escaping: "json", resolve: () => secret });
				expect(JSON.parse(body)).toEqual({ quoted: asText(x), whole: x, variable: `<${secret}>` });
			}),
		);
	});

	it("come out of a form as they went in, lone surrogates replaced", () => {
		fc.assert(
			fc.property(text, text, (x, secret) => {
				const body = render("a={{x}}&b=${V}&c={{{x}}}", { x }, { escaping: "form", resolve: () => secret });
				const replaced = (value: string) =>
					new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(value));
				expect([...new URLSearchParams(body)]).toEqual([
					["a", replaced(x)],
					["b", replaced(secret)],
					["c", JSON.stringify(x)],
				]);
			}),
		);
	});
});

const pieces = fc.constantFrom(
	..."{{ }} {{{ }}} { } # ^ / & ! = > . if else x l".split(" "),
	...'{{else}} {{/if}} {{#l}} {{/l}} {{x}} {{.}} {{!x}} ${V} $${ ${V:-{{x}}} " : ,'.split(" "),
	"{{#if x}}",
	" ",
	"\n",
	"\r\n",
	"\ufffc",
);

describe("templates", () => {
	it("compile or are refused at a place inside them, and then render whatever the view", () => {
		let compiled = 0;
		fc.assert(
			fc.property(
				fc.oneof(
					fc.array(pieces).map((all) => all.join("")),
					text,
				),
				json,
				(source, x) => {
					try {
						const template = compileTemplate(parseReference(source));
						compiled++;
						const options = { view: { x, l: [x, 1] }, resolve: () => "{{x}}" };
						renderTemplate(template, { ...options, escaping: "form" });
						parseJsonBody(renderTemplate(template, { ...options, escaping: "json" }), template);
					} catch (error) {
						if (error instanceof BodyError) return;
						if (!(error instanceof TemplateError)) throw error;
						expect(error.offset).toBeGreaterThanOrEqual(0);
						expect(error.offset).toBeLessThan(source.length);
						expect(error.remedy).not.toBe("");
						expect(error.message).not.toMatch(/[\p{Cc}\p{Cs}]/u);
					}
				},
			),
			{ numRuns: 1000 },
		);
		expect(compiled).toBeGreaterThan(50);
	});

	/** Templates of Mustache's own language, in which both must agree to the last white space. */
	const { shared } = fc.letrec<{ shared: string; piece: string }>((tie) => ({
		shared: fc.array(tie("piece"), { maxLength: 6 }).map((all) => all.join("")),
		piece: fc.oneof(
			{ depthSize: "small", withCrossShrink: true },
			fc.constantFrom(" ", "\n", "\r\n", "\t", "a", "}", "}}", "{{x}}", "{{ o.y }}", "{{no}}", "{{!\n c }}", "{{.}}"),
			fc
				.tuple(fc.constantFrom("#", "^"), fc.constantFrom("x", "l", "o", "no", "zero", "o.y", "l.1"), tie("shared"))
				.map(([sigil, name, inner]) => `{{${sigil}${name}}}${inner}{{/ ${name} }}`),
		),
	}));

	it("render as Mustache does", () => {
		const view = { x: "<X>", l: ["i", { y: 2 }, 0], o: { x: 'in"', y: true }, zero: 0 };
		fc.assert(
			fc.property(shared, (source) => {
				expect(render(source, view)).toBe(mustache.render(source, view, {}, { escape: asText }));
			}),
			{ numRuns: 1000 },
		);
	});

	it("render {{#if}} as two sections would", () => {
		fc.assert(
			fc.property(shared, shared, fc.boolean(), (yes, no, flag) => {
				const view = { flag, x: 1, l: [2, 3], o: { y: 4 }, zero: 0 };
				const whole = (text: string) => text.replaceAll("\r", "");
				const [ifSource, sections] = [
					`{{#if flag}}${yes}{{else}}${no}{{/if}}`,
					`{{#flag}}${yes}{{/flag}}{{^flag}}${no}{{/flag}}`,
				].map(whole);
				expect(render(ifSource ?? "", view)).toBe(render(sections ?? "", view));
			}),
		);
	});
});
