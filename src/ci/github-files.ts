// The files of the repository as GitHub's API tells them, for a job that has checked nothing out.
import { isAbsolute, relative, sep } from "node:path";
import type { Env, FileRead, Files, ReadRemoteFile } from "../ports.ts";

/**
 * Reads what lies below `workspace` from the repository at the commit of the run. Undefined where there is no token, or the
 * workspace is a checkout already: what is missing in that is missing.
 */
export async function githubFiles(
	workspace: string,
	token: string,
	env: Env,
	files: Files,
): Promise<Files | undefined> {
	const repository = env["GITHUB_REPOSITORY"];
	const ref = env["GITHUB_SHA"];
	const apiUrl = env["GITHUB_API_URL"] || "https://api.github.com";
	if (token === "" || !repository || !ref) return undefined;
	const git = await files.read(`${workspace}/.git`, 1);
	if (git.kind !== "missing") return undefined;
	const read = async (path: string, limit: number): Promise<FileRead> => {
		const inside = relative(workspace, path).replaceAll(sep, "/");
		if (inside.startsWith("..") || isAbsolute(inside)) return { kind: "missing" };
		try {
			const readRemoteFile = await loadApi();
			const bytes = await readRemoteFile({ token, apiUrl, repository, ref, path: inside });
			if (bytes === undefined) return { kind: "missing" };
			return bytes.length > limit
				? { kind: "unreadable", detail: `larger than ${limit} bytes` }
				: { kind: "file", bytes };
		} catch (error) {
			const remedy = "run actions/checkout before this step, or give the job `contents: read` and check github-token";
			return {
				kind: "unreadable",
				detail: `GitHub's API: ${error instanceof Error ? error.message : String(error)}`,
				remedy,
			};
		}
	};
	return { ...files, read };
}

/** Octokit's bundle lies beside ours in dist/. The bundler must neither follow the import nor see the file as an asset. */
async function loadApi(): Promise<ReadRemoteFile> {
	const ours = import.meta.url;
	const theirs = new URL("../github/index.js", ours).href;
	// The exports of a CommonJS bundle are the default export of its namespace.
	const bundle: { readonly default: { readonly readRemoteFile: ReadRemoteFile } } = await import(
		/* webpackIgnore: true */ theirs
	);
	return bundle.default.readRemoteFile;
}
