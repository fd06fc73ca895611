// Files that a commit has, on real git repositories; and a git that is made to lie.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { committedFiles } from "../../../src/ci/committed.ts";
import { nodeAsk, nodeFiles } from "../../../src/node.ts";
import type { Ask } from "../../../src/ports.ts";
import { type Repository, repository } from "../../helpers/repository.ts";

const TREE = { "a/b/c.toml": "c\r\n", "a/d.toml": "d\n", "é.toml": "e\n" };

/** Reads a file of the checkout as its HEAD has it; `ask` may stand between. */
async function read({ folder, git }: Repository, name: string, ask: Ask = nodeAsk) {
	const files = await committedFiles(folder, git("rev-parse", "HEAD"), nodeFiles, ask);
	return files?.read(join(folder, name), 1000);
}

const SAME = { kind: "file" };
const MISSING = { kind: "missing" };
const OTHER = { kind: "unreadable", detail: expect.stringMatching(/^it is not as commit [0-9a-f]{7} has it$/) };

describe.each(["sha1", "sha256"])("in a repository of %s", (format) => {
	it("a file is read that is as the commit has it, and no other", async () => {
		const repo = repository(`--object-format=${format}`);
		repo.commit(TREE);
		for (const name of Object.keys(TREE)) expect(await read(repo, name)).toMatchObject(SAME);
		expect(await read(repo, "a/none.toml")).toEqual(MISSING);
		expect(await read(repo, "none/none.toml")).toEqual(MISSING);
		repo.write({ "a/d.toml": "d", "a/new.toml": "d\n", "new/d.toml": "d\n" });
		for (const name of ["a/d.toml", "a/new.toml", "new/d.toml"]) expect(await read(repo, name)).toMatchObject(OTHER);
	});
});

it("objects in packs, and in a clone without history, are read as well", async () => {
	const repo = repository();
	repo.commit(TREE);
	repo.commit({ "a/d.toml": "later\n" });
	repo.git("gc", "-q");
	expect(await read(repo, "a/d.toml")).toMatchObject(SAME);
	const clone = repository();
	clone.git("fetch", "-q", "--depth=1", `file://${repo.folder}`, "main");
	clone.git("checkout", "-q", "FETCH_HEAD");
	expect(await read(clone, "a/d.toml")).toMatchObject(SAME);
});

it("a commit whose message ends without a line break, as one of GitHub's web pages, is proved too", async () => {
	const repo = repository();
	repo.commit(TREE);
	const text = `${repo.git("cat-file", "commit", "HEAD")} (#7)`;
	writeFileSync(join(repo.folder, "commit"), text);
	repo.git("checkout", "-q", repo.git("hash-object", "-t", "commit", "-w", "commit"));
	expect(await read(repo, "a/d.toml")).toMatchObject(SAME);
});

it("a file that is gone, and one that is a link in the commit, are not as it has them", async () => {
	const repo = repository();
	repo.commit(TREE);
	repo.git("rm", "-q", "a/d.toml");
	expect(await read(repo, "a/d.toml")).toMatchObject(OTHER);
	// The link's own blob is its target's name.
	repo.write({ target: "target" });
	repo.git("add", "target");
	repo.git("update-index", "--add", "--cacheinfo", `120000,${repo.git("rev-parse", ":target")},link`);
	repo.git("commit", "-q", "-m", "x");
	repo.git("checkout", "-q", "--", "link");
	expect(await read(repo, "link")).toMatchObject(OTHER);
});

it("a file outside is read as it is", async () => {
	const repo = repository();
	repo.commit(TREE);
	const files = await committedFiles(repo.folder, repo.git("rev-parse", "HEAD"), nodeFiles, nodeAsk);
	expect(await files?.read(join(import.meta.dirname, "committed.test.ts"), 100_000)).toMatchObject(SAME);
});

it("there is nothing to read without a commit, without git, or at another commit", async () => {
	const repo = repository();
	expect(await committedFiles(repo.folder, "", nodeFiles, nodeAsk)).toBeUndefined();
	const first = repo.commit(TREE);
	expect(await committedFiles(repo.folder, first, nodeFiles, async () => undefined)).toBeUndefined();
	repo.commit({ more: "" });
	expect(await committedFiles(repo.folder, first, nodeFiles, nodeAsk)).toBeUndefined();
});

describe("nothing of what git says is believed: a file is not proved by", () => {
	const lie = (when: string, change: (said: string) => string | undefined): Ask => {
		return async (program, args, cwd) => {
			const said = await nodeAsk(program, args, cwd);
			return args.includes(when) && said !== undefined ? change(said) : said;
		};
	};
	it.each<[string, Ask]>([
		["another tree in the commit", lie("cat-file", (said) => said.replace(/^tree ../, "tree 00"))],
		["a commit that is not there", lie("cat-file", () => undefined)],
		["another id in a tree", lie("ls-tree", (said) => said.replaceAll(/ blob ../g, " blob 00"))],
		["another mode in a tree", lie("ls-tree", (said) => said.replaceAll("100644", "100755"))],
		["a further entry in a tree", lie("ls-tree", (said) => `${said}100644 blob ${"0".repeat(40)}\tz\0`)],
		["an empty tree", lie("ls-tree", () => "")],
		["a tree that is not there", lie("ls-tree", () => undefined)],
		["nonsense", lie("ls-tree", (said) => `x${said}`)],
	])("%s", async (_, ask) => {
		const repo = repository();
		repo.commit(TREE);
		expect(await read(repo, "a/d.toml", ask)).toMatchObject(OTHER);
		expect(await read(repo, "a/none.toml", ask)).toMatchObject(OTHER);
	});
});
