// What contributors are told: the packages that tests need, and where to report what.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const page = await readFile("CONTRIBUTING.md", "utf8");

it("CONTRIBUTING.md names every package that .ci/run installs, and no other", async () => {
	const [, list = ""] = /^packages=\(\n([\s\S]*?)^\)/m.exec(await readFile(".ci/run", "utf8")) ?? [];
	const installed = [...list.matchAll(/^\t([\w.+-]+)/gm)].map(([, name]) => name);
	const named = [...page.matchAll(/^\| `([\w.+-]+)` \|/gm)].map(([, name]) => name);
	expect(installed.length).toBeGreaterThan(10);
	expect(named.toSorted()).toEqual(installed.toSorted());
});

it("its commands are scripts of package.json", async () => {
	const { scripts }: { scripts: Record<string, string> } = JSON.parse(await readFile("package.json", "utf8"));
	const named = [...page.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);
	expect(named).toContain("build");
	for (const name of named) expect(scripts).toHaveProperty(name);
});

it.each(["bug", "feature"])("the form %s has a title, and fields with ids of their own", async (name) => {
	const form = await readFile(`.github/ISSUE_TEMPLATE/${name}.yml`, "utf8");
	expect(form).toMatch(/^name: \S.*\ndescription: \S.*\n/);
	const fields = form.split(/^ {2}- (?=type: )/m).slice(1);
	const ids = fields
		.filter((field) => !field.startsWith("type: markdown"))
		.map((field) => /^ {4}id: (\w+)$/m.exec(field)?.[1]);
	expect(ids).not.toContain(undefined);
	expect(new Set(ids).size).toBe(ids.length);
});

it.each(["config", "bug"])("%s sends security reports to where SECURITY.md does", async (name) => {
	const text = await readFile(`.github/ISSUE_TEMPLATE/${name}.yml`, "utf8");
	expect(text).toContain("https://github.com/pipeline-hooks/pipeline-hooks/security/advisories/new");
	expect(await readFile("SECURITY.md", "utf8")).toContain("Report a vulnerability");
});
