// The files of the repository as GitHub's API tells them, for a workspace that has none, or none to be trusted.
import type { Env, FileRead, Ports, ReadRemoteFile } from "../ports.ts";
import { excerpt } from "../text.ts";
import { inside } from "./inside.ts";

/** Milliseconds for one file, a second try included. */
const LIMIT_MS = 15_000;

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
	load: () => Promise<ReadRemoteFile> = loadApi,
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
			const why = `GitHub's API ${excerpt(error instanceof Error ? error.message : String(error), 300)}`;
			const orCheckout = because === "" ? "run actions/checkout before this step, or " : "";
			return unreadable(why, `${orCheckout}give the job \`permissions: contents: read\` and check ${TOKEN}`);
		}
	};
	return { ...files, read };
}

const TOKEN = "github-token (for the command: GITHUB_TOKEN in its environment)";

/** Ends the work after a time; its own rejection then says so. */
async function inTime<T>(
	clock: SourcePorts["clock"],
	signal: AbortSignal,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const late = new AbortController();
	const done = new AbortController();
	void clock
		.sleep(LIMIT_MS, done.signal)
		.then(() => late.abort(new Error(`gave no whole answer within ${LIMIT_MS / 1000} s`)));
	try {
		return await work(AbortSignal.any([signal, late.signal]));
	} finally {
		done.abort();
	}
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
