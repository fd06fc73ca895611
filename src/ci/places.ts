// Where the config of a run is read from, and whether the workspace may be trusted then.
import type { Untrusted } from "../delivery.ts";
import type { Problem, ProblemCode } from "../errors.ts";
import type { Files, Ports } from "../ports.ts";
import type { CiRun, Exposure } from "./ci.ts";
import { committedFiles } from "./committed.ts";
import { githubFiles, nameOf, type Source, sourceOf } from "./github-files.ts";

/** One place where the config may be. */
export interface ConfigPlace {
	/** For the config, and for what it names. */
	readonly files: Files;
	/** The place to look at when this problem is met here. */
	readonly next?: { readonly on: ProblemCode; readonly place: ConfigPlace };
	/** What whoever watches should know of this place. */
	readonly note?: string;
	/** What to tell when there is no config here, where that is more than the usual. `config` is the input. */
	readonly missing?: (config: string | undefined) => Problem;
	/** Set where what lies in the workspace may be a stranger's. */
	readonly untrusted?: Untrusted;
}

/** What finding a config needs of the world. */
export type PlacePorts = Pick<Ports, "env" | "files" | "clock" | "ask">;

/** The first place to look for a config at. `token` is for GitHub's API; empty where there is none. */
export async function configPlace(
	{ workspace, exposure }: CiRun,
	token: string,
	ports: PlacePorts,
	signal: AbortSignal,
): Promise<ConfigPlace> {
	const { files } = ports;
	const source = sourceOf(ports.env, token);
	if (exposure !== undefined) return exposedPlace(exposure, source, workspace, ports, signal);
	const { repository, commit } = source;
	if (token === "" || repository === "" || commit === "") return { files };
	// In a checkout, what is missing is missing.
	const git = await files.read(`${workspace}/.git`, 1);
	if (git.kind !== "missing") return { files };
	const remote = githubFiles(source, workspace, "", ports, signal);
	return { files, next: { on: "config_missing", place: { files: remote } } };
}

/** A checkout of the base commit is trusted as far as it is that commit; of anything else nothing is read. */
async function exposedPlace(
	{ event, checkoutCounts }: Exposure,
	source: Source,
	workspace: string,
	ports: PlacePorts,
	signal: AbortSignal,
): Promise<ConfigPlace> {
	const because = `on ${event} config files are read from ${nameOf(source)}, not from the workspace`;
	const base = (why: string): ConfigPlace => ({
		files: githubFiles(source, workspace, because, ports, signal),
		note: because,
		missing: (config) => ({
			code: "config_missing",
			message: `${config === undefined ? "there is no config file" : `config file ${config} is not there`}; ${because}`,
			remedy: "give its path in the repository; where it is there, the job needs `permissions: contents: read`",
		}),
		untrusted: { event, why },
	});
	const short = source.commit.slice(0, 7);
	if (!checkoutCounts) return base("the workspace may hold a stranger's code");
	const files = await committedFiles(workspace, source.commit, ports.files, ports.ask);
	if (files === undefined) {
		return base(`the workspace is no checkout of ${short}, so that it may hold a stranger's code`);
	}
	// Nobody but the run itself should have changed it; who has, may have changed more.
	const changed = base(
		`the config in the workspace is not that of ${short}, so that other files may be a stranger's too`,
	);
	return { files, next: { on: "config_unreadable", place: changed } };
}
