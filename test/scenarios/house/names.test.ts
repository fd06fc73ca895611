// Names that stand in two places: the action's inputs, and the version.
import { globSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { VERSION } from "../../../src/lib/version.ts";
import { readInputs } from "../../../src/run/inputs.ts";

it("the inputs that are read are those of action.yml", async () => {
	const action = await readFile("action.yml", "utf8");
	const section = action.slice(action.indexOf("\ninputs:"), action.indexOf("\noutputs:"));
	const declared = [...section.matchAll(/^ {2}([a-z-]+):$/gm)].map((match) => match[1] ?? "");
	const read = new Set<string>();
	readInputs((name) => {
		read.add(name);
		return name === "event" ? "ping" : "";
	});
	expect([...read].toSorted()).toEqual(declared.toSorted());
});

it("the version is package.json's", async () => {
	const { version }: { readonly version: string } = JSON.parse(await readFile("package.json", "utf8"));
	expect(VERSION).toBe(version);
});

it("no file of ours is imported by a name that the bundles leave out", async () => {
	const bundle = await readFile("scripts/bundle.ts", "utf8");
	const left = [...bundle.matchAll(/"(\.\/[a-z-]+)\.js": "node:os"/g)].map((match) => match[1] ?? "");
	expect(left).toContain("./summary");
	const sources = globSync("src/**/*.ts").map((path) => readFileSync(path, "utf8"));
	for (const name of left) for (const source of sources) expect(source).not.toContain(`from "${name}.ts"`);
});
