// Git, run in a bare repository of ours with nothing of the job's environment but what it takes to reach the remote.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "../../lib/env.ts";
import { errorCode } from "../../model/problem.ts";
import type { StoreFailure } from "../../model/store.ts";
import { type Ran, runProgram } from "../../shell/program.ts";
import type { Remote } from "./remote.ts";

/** What git is run with. */
export interface GitOptions {
	/** The job's: PATH, proxies and certificates are taken from it. */
	readonly env: Env;
	/** The folder that ours is made in. */
	readonly temp: string;
	/** For each command. */
	readonly timeoutMs?: number;
}

/** Long enough for a push over a slow line, and short enough for the end of a job. */
const TIMEOUT_MS = 60_000;

/** Of all that git writes: far more than all records that make sense. */
const OUTPUT_LIMIT = 512 * 1024 * 1024;

/** `GIT_CONFIG_COUNT`, on which all settings depend, came with it: https://git-scm.com/docs/git-config#ENVIRONMENT */
const [MAJOR, MINOR] = [2, 31] as const;

/** What git and its libraries read of the job's environment. Variables of Windows are found in any case. */
const PASSED = /^(path|pathext|systemroot|windir|(https|all|no)_proxy|ssl_cert_(file|dir)|git_ssl_ca(info|path))$/i;

/** The name of the remote, and below which its refs are ours, as they were when they were last seen. */
export const [REMOTE, KNOWN] = ["store", "refs/known/"] as const;

/** Of all refs of the store, in the remote. */
export const REFS = "refs/pipeline-hooks/";

/** A command that ended by itself. */
export type GitRan = Extract<Ran, { kind: "exit" }>;

/** Where there is no git that can be used. */
export interface NoGit extends StoreFailure {
	readonly isMissing: true;
}

/** Runs git in a repository of its own, which goes with it. */
export class Git {
	readonly #folder: string;
	readonly #env: Readonly<Record<string, string>>;
	readonly #timeoutMs: number;

	private constructor(folder: string, env: Readonly<Record<string, string>>, timeoutMs = TIMEOUT_MS) {
		this.#folder = folder;
		this.#env = env;
		this.#timeoutMs = timeoutMs;
	}

	static async start(remote: Remote, { env, temp, timeoutMs }: GitOptions): Promise<Git | NoGit | StoreFailure> {
		let folder: string;
		try {
			folder = await mkdtemp(join(temp, "pipeline-hooks-git-"));
		} catch (error) {
			return { problem: `${temp}: git's files cannot be written there: ${errorCode(error)}` };
		}
		const git = new Git(folder, environment(env, folder, remote), timeoutMs);
		const failure = await git.#prepare();
		if (failure === undefined) return git;
		await git.close();
		return failure;
	}

	async #prepare(): Promise<NoGit | StoreFailure | undefined> {
		const version = await this.run(["version"]);
		if ("problem" in version) return version;
		const said = version.stdout.toString().trim();
		const [, major, minor] = /(\d+)\.(\d+)/.exec(said) ?? [];
		if (Number(major) < MAJOR || (Number(major) === MAJOR && Number(minor) < MINOR)) {
			return { problem: `the git store needs git ${MAJOR}.${MINOR} or later, and this is ${said}`, isMissing: true };
		}
		const made = await this.run(["init", "--quiet", "--bare", "--template="]);
		if ("problem" in made) return made;
		return made.code === 0 ? undefined : { problem: `${this.#folder}: ${made.stderr.trim()}` };
	}

	async run(args: readonly string[], stdin = ""): Promise<GitRan | NoGit | StoreFailure> {
		const [cwd, env, timeoutMs] = [this.#folder, this.#env, this.#timeoutMs];
		const ran = await runProgram({ program: "git", args, cwd, env, stdin, timeoutMs, limit: OUTPUT_LIMIT });
		switch (ran.kind) {
			case "exit":
				return ran;
			case "timeout":
				return { problem: `git ${args[0]} took longer than ${timeoutMs / 1000} s` };
			case "over_limit":
				return { problem: `git ${args[0]} gave more than ${OUTPUT_LIMIT / 1024 / 1024} MiB` };
			case "not_started":
				return notStarted(ran.code, cwd);
		}
	}

	async close(): Promise<void> {
		// What cannot be removed goes with the temporary folder.
		await rm(this.#folder, { recursive: true, force: true }).catch(() => {});
	}
}

function notStarted(code: string, folder: string): NoGit | StoreFailure {
	if (code !== "ENOENT") return { problem: `git could not be started: ${code}` };
	if (!existsSync(folder)) return { problem: `${folder} is gone` };
	return { problem: "git was not found: install it, or use another store", isMissing: true };
}

/** Nothing else of the job is in it. The token is for one server, and in no command line. */
function environment(env: Env, home: string, { url, scheme, authorization }: Remote): Readonly<Record<string, string>> {
	const passed = Object.entries(env).flatMap(([name, value]) =>
		PASSED.test(name) && value !== undefined ? [[name, value]] : [],
	);
	const settings: readonly (readonly [key: string, value: string])[] = [
		[`remote.${REMOTE}.url`, url],
		[`remote.${REMOTE}.fetch`, `+${REFS}*:${KNOWN}*`],
		["core.hooksPath", "/dev/null"],
		["core.askPass", ""],
		["credential.helper", ""],
		["protocol.allow", "never"],
		[`protocol.${scheme}.allow`, "always"],
		["http.followRedirects", "false"],
		["gc.auto", "0"],
		["maintenance.auto", "false"],
		...(authorization === undefined
			? []
			: [[`http.${new URL(url).origin}/.extraHeader`, `Authorization: ${authorization}`] as const]),
	];
	const config = settings.flatMap(([key, value], at) => [
		[`GIT_CONFIG_KEY_${at}`, key],
		[`GIT_CONFIG_VALUE_${at}`, value],
	]);
	return {
		...Object.fromEntries(passed),
		...Object.fromEntries(config),
		GIT_CONFIG_COUNT: String(settings.length),
		GIT_CONFIG_NOSYSTEM: "1",
		GIT_CONFIG_GLOBAL: "/dev/null",
		GIT_DIR: home,
		GIT_OPTIONAL_LOCKS: "0",
		GIT_TERMINAL_PROMPT: "0",
		HOME: home,
		LC_ALL: "C",
	};
}
