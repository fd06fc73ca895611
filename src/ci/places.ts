// Where the config of a run is read from, and whether the workspace may be trusted then.
import type { Untrusted } from "../model/delivery.ts";
import type { Problem } from "../model/problem.ts";
import type { Files, Ports } from "../ports.ts";
import type { CiRun } from "./ci.ts";
import { githubFiles, nameOf, type Source, sourceOf } from "./github-files.ts";

/** One place where the config may be. */
export interface ConfigPlace {
	/** For the config, and for what it names. */
	readonly files: Files;
	/** Whether each look at a file is a request to GitHub's API. */
	readonly isRemote?: true;
	/** The place to look at when there is no config here. */
	readonly next?: ConfigPlace;
	/** What whoever watches should know of this place. */
	readonly note?: string;
	/** What to tell when there is no config here, where that is more than the usual. `config` is the input. */
	readonly missing?: (config: string | undefined) => Problem;
	/** Set where what lies in the workspace may be a stranger's. */
	readonly untrusted?: Untrusted;
}

/** What finding a config needs of the world. */
export type PlacePorts = Pick<Ports, "env" | "files" | "clock">;

/** The first place to look for a config at. `token` is for GitHub's API; empty where there is none. */
export async function configPlace(
	{ workspace, untrusted }: CiRun,
	token: string,
	ports: PlacePorts,
	signal: AbortSignal,
): Promise<ConfigPlace> {
	const { files } = ports;
	const source = sourceOf(ports.env, token);
	if (untrusted !== undefined) return basePlace(untrusted, source, workspace, ports, signal);
	const { repository, commit } = source;
	if (token === "" || repository === "" || commit === "") return { files };
	// In a checkout, what is missing is missing.
	const git = await files.read(`${workspace}/.git`, 1);
	if (git.kind !== "missing") return { files };
	return { files, next: { files: githubFiles(source, workspace, "", ports, signal), isRemote: true } };
}

/** Nothing in the workspace counts, whatever is checked out there: a folder can say anything of itself. */
function basePlace(
	untrusted: Untrusted,
	source: Source,
	workspace: string,
	ports: PlacePorts,
	signal: AbortSignal,
): ConfigPlace {
	const because = `on ${untrusted.event} config files are read from ${nameOf(source)}, not from the workspace`;
	return {
		files: githubFiles(source, workspace, because, ports, signal),
		isRemote: true,
		note: because,
		missing: (config) => ({
			code: "config_missing",
			message: `${config === undefined ? "there is no config file" : `config file ${config} not found`}; ${because}`,
			remedy: "give its path in the repository; where it is there, the job needs `permissions: contents: read`",
		}),
		untrusted,
	};
}
