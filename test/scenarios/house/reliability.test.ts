// docs/reliability.md: it has the titles of the scenarios, and every row has one.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { faultTitles, LAST_FAULT } from "../../../scripts/fault-titles.ts";
import { collectRows, EXEMPT, PAGE, reliabilityPage } from "../../../scripts/reliability-page.ts";

describe("the page", () => {
	const rows = collectRows();

	it("is what `npm run reliability` writes", async () => {
		expect(await readFile(PAGE, "utf8")).toBe(reliabilityPage(rows));
	});

	it("has a scenario in every row, except those of features that do not exist yet", () => {
		const unproved = [...rows].filter(([, titles]) => titles.length === 0).map(([number]) => number);
		expect(unproved).toEqual([...EXEMPT.keys()]);
		expect(rows.size).toBe(LAST_FAULT);
	});
});

describe("titles are collected", () => {
	const collect = (source: string) =>
		faultTitles("x.test.ts", source).map(({ number, sentence }) => `${number}: ${sentence}`);

	it.each([
		['it("fault 6: a reset", () => {});', ["6: a reset"]],
		['describe("fault 6: a reset", () => it("fault 7: a hang", () => {}));', ["6: a reset", "7: a hang"]],
		['it.each([408, 425, 429])("fault 18: a %i", () => {});', ["18: a 408, 425 and 429"]],
		['it.each([["a", f, 1], ["b", f, 1]])("fault 18: %s by %o and %i", () => {});', ["18: a and b by … and 1"]],
		['it.each(STATUSES)("fault 18: %i", () => {});', ["18: …"]],
		["describe.each`status\n${408}`('fault 18: $status', () => {});", ["18: …"]],
		['it.skipIf(!openssl)("fault 4: a certificate", () => {});', ["4: a certificate"]],
		['it("a reset", () => fail("fault line"));', []],
	])("from %s", (source, titles) => {
		expect(collect(source)).toEqual(titles);
	});

	it.each([
		['it("Fault 6: a reset", () => {});', "is not a fault title"],
		['it("fault 6 a reset", () => {});', "is not a fault title"],
		['it("fault 6:", () => {});', "is not a fault title"],
		['it("fault 06: a reset", () => {});', "is not a fault title"],
		['it("fault 67: a reset", () => {});', "is not a fault title"],
		["it(`fault 6: ${reset}`, () => {});", "is put together when it runs"],
		['it.skip("fault 6: a reset", () => {});', "never runs"],
		['it.todo("fault 6: a reset");', "never runs"],
		['it.each(["fault 6: a reset"])("%s", () => {});', "is not read as a title here"],
		['it("fault 6: a" + " reset", () => {});', "is not read as a title here"],
	])("and not from %s, which is told with its line", (source, why) => {
		expect(() => collect(`\n${source}`)).toThrow(/^x\.test\.ts:2: /);
		expect(() => collect(`\n${source}`)).toThrow(why);
	});
});
