// The local provider, on real git repositories.
import { basename } from "node:path";
import { expect, test } from "vitest";
import { readCi } from "../../../src/ci/index.ts";
import { nodeFiles } from "../../../src/entry/node.ts";
import { repository } from "../../helpers/repository.ts";
import { workspace } from "../../helpers/runner.ts";

const read = (cwd: string) => readCi({ env: {}, files: nodeFiles, cwd, now: new Date(0) });

test("outside of git there are no facts, and the folder names the pipeline", async () => {
	const folder = workspace();
	expect(await read(folder)).toMatchObject({
		facts: { provider: "local" },
		runId: "local-19700101T000000Z",
		pipeline: basename(folder),
		workspace: folder,
	});
});

test("a checkout tells branch, commit and repository, and no credential of the remote's URL", async () => {
	const { folder, git, commit } = repository();
	const head = commit({ "a/x": "x" });
	git("remote", "add", "origin", "https://user:hunter2token@git.example.com/acme/warehouse.git");
	const run = await read(folder);
	expect(run.facts).toEqual({ provider: "local", repository: "acme/warehouse", branch: "main", commit: head });
	expect(JSON.stringify(run)).not.toContain("hunter2");
	expect((await read(`${folder}/a`)).pipeline).toBe(basename(folder));
});
