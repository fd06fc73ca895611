// The history of a config file in Git, where the file is in a repository.
import { basename, dirname } from "node:path";
import type { Env } from "../../lib/env.ts";
import type { Shell } from "../../ports.ts";

/** What Git knows of a file. */
export interface History {
	/** How many commits have changed it, the first one included. */
	readonly commits: number;
	/** Milliseconds since 1970: of the last of them. */
	readonly at: number;
	/** The name of its author. */
	readonly author: string;
	/** The file before the last of them; undefined if it was not there, or is too large to be read here. */
	readonly before: string | undefined;
}

/** The history, or why there is none. */
export type Read = { readonly history: History } | { readonly problem: string };

/** The id of a commit, whatever the hash. */
const ID = /^[\da-f]{40,64}$/;

const TIMEOUT_MS = 30_000;

/**
 * Reads a file's history. A repository's own settings can name programs: only commands of Git's plumbing are called, which
 * start none of them, and nothing is fetched, which would start a transport.
 */
export async function readHistory(path: string, shell: Shell, env: Env, signal: AbortSignal): Promise<Read> {
	const run = async (command: string, more: Readonly<Record<string, string>> = {}) => {
		const lines: string[] = [];
		const { end } = await shell.run(
			{
				command,
				shell: "sh",
				cwd: dirname(path),
				env: { ...quietEnv(env), FILE: `./${basename(path)}`, ...more },
				stdin: "",
				timeoutMs: TIMEOUT_MS,
				onLine: (line, stream) => stream === "stdout" && lines.push(line),
			},
			signal,
		);
		return end.kind === "exit" && end.code === 0 ? lines : undefined;
	};
	const [isShallow] = (await run("git rev-parse --is-shallow-repository")) ?? [];
	if (isShallow === undefined) return { problem: "it is in no repository that Git can read" };
	if (isShallow !== "false") return { problem: "the clone has no history: fetch all of it (fetch-depth: 0)" };
	const found = (await run('git rev-list --format="tformat:%ct %an" HEAD -- "$FILE"')) ?? [];
	const ids = found.flatMap((line) => /^commit ([\da-f]+)$/.exec(line)?.[1] ?? []).filter((id) => ID.test(id));
	const [, seconds = "", author = ""] = /^(\d+) (.*)$/.exec(found[1] ?? "") ?? [];
	if (ids.length === 0 || seconds === "") return { problem: "it is not committed" };
	const before = await run('git cat-file blob "$COMMIT^:$FILE"', { COMMIT: ids[0] ?? "" });
	return { history: { commits: ids.length, at: Number(seconds) * 1000, author, before: before?.join("\n") } };
}

/** Of the caller's settings only where programs are: no pager, no prompt, no lock, no fetch, no configuration but the repository's. */
function quietEnv(env: Env): Readonly<Record<string, string>> {
	return {
		PATH: env["PATH"] ?? "",
		LC_ALL: "C",
		GIT_ALLOW_PROTOCOL: "none",
		GIT_CONFIG_COUNT: "2",
		GIT_CONFIG_GLOBAL: "/dev/null",
		GIT_CONFIG_KEY_0: "core.fsmonitor",
		GIT_CONFIG_KEY_1: "core.hooksPath",
		GIT_CONFIG_NOSYSTEM: "1",
		GIT_CONFIG_VALUE_0: "false",
		GIT_CONFIG_VALUE_1: "/dev/null",
		GIT_LITERAL_PATHSPECS: "1",
		GIT_NO_LAZY_FETCH: "1",
		GIT_NO_REPLACE_OBJECTS: "1",
		GIT_OPTIONAL_LOCKS: "0",
		GIT_PAGER: "cat",
		GIT_TERMINAL_PROMPT: "0",
	};
}
