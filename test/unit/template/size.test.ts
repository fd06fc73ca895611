// Sections that multiply: a body that would never be done, or not fit into memory, is refused in bounded time.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeMessage } from "../../../src/deliver/message.ts";
import { ExactNumber } from "../../../src/lib/exact-number.ts";
import { BodyError } from "../../../src/template/body.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { delivery, event, webhook } from "../../helpers/make.ts";
import { render, template } from "../../helpers/template.ts";

const nested = (depth: number, names: readonly string[], inside: string): string => {
	const all = Array.from({ length: depth }, (_, index) => names[index % names.length]);
	return `${all.map((name) => `{{#${name}}}`).join("")}${inside}${all
		.reverse()
		.map((name) => `{{/${name}}}`)
		.join("")}`;
};

const LARGE = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key ${index}`, index]));

describe("a body", () => {
	it.each([
		["a list in itself", nested(60, ["l"], "x"), { l: [1, 2] }],
		["sections that insert nothing", nested(3, ["l"], ""), { l: Array(2000).fill(0) }],
		["lists in each other", nested(3, ["a", "b"], "{{.}}"), { a: Array(3000).fill("a"), b: Array(3000).fill("b") }],
		["a long text, over and over", "{{#l}}{{{text}}}{{/l}}", { l: Array(1000).fill(0), text: "x".repeat(1_000_000) }],
		[
			"a question about a long list, over and over",
			nested(60, ["l", "if tree"], ""),
			{ l: [1, 2], tree: Array(5000).fill(0) },
		],
		["a question about a large object, over and over", nested(60, ["l", "if tree"], ""), { l: [1, 2], tree: LARGE }],
		["names that are looked up far outside", nested(98, ["o", "l"], "{{l}}"), { o: { x: 1 }, l: [{ x: 1 }, { x: 2 }] }],
		["a tree, over and over", "{{#l}}{{tree}}{{/l}}", { l: Array(1000).fill(0), tree: Array(300_000).fill(0) }],
	])("of %s is refused", (_, source, view) => {
		const closed = source.replaceAll(/\{\{\/if \w+\}\}/g, "{{/if}}");
		withinCpuTime(4000, () => expect(() => render(closed, view)).toThrow("body is too large"));
		withinCpuTime(4000, () => expect(() => render(closed, view, { isRocky: true })).toThrow("body is too large"));
	});

	it("may ask for a long number over and over", () => {
		const view = { n: new ExactNumber(`1.${"0".repeat(100_000)}`), l: Array(20_000).fill(0) };
		withinCpuTime(2000, () => expect(render("{{#l}}{{#n}}x{{/n}}{{^n}}y{{/n}}{{/l}}", view)).toBe("x".repeat(20_000)));
	});

	it("fails the hook that it is for, and says what to do", () => {
		const bodyTemplate = template(nested(60, ["owners"], "x"));
		const of = delivery(webhook({ bodyTemplate }), event("ping", { owners: ["a", "b"] }));
		expect(makeMessage(of, {})).toEqual({
			cause: "invalid_message",
			retryable: false,
			reason: "body_template: body is too large (repeat less: a list inside a list multiplies)",
		});
	});

	it("may be as large as ten thousand items make it", () => {
		const l = Array.from({ length: 10_000 }, (_, index) => ({ name: `item ${index}`, rows: [1, 2, 3] }));
		const source = "{{#l}}{{name}}:{{#rows}} {{.}}{{/rows}}{{#if no}}x{{else}};{{/if}}\n{{/l}}";
		const lines = render(source, { l }).split("\n");
		expect(lines).toHaveLength(10_001);
		expect(lines[9999]).toBe("item 9999: 1 2 3;");
	});

	it("is made or refused in bounded time, however sections are nested", () => {
		const depth = fc.integer({ min: 0, max: 100 });
		const list = fc.integer({ min: 0, max: 2000 });
		const names = fc.array(fc.constantFrom("a", "b", "o", "if a", "no"), { minLength: 1, maxLength: 4 });
		fc.assert(
			fc.property(
				depth,
				list,
				list,
				names,
				fc.constantFrom("", "x", "{{a}}", "{{{b}}}"),
				(levels, a, b, all, inside) => {
					const source = nested(levels, all, inside).replaceAll(/\{\{\/if \w+\}\}/g, "{{/if}}");
					const view = { a: Array(a).fill("a"), b: Array(b).fill({ a: ["b"] }), o: { b: [1, 2] } };
					withinCpuTime(4000, () => {
						try {
							render(source, view, { escaping: "json" });
						} catch (error) {
							if (!(error instanceof BodyError)) throw error;
						}
					});
				},
			),
			{ numRuns: 4 },
		);
	});
});
