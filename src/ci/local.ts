// A person's machine, or any place no other provider knows: the facts that git tells.
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import type { CiFacts } from "../event/event.ts";
import { compact } from "../json.ts";
import type { Env } from "../ports.ts";
import type { CiProvider, CiRun, CiSources } from "./ci.ts";

export const local: CiProvider = {
	name: "local",
	detect: () => true,
	read,
};

async function read({ ask, cwd, now, env }: CiSources): Promise<CiRun> {
	const git = (...args: string[]) => ask("git", args, cwd);
	const [top, branch, commit, remote] = await Promise.all([
		git("rev-parse", "--show-toplevel"),
		git("symbolic-ref", "--short", "--quiet", "HEAD"),
		git("rev-parse", "--verify", "--quiet", "HEAD"),
		git("remote", "get-url", "origin"),
	]);
	const repository = remote === undefined ? undefined : repositoryOf(remote);
	const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
	return {
		facts: compact<CiFacts>({ provider: "local", repository, branch, commit }),
		runId: `local-${stamp}`,
		pipeline: basename(top ?? cwd),
		holdingFolder: holdingFolder(env, cwd),
		// The current folder, not the top of the checkout: a person says `--config` relative to where they stand.
		workspace: cwd,
		secretsWithheld: false,
		exposure: undefined,
	};
}

/** One for each folder that a person works in: what one fires in it stays together. */
function holdingFolder(env: Env, cwd: string): string {
	const temporary = env["TMPDIR"] || env["TEMP"] || "/tmp";
	const owner = `${env["USER"] ?? env["USERNAME"] ?? ""}\n${cwd}`;
	return join(temporary, `pipeline-hooks-held-${createHash("sha256").update(owner).digest("hex").slice(0, 32)}`);
}

/** `owner/name` of a remote's URL; whatever stands before it (a user, a token, a host) is left out. */
function repositoryOf(remote: string): string | undefined {
	return /[/:]([^/:@\s]+\/[^/\s]+?)(?:\.git)?\/?$/.exec(remote)?.[1];
}
