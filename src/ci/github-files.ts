// The files of the repository as GitHub's API tells them, for a workspace that has none, or none to be trusted.
import type { Env } from "../lib/env.ts";
import type { FileRead, Ports, ReadRemoteFile } from "../ports.ts";
import { describeApiError, inTime, loadApi, TOKEN } from "./ask-github.ts";
import { inside } from "./inside.ts";

/** A commit of a repository, and how it is asked for. */
export interface Source {
	/** `owner/name`; empty where nobody says. */
	readonly repository: string;
	/** Empty where nobody says. */
	readonly commit: string;
	readonly apiUrl: string;
	/** Empty where there is none. */
	readonly token: string;
}

/** What reading by the API needs of the world. */
export type SourcePorts = Pick<Ports, "files" | "clock">;

/** The commit of the run. */
export function sourceOf(env: Env, token: string): Source {
	return {
		repository: env["GITHUB_REPOSITORY"] ?? "",
		commit: env["GITHUB_SHA"] ?? "",
		apiUrl: env["GITHUB_API_URL"] || "https://api.github.com",
		token,
	};
}

/** `acme/warehouse at 0123456`. */
export function nameOf({ repository, commit }: Source): string {
	return `${repository || "the repository"} at ${commit.slice(0, 7) || "its default branch"}`;
}

/**
 * Reads what lies below `workspace` from the commit, never from the workspace, and everything else from the disk.
 * `because` begins what is told of a failure. `signal` ends a request early.
 */
export function githubFiles(
	source: Source,
	workspace: string,
	because: string,
	{ files, clock }: SourcePorts,
	signal: AbortSignal,
	load: () => Promise<ReadRemoteFile> = async () => (await loadApi()).readRemoteFile,
): Ports["files"] {
	const unreadable = (why: string, remedy: string): FileRead => {
		return { kind: "unreadable", detail: because === "" ? why : `${because}; ${why}`, remedy };
	};
	const read = async (path: string, limit: number): Promise<FileRead> => {
		const name = await inside(workspace, path, files);
		if (name === undefined) return files.read(path, limit);
		const { repository, commit, apiUrl, token } = source;
		if (repository === "" || commit === "") return unreadable("GITHUB_REPOSITORY or GITHUB_SHA is not set", "");
		if (token === "") {
			return unreadable("there is no token for GitHub's API", `give ${TOKEN}, with \`permissions: contents: read\``);
		}
		const readRemoteFile = await load();
		try {
			const bytes = await inTime(clock, signal, (ends) =>
				readRemoteFile({ token, apiUrl, repository, ref: commit, path: name, limit }, ends),
			);
			if (bytes === undefined) return { kind: "missing" };
			if (bytes.length > limit) return { kind: "unreadable", detail: `larger than ${limit} bytes` };
			return { kind: "file", bytes };
		} catch (error) {
			const orCheckout = because === "" ? "run actions/checkout before this step, or " : "";
			return unreadable(
				describeApiError(error),
				`${orCheckout}give the job \`permissions: contents: read\` and check ${TOKEN}`,
			);
		}
	};
	return { ...files, read };
}
