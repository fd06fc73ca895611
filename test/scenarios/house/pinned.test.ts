// Actions of others, in our workflows and in what people copy from our pages: pinned by commit, with the tag beside it.
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

const FILES = globSync(
	[
		"action.yml",
		"lifecycle/action.yml",
		"redeliver/action.yml",
		"*.md",
		"docs/**/*.md",
		".github/**/*.{yml,yaml}",
		"examples/**/*",
	],
	{
		exclude: ["**/node_modules/**"],
	},
).filter((path) => /\.(md|ya?ml)$/.test(path));

/** Our own action has no release yet whose commit could be named. */
const OURS = /^(\.\/.*|pipeline-hooks\/pipeline-hooks(\/lifecycle|\/redeliver)?@v0)$/;
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v?\d+\.\d+\.\d+$/;

/** What `uses:` names, with the comment beside it. */
function usesOf(text: string): readonly string[] {
	return [...text.matchAll(/^[\s-]*uses: *(\S.*?)\s*$/gm)].map(([, used = ""]) => used);
}

const all = (await Promise.all(FILES.map((path) => readFile(path, "utf8")))).flatMap(usesOf);

describe("actions of others", () => {
	it("are pinned by commit, with the version in a comment", () => {
		const others = all.filter((used) => !OURS.test(used));
		expect(others.length).toBeGreaterThan(8);
		expect(others.filter((used) => !PINNED.test(used))).toEqual([]);
	});

	it("are the same everywhere", () => {
		const others = new Set(all.filter((used) => !OURS.test(used)));
		const names = [...others].map((used) => used.slice(0, used.indexOf("@")));
		expect(names).toEqual([...new Set(names)]);
	});

	it.each([
		["actions/checkout@v5", "a tag"],
		["actions/checkout@fbc6f3992d24b796d5a048ff273f7fcc4a7b6c09", "no version"],
		["docker://alpine:3", "an image"],
	])("would not be with %s: %s", (used) => {
		expect(usesOf(`      - uses: ${used}\n`)).toEqual([used]);
		expect(PINNED.test(used) || OURS.test(used)).toBe(false);
	});
});
