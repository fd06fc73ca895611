// Git's plumbing in the folder of a config file, with nothing that settings of a repository could start.
import type { Env } from "../../lib/env.ts";
import type { Shell } from "../../ports.ts";

/** Where Git is run, and with what. */
export interface Place {
	readonly folder: string;
	readonly shell: Shell;
	readonly env: Env;
	readonly signal: AbortSignal;
}

/** What a command of Git has printed; `failure` where it did not succeed. */
export interface Printed {
	readonly lines: readonly string[];
	readonly failure?: "no git" | "foreign" | "other";
}

/** Runs a command of Git, which reads what it is about from variables. */
export type Git = (command: string, about?: Readonly<Record<string, string>>) => Promise<Printed>;

const TIMEOUT_MS = 30_000;

/** A shell's exit code for a program that is not there. */
const NOT_FOUND = 127;

/**
 * Git in a folder. A repository's own settings can name programs: only plumbing is to be called, which starts none of
 * them, and nothing is fetched, which would start a transport.
 */
export function gitIn({ folder, shell, env, signal }: Place): Git {
	return async (command, about = {}) => {
		const lines: string[] = [];
		const errors: string[] = [];
		const { end } = await shell.run(
			{
				command,
				shell: "sh",
				cwd: folder,
				env: { ...quietEnv(env), ...about },
				stdin: "",
				timeoutMs: TIMEOUT_MS,
				onLine: (line, stream) => (stream === "stdout" ? lines : errors).push(line),
			},
			signal,
		);
		if (end.kind === "exit" && end.code === 0) return { lines };
		if (end.kind === "exit" && end.code === NOT_FOUND) return { lines: [], failure: "no git" };
		const isForeign = errors.some((line) => line.includes("dubious ownership"));
		return { lines: [], failure: isForeign ? "foreign" : "other" };
	};
}

/** The user's settings say which repositories of others are safe to read, as in a container whose workspace is the runner's. */
const USERS = ["PATH", "HOME", "USERPROFILE", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"] as const;

/** No pager, no prompt, no lock, no fetch, no hook. */
function quietEnv(env: Env): Readonly<Record<string, string>> {
	const users = USERS.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
	return {
		...Object.fromEntries(users),
		LC_ALL: "C",
		GIT_ALLOW_PROTOCOL: "none",
		GIT_CONFIG_COUNT: "3",
		GIT_CONFIG_KEY_0: "core.fsmonitor",
		GIT_CONFIG_KEY_1: "core.hooksPath",
		GIT_CONFIG_KEY_2: "core.quotePath",
		GIT_CONFIG_VALUE_0: "false",
		GIT_CONFIG_VALUE_1: "/dev/null",
		GIT_CONFIG_VALUE_2: "false",
		GIT_LITERAL_PATHSPECS: "1",
		GIT_NO_LAZY_FETCH: "1",
		GIT_NO_REPLACE_OBJECTS: "1",
		GIT_OPTIONAL_LOCKS: "0",
		GIT_PAGER: "cat",
		GIT_TERMINAL_PROMPT: "0",
	};
}
