// Records in a bare repository on this machine, and what tests do to it behind their back.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import type { Records } from "../../src/model/records.ts";
import type { StoreFailure } from "../../src/model/store.ts";
import { type GitRecordsOptions, openGitRecords } from "../../src/store/git/refs.ts";

/** The environment of a git that no setting of the machine changes. */
export const GIT_ENV = {
	PATH: process.env["PATH"] ?? "",
	GIT_CONFIG_NOSYSTEM: "1",
	GIT_CONFIG_GLOBAL: "/dev/null",
	GIT_AUTHOR_NAME: "t",
	GIT_AUTHOR_EMAIL: "t@t.invalid",
	GIT_COMMITTER_NAME: "t",
	GIT_COMMITTER_EMAIL: "t@t.invalid",
};

/** Runs git in a repository; what it says, trimmed. */
export function gitIn(folder: string, args: readonly string[], input = ""): string {
	return execFileSync("git", args, { cwd: folder, env: GIT_ENV, input, encoding: "utf8", stdio: "pipe" }).trim();
}

/** Records in the repository at a path, with the environment of the tests. */
export function openRecords(remote: string, more: Partial<GitRecordsOptions> = {}): Promise<Records | StoreFailure> {
	return openGitRecords({ remote, env: process.env, temp: tmpdir(), ...more });
}

/** The ref of a record. */
export function refOf(id: string): string {
	return `refs/pipeline-hooks/v1/${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}

/** Makes a ref point to a commit with this text as its record. */
export function writeRef(repository: string, ref: string, text: string): void {
	const blob = gitIn(repository, ["hash-object", "-w", "--stdin"], text);
	const tree = gitIn(repository, ["mktree"], `100644 blob ${blob}\trecord.json\n`);
	gitIn(repository, ["update-ref", ref, gitIn(repository, ["commit-tree", "-m", "x", tree])]);
}
