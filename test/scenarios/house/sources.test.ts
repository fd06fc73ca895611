// Rules of the house that no linter knows: every source file says its subject first, and entries stay small.
import { existsSync, globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

const files = globSync("{src,test,scripts,bench}/**/*.ts");

describe("every file", () => {
	it.each(files.sort())("%s begins with its subject", async (file) => {
		expect((await readFile(file, "utf8")).split("\n", 1)).toEqual([expect.stringMatching(/^\/\/ \S.{8,}[.:?!)]$/)]);
	});
});

describe.each(["src/action.ts", "src/cli.ts"].filter((file) => existsSync(file)))("%s", (file) => {
	it("only maps inputs to one call, in 60 lines", async () => {
		const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
		expect(lines.length).toBeLessThanOrEqual(60);
	});
});
