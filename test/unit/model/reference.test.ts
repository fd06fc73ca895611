// References to variables in config strings: split, resolved, and what is none.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	isLiteral,
	literalParts,
	malformedReference,
	parseReference,
	resolveReference,
} from "../../../src/model/reference.ts";

const text = (source: string, env: Record<string, string> = {}) => resolveReference(parseReference(source), env);

describe("parseReference", () => {
	it("splits text and variables, with and without a default", () => {
		expect(parseReference(`https://\${HOST}/\${PATH:-a b}?x`).parts).toEqual([
			"https://",
			{ name: "HOST", fallback: undefined },
			"/",
			{ name: "PATH", fallback: "a b" },
			"?x",
		]);
	});

	it("keeps the source, so that it can be shown without any value", () => {
		expect(parseReference(`\${TOKEN}`).source).toBe(`\${TOKEN}`);
	});

	it.each([
		[`$\${VAR}`, `\${VAR}`],
		[`a$$b$`, `a$$b$`],
		[`$VAR`, `$VAR`],
		[`$$\${VAR}`, `$\${VAR}`],
	])("takes %s for plain text", (source, plain) => {
		const reference = parseReference(source);
		expect(isLiteral(reference)).toBe(true);
		expect(literalParts(reference).join("")).toBe(plain);
	});

	it("allows an empty default", () => {
		expect(text(`a\${X:-}b`)).toEqual({ kind: "text", text: "ab", values: [] });
	});
});

describe("resolveReference", () => {
	it("puts values in and tells what they were, defaults not included", () => {
		expect(text(`\${A}-\${B:-b}-\${C:-c}`, { A: "1", C: "3" })).toEqual({
			kind: "text",
			text: "1-b-3",
			values: [
				{ variable: "A", value: "1" },
				{ variable: "C", value: "3" },
			],
		});
	});

	it("counts an empty variable as unset, and names the first one", () => {
		expect(text(`\${A}\${B}\${C}`, { A: "1", B: "" })).toEqual({ kind: "unset", variable: "B" });
		expect(text(`\${B:-b}`, { B: "" })).toEqual({ kind: "text", text: "b", values: [] });
	});

	it("never looks into values for more references", () => {
		expect(text(`\${A}`, { A: `\${B}`, B: "no" })).toMatchObject({ text: `\${B}` });
	});

	it("gives every text back that holds no dollar sign before a brace", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme" }), (source) => {
				fc.pre(!source.includes("${"));
				expect(text(source)).toEqual({ kind: "text", text: source, values: [] });
			}),
		);
	});

	it("gives any value back whole", () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1, unit: "binary" }), (value) => {
				expect(text(`<\${V}>`, { V: value })).toEqual({
					kind: "text",
					text: `<${value}>`,
					values: [{ variable: "V", value }],
				});
			}),
		);
	});
});

describe("malformedReference", () => {
	it.each([
		[`\${1X}`, 0],
		[`a\${VAR`, 1],
		[`\${A}\${VAR:?x}`, 4],
		[`\${}`, 0],
		[`\${ A }`, 0],
		[`\${{ secrets.X }}`, 0],
		[`$\${A}\${`, 5],
	])("finds the error in %s", (source, index) => {
		expect(malformedReference(source)).toBe(index);
	});

	it.each([`\${A}`, `\${a_1:-x y}`, `$\${1X}`, "$A", "{$}", ""])("finds none in %s", (source) => {
		expect(malformedReference(source)).toBeUndefined();
	});
});
