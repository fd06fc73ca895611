// The local provider and what a checkout tells it, on real git repositories; git is what they are compared with.
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { readCi } from "../../../src/ci/index.ts";
import { readCheckout } from "../../../src/ci/local.ts";
import { nodeFiles } from "../../../src/entry/node.ts";
import { asyncWithinCpuTime } from "../../helpers/cpu-time.ts";
import { fakeFiles } from "../../helpers/fakes.ts";
import { type Repository, repository, writeTree } from "../../helpers/repository.ts";
import { workspace } from "../../helpers/runner.ts";

const URL = "https://user:hunter2token@git.example.com/acme/warehouse.git";
const read = (folder: string) => readCheckout(folder, nodeFiles);

/** A repository with a commit, a remote before and after the one that counts, and a branch with a slash. */
function trunk(...options: readonly string[]): Repository & { readonly head: string } {
	const repo = repository(...options);
	const head = repo.commit({ "a/b/x": "x" });
	repo.git("remote", "add", "backup", "https://git.example.com/backup/copy.git");
	repo.git("remote", "add", "origin", URL);
	repo.git("remote", "add", "upstream", "https://git.example.com/up/stream.git");
	repo.git("checkout", "-q", "-b", "feature/x");
	return { ...repo, head };
}

it.each(["sha1", "sha256"])("tells branch, commit and origin, from any folder in it: %s", async (format) => {
	const { folder, head } = trunk(`--object-format=${format}`);
	const expected = { top: folder, branch: "feature/x", commit: head, origin: URL };
	expect(await read(folder)).toEqual(expected);
	expect(await read(join(folder, "a/b"))).toEqual(expected);
});

it("finds packed refs, and knows a commit without a branch", async () => {
	const { folder, git, head } = trunk();
	git("pack-refs", "--all");
	expect(await read(folder)).toMatchObject({ branch: "feature/x", commit: head });
	git("checkout", "-q", "--detach");
	expect(await read(folder)).toMatchObject({ branch: undefined, commit: head });
});

it("follows a worktree to its own branch and the shared rest", async () => {
	const { git, head } = trunk();
	const tree = join(workspace(), "tree");
	git("worktree", "add", "-q", "-b", "other", tree);
	expect(await read(tree)).toEqual({ top: tree, branch: "other", commit: head, origin: URL });
});

it("tells the branch of a repository without a commit", async () => {
	const { folder } = repository();
	expect(await read(folder)).toEqual({ top: folder, branch: "main", commit: undefined, origin: undefined });
});

it("tells nothing outside of a checkout, in an empty .git, and of files that are no git's", async () => {
	expect(await readCheckout("/a/b", fakeFiles())).toBeUndefined();
	const folder = workspace({ secret: "hunter2" });
	mkdirSync(join(folder, ".git"));
	expect(
		await readCheckout(folder, { ...nodeFiles, read: (path, limit) => inFolder(folder, path, limit) }),
	).toBeUndefined();
	symlinkSync(join(folder, "secret"), join(folder, ".git/HEAD"));
	writeTree(folder, { ".git/config": '[remote "origin"]\n\turl\n' });
	expect(await read(folder)).toEqual({ top: folder, branch: undefined, commit: undefined, origin: undefined });
	rmSync(join(folder, ".git/HEAD"));
	for (const head of ["ref: refs/heads/../../secret", "ref: refs/heads/.invalid", "ref: refs/tags/v1", "a b"]) {
		writeTree(folder, { ".git/HEAD": `${head}\n` });
		expect(await read(folder)).toMatchObject({ branch: undefined, commit: undefined });
	}
});

/** Nothing above the folder is there. */
async function inFolder(folder: string, path: string, limit: number) {
	return path.startsWith(folder) ? nodeFiles.read(path, limit) : ({ kind: "missing" } as const);
}

it.each([
	['[remote "origin"]\nurl = "https://h/a/b"', "https://h/a/b"],
	['[Remote "origin"] url = https://h/a/b', "https://h/a/b"],
	['[remote "other"]\nurl = https://h/x/y\n[remote "origin"]\n\tfetch = +x\n\tURL=https://h/a/b\r\n', "https://h/a/b"],
	['[remote "origin"]\nurl = " https://h/a b "  ', " https://h/a b "],
	['[remote "origin"]\nurl = "https://h/a" ; b"\nurl = https://h/c', "https://h/c"],
	['[remote "Origin"]\nurl = https://h/a/b', undefined],
	['[branch "origin"]\nremote = origin\nurl = x', undefined],
])("reads the settings as git does: %j", async (config, origin) => {
	const files = fakeFiles({ "/w/.git/HEAD": "ref: refs/heads/main\n", "/w/.git/config": config });
	expect((await readCheckout("/w", files))?.origin).toBe(origin);
});

it("reads long lines of the settings in little time", async () => {
	const blanks = " ".repeat(4000);
	await asyncWithinCpuTime(1000, async () => {
		for (const line of [
			`url=${blanks}"${blanks}x${blanks}y`,
			`url${blanks}x`,
			`[${blanks}x`,
			`[x ${'" '.repeat(1600)}`,
		]) {
			const config = `[remote "origin"]\n${line.repeat(10)}"x"\n[remote "origin"]\nurl = https://h/a/b\n`;
			const files = fakeFiles({ "/w/.git/HEAD": "ref: refs/heads/main\n", "/w/.git/config": config });
			expect((await readCheckout("/w", files))?.origin).toBe("https://h/a/b");
		}
	});
});

const readRun = (cwd: string) => readCi({ env: {}, files: nodeFiles, cwd, now: new Date(0) });

it("outside of git there are no facts, and the folder names the pipeline", async () => {
	const folder = workspace();
	expect(await readRun(folder)).toMatchObject({
		facts: { provider: "local" },
		runId: "local-19700101T000000Z",
		pipeline: basename(folder),
		workspace: folder,
	});
});

it("a checkout tells branch, commit and repository, and no credential of the remote's URL", async () => {
	const { folder, git, commit } = repository();
	const head = commit({ "a/x": "x" });
	git("remote", "add", "origin", "https://user:hunter2token@git.example.com/acme/warehouse.git");
	const run = await readRun(folder);
	expect(run.facts).toEqual({ provider: "local", repository: "acme/warehouse", branch: "main", commit: head });
	expect(JSON.stringify(run)).not.toContain("hunter2");
	expect((await readRun(`${folder}/a`)).pipeline).toBe(basename(folder));
});
