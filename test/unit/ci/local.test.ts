// The local provider, on real git repositories.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readCi } from "../../../src/ci/index.ts";
import { nodeAsk, nodeFiles } from "../../../src/node.ts";

const folder = mkdtempSync(join(tmpdir(), "local-ci-"));
afterAll(() => rmSync(folder, { recursive: true }));
const git = (...args: string[]) =>
	execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: folder, encoding: "utf8" });
const read = (cwd: string) => readCi({ env: {}, files: nodeFiles, ask: nodeAsk, cwd, now: new Date(0) });

test("outside of git there are no facts, and the folder names the pipeline", async () => {
	expect(await read(folder)).toMatchObject({
		facts: { provider: "local" },
		runId: "local-19700101T000000Z",
		pipeline: basename(folder),
		workspace: folder,
	});
});

test("git tells branch, commit and repository, and no credential of the remote's URL", async () => {
	git("init", "-q", "-b", "trunk");
	git("commit", "-q", "--allow-empty", "-m", "x");
	git("remote", "add", "origin", "https://user:hunter2token@git.example.com/acme/warehouse.git");
	const run = await read(folder);
	expect(run.facts).toEqual({
		provider: "local",
		repository: "acme/warehouse",
		branch: "trunk",
		commit: git("rev-parse", "HEAD").trim(),
	});
	expect(JSON.stringify(run)).not.toContain("hunter2");
});
