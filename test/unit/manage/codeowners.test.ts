// CODEOWNERS: the examples of GitHub's own page, its exceptions, and files that nobody wrote by hand.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readCodeOwners } from "../../../src/manage/codeowners.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

/** The owners of one file. */
const codeOwners = (text: string, file: string) => readCodeOwners(text)([file]).owners;

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
	one: "src/file?.t? @one",
	star: "file\\*.js @star",
	mark: "what\\?/ @mark",
	hash: "a#b\\#c @hash",
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
		["one", ["src/file1.ts", "src/file*.ts/x"], ["src/file.ts", "src/file12.ts", "src/file/.ts"]],
		["star", ["file*.js", "x/file*.js"], ["fileX.js", "file\\*.js", "file.js"]],
		["mark", ["what?/a"], ["whatX/a"]],
		["hash", ["a#b#c"], ["a", "a#b\\#c"]],
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

	it.each([
		"!b.js @b",
		"[ab].js @c",
		"# *.js @d",
		"*.js notanowner",
		"*.js @b notanowner # and more",
		"*.js @b,@c",
		"*.js @b/c/d",
		"*.js b@c@d",
		"*.js @",
		"*.js\\",
		"/ @b",
		"\u2028#\u2028*.js @b",
	])("skips the line %j", (line) => {
		expect(codeOwners(`* @a\n${line}`, "b.js")).toEqual(["@a"]);
	});

	it("knows no # at the beginning of a pattern, escaped or not", () => {
		expect(codeOwners("* @a\n\\#foo @b\n#foo @c", "#foo")).toEqual(["@a"]);
	});

	it("has owners of every kind", () => {
		const owners = ["@a-b", "@a_b", "@acme/data.team", "a.b+c@example.com"];
		expect(codeOwners(`* ${owners.join("\t")}`, "x")).toEqual(owners);
	});

	it("gives the owners of several paths, each once", () => {
		const find = readCodeOwners("* @a\n/b/ @b @a\n/c/");
		expect(find(["b/1", "c/1", "x", "b/2", "b/1"])).toEqual({ owners: ["@b", "@a"], paths: 4, left: 0 });
	});

	it("says of how many paths nobody has looked, since they are too many", () => {
		const paths = Array.from({ length: 1500 }, (_, n) => `p${n}`);
		expect(readCodeOwners("*\np1000 @x\np7 @y")(paths)).toEqual({ owners: ["@y"], paths: 1500, left: 500 });
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
	});

	it("gives the owners of the last rule that matches by itself, whatever names they have", () => {
		const name = fc.constantFrom("a", "b", "ab", "*", "a*", "?b", "**");
		const pattern = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
		const rules = fc.array(fc.tuple(fc.constantFrom("", "/"), pattern, fc.constantFrom("", "/")), { maxLength: 8 });
		const path = fc.array(fc.constantFrom("a", "b", "ab", "c"), { minLength: 1, maxLength: 5 });
		fc.assert(
			fc.property(rules, path, (given, names) => {
				const lines = given.map((parts, n) => `${parts.join("")} @o${n}`);
				const file = names.join("/");
				const last = lines.findLast((line) => codeOwners(line, file).length > 0);
				expect(codeOwners(lines.join("\n"), file)).toEqual(last === undefined ? [] : codeOwners(last, file));
			}),
		);
	});

	it.each<readonly [string, text: string, paths: readonly string[]]>([
		["comments", `* @a${" #".repeat(200_000)}\u2028`, ["a"]],
		["wildcards", `${"**/a*a*a*b/".repeat(300)} @x`, ["aaaaaaaaaaaaaa/".repeat(250)]],
		["rules", lines((n) => `/services/team-${n}/**/x.sql @p${n}`), paths(1000)],
		["rules with wildcards", lines((n) => `*.x${n} @p${n}`), paths(1000)],
		["deep paths", lines((n) => `**/*a${n}*/x @p${n}`), [`services/${"a/".repeat(2000)}`]],
		["paths", "* @a\n*.sql @b", paths(150_000)],
	])("is read in bounded time, with many %s", (_, text, given) => {
		withinCpuTime(10_000, () => {
			readCodeOwners(text)(given);
		});
	});
});

/** A large file of rules, and paths of one event. */
function lines(line: (n: number) => string): string {
	return Array.from({ length: 20_000 }, (_, n) => line(n)).join("\n");
}
function paths(length: number): readonly string[] {
	return Array.from({ length }, (_, n) => `services/team-${n}/a/x.sql`);
}
