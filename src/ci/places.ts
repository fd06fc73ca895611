// Where the config of a run is read from, and whether the workspace may be trusted then.
import type { Untrusted } from "../model/delivery.ts";
import type { Problem } from "../model/problem.ts";
import type { Files, Ports } from "../ports.ts";
import { githubFiles, sourceOf } from "./ask-github.ts";
import type { CiRun } from "./ci.ts";

/** One place where the config may be. */
export interface ConfigPlace {
	/** For the config, and for what it names. */
	readonly files: Files;
	/** Whether each look at a file is a request to GitHub's API. */
	readonly isRemote?: true;
	/** The place to look at when there is no config here. */
	readonly next?: ConfigPlace;
	/** A line for the log about this place. */
	readonly note?: string;
	/** The problem if there is no config here, if it is not the usual one. `config` is the input. */
	readonly missing?: (config: string | undefined) => Problem;
	/** Set if the files of the workspace may be a stranger's. */
	readonly untrusted?: Untrusted;
}

/** The first place to look for a config. `token` is for GitHub's API; empty if there is none. */
export async function configPlace(
	{ workspace, untrusted }: CiRun,
	token: string,
	ports: Pick<Ports, "env" | "files" | "clock">,
	signal: AbortSignal,
): Promise<ConfigPlace> {
	const { files } = ports;
	const source = sourceOf(ports.env, token);
	const { repository, commit } = source;
	if (untrusted === undefined) {
		if (token === "" || repository === "" || commit === "") return { files };
		// In a checkout, a missing file is really missing.
		const git = await files.read(`${workspace}/.git`, 1);
		if (git.kind !== "missing") return { files };
		return { files, next: { files: githubFiles(source, workspace, "", ports, signal), isRemote: true } };
	}
	// Nothing in the workspace is trusted, whatever seems to be checked out there: a folder can claim anything.
	const base = `${repository || "the repository"} at ${commit.slice(0, 7) || "its default branch"}`;
	const note = `on ${untrusted.event} config files are read from ${base}, not from the workspace`;
	return {
		files: githubFiles(source, workspace, note, ports, signal),
		isRemote: true,
		note,
		missing: (config) => ({
			code: "config_missing",
			message: `${config === undefined ? "there is no config file" : `config file ${config} not found`}; ${note}`,
			remedy: "give its path in the repository; if it is there, the job needs `permissions: contents: read`",
		}),
		untrusted,
	};
}
