// CODEOWNERS: the examples of GitHub's own page, its exceptions, and files that nobody wrote by hand.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { codeOwners } from "../../../src/manage/codeowners.ts";

/** https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners#example-of-a-codeowners-file */
const RULES = {
	everything: "*       @global-owner1 @global-owner2",
	js: "*.js    @js-owner #This is an inline comment.",
	go: "*.go docs@example.com",
	txt: "*.txt @octo-org/octocats",
	logs: "/build/logs/ @doctocat",
	files: "docs/* docs@example.com",
	apps: "apps/ @octocat",
	docs: "/docs/ @doctocat",
	both: "/scripts/ @doctocat @octocat",
	anywhere: "**/logs @octocat",
	nobody: "/apps/github",
	below: "**/tests/**/*.sql @tester",
	all: "/data/** @data",
	root: "/*.toml @root",
};

describe("a rule", () => {
	test.each<readonly [keyof typeof RULES, yes: readonly string[], no: readonly string[]]>([
		["everything", ["a", "a/b/c.js", ".github/x"], []],
		["js", ["a.js", "src/deep/b.js", "x.js/inside"], ["a.jsx", "js"]],
		["txt", ["a.txt", "/a.txt", "./b/a.txt"], ["a.txt.md"]],
		["logs", ["build/logs/a", "build/logs/x/a"], ["x/build/logs/a", "build/logs", "build/a"]],
		["files", ["docs/getting-started.md"], ["docs/build-app/troubleshooting.md", "docs", "x/docs/a"]],
		["apps", ["apps/a", "x/apps/y/z"], ["apps", "x/apps", "xapps/a"]],
		["docs", ["docs/a", "docs/a/b"], ["x/docs/a", "docs"]],
		["anywhere", ["logs", "build/logs/a", "deeply/nested/logs"], ["logs2", "catalogs/a"]],
		["nobody", ["apps/github", "apps/github/x"], ["x/apps/github"]],
		["below", ["tests/a.sql", "x/tests/y/z/a.sql"], ["tests/a.py", "a.sql"]],
		["all", ["data/a", "data/a/b"], ["data", "x/data/a"]],
		["root", ["a.toml"], ["x/a.toml"]],
	])("for %s", (rule, yes, no) => {
		const owned = (path: string) => codeOwners(`* @nobody-else\n${RULES[rule]}`, path)[0] !== "@nobody-else";
		if (rule === "everything") expect(codeOwners(RULES[rule], "x")).toEqual(["@global-owner1", "@global-owner2"]);
		expect(yes.filter((path) => !owned(path))).toEqual([]);
		expect(no.filter(owned)).toEqual([]);
	});
});

describe("the file", () => {
	const file = ["# A comment", "", ...Object.values(RULES)].join("\r\n");

	it("gives the owners of the last rule that matches", () => {
		expect(codeOwners(file, "src/a.js")).toEqual(["@js-owner"]);
		expect(codeOwners(file, "a.go")).toEqual(["docs@example.com"]);
		expect(codeOwners(file, "scripts/a.js")).toEqual(["@doctocat", "@octocat"]);
		expect(codeOwners(file, "README")).toEqual(["@global-owner1", "@global-owner2"]);
	});

	it("may say that nobody owns something", () => {
		expect(codeOwners(file, "apps/github/a.js")).toEqual([]);
		expect(codeOwners("/a @x", "b")).toEqual([]);
		expect(codeOwners("", "b")).toEqual([]);
		expect(codeOwners("* @x", "")).toEqual([]);
	});

	it("takes what gitignore has and CODEOWNERS has not for no rule", () => {
		expect(codeOwners("*.js @a\n!b.js @b\n[ab].js @c\n# *.js @d", "b.js")).toEqual(["@a"]);
	});

	it("takes a space behind a backslash for part of a name", () => {
		expect(codeOwners("/my\\ models/ @a b@x.y", "my models/orders.sql")).toEqual(["@a", "b@x.y"]);
	});

	it("is read in bounded time, whatever is in it", () => {
		const odd = fc.array(fc.constantFrom("*", "**", "/", "a", "\\", " ", "#", "@o", "\n", ".js"), { maxLength: 60 });
		fc.assert(
			fc.property(odd, odd, (text, path) => {
				expect(codeOwners(text.join(""), path.join("")).every((owner) => owner !== "")).toBe(true);
			}),
		);
		const start = performance.now();
		codeOwners(`${"**/a*a*a*b/".repeat(300)} @x`, "aaaaaaaaaaaaaa/".repeat(250));
		expect(performance.now() - start).toBeLessThan(2000);
	});
});
