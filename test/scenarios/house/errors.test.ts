// docs/errors.md: it is what the code says, of every code and cause that the source uses and of no other.
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { errorsPage, PAGE } from "../../../scripts/errors-page.ts";
import { CAUSES, CODES, WARNINGS } from "../../../scripts/explanations.ts";

const page = await readFile(PAGE, "utf8");
// A page has elements, and no errors.
const sources = globSync("src/**/*.ts", { exclude: ["src/page/**"] });
const files = await Promise.all(sources.map((file) => readFile(file, "utf8")));
/** Without the types that declare the names. */
const source = files.join("\n").replaceAll(/^\t\| "[a-z_]+";?$/gm, "");

it("is what `npm run errors` writes", () => {
	expect(page).toBe(errorsPage());
});

describe.each(Object.entries({ ...CODES, ...WARNINGS, ...CAUSES }))("%s", (name, { meaning, example, remedy }) => {
	it("is used, and has a meaning, an example of one line and a remedy, on the page", () => {
		expect(source).toContain(`"${name}"`);
		for (const text of [meaning, example, remedy]) {
			expect(text).toMatch(/^\S.{4,}[^.\s]$/);
			expect(page).toContain(text);
		}
	});
});

it("has a row for every code that an error is made with", () => {
	const codes = new Set([...source.matchAll(/\bcode: "([a-z_]+)"/g)].map(([, code]) => code));
	for (const code of codes) expect(page).toContain(`| \`${code}\` |`);
	expect(codes.size).toBeGreaterThan(5);
});
