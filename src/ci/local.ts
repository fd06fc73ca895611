// A person's machine, or any place no other provider knows: the facts that a git checkout tells.
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import type { Env } from "../lib/env.ts";
import { compact } from "../lib/json.ts";
import type { CiFacts } from "../model/event.ts";
import { readCheckout } from "./checkout.ts";
import type { CiProvider, CiRun, CiSources } from "./ci.ts";

export const local: CiProvider = {
	name: "local",
	detect: () => true,
	read,
};

async function read({ files, cwd, now, env, matrix }: CiSources): Promise<CiRun> {
	const { top, branch, commit, origin } = (await readCheckout(cwd, files)) ?? {};
	const repository = origin === undefined ? undefined : repositoryOf(origin);
	const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
	return {
		facts: compact<CiFacts>({ provider: "local", repository, branch, commit, matrix }),
		runId: `local-${stamp}`,
		pipeline: basename(top ?? cwd),
		holdingFolder: holdingFolder(env, cwd),
		// The current folder, not the top of the checkout: a person says `--config` relative to where they stand.
		workspace: cwd,
		secretsWithheld: false,
		untrusted: undefined,
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
