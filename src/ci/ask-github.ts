// Requests to GitHub's API, for files of the run's commit and for the workflow run. Octokit is loaded only then.
import { isAbsolute, relative, sep } from "node:path";
import type { Env } from "../lib/env.ts";
import { isJsonObject, isTooDeep, MAX_DEPTH, parseJson } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { FoundResource } from "../model/event.ts";
import type { FileRead, Files, Ports, ReadRemoteFile, ReadRemoteRun } from "../ports.ts";

/** Milliseconds for one response, a second attempt included. */
const LIMIT_MS = 15_000;

/** Bytes; a workflow run takes some 20 000, and more with each pull request and each workflow that it reuses. */
const RUN_LIMIT = 1024 * 1024;

const TOKEN = "github-token (for the command: GITHUB_TOKEN in its environment)";
const NO_TOKEN = "there is no token for GitHub's API";
const GIVE_RESOURCE = "give `resource` in the context";
const LET_READ_RUN = `give the job \`permissions: actions: read\` and check ${TOKEN}, or ${GIVE_RESOURCE}`;

/** What octokit's bundle exports. */
export interface GithubApi {
	readonly readRemoteFile: ReadRemoteFile;
	readonly readRemoteRun: ReadRemoteRun;
}

/** A commit of a repository, and how to ask for it. */
export interface Source {
	/** `owner/name`; empty if unknown. */
	readonly repository: string;
	/** Empty if unknown. */
	readonly commit: string;
	readonly apiUrl: string;
	/** Empty if there is none. */
	readonly token: string;
}

/** The commit of the run. */
export function sourceOf(env: Env, token: string): Source {
	return {
		repository: env["GITHUB_REPOSITORY"] ?? "",
		commit: env["GITHUB_SHA"] ?? "",
		apiUrl: env["GITHUB_API_URL"] || "https://api.github.com",
		token,
	};
}

/**
 * Reads files of `workspace` from the commit, never from the workspace, and all others from the disk. Failures begin with
 * `because`. `signal` ends a request early.
 */
export function githubFiles(
	{ repository, commit, apiUrl, token }: Source,
	workspace: string,
	because: string,
	{ files, clock }: Pick<Ports, "files" | "clock">,
	signal: AbortSignal,
	load: () => Promise<Pick<GithubApi, "readRemoteFile">> = loadApi,
): Files {
	const unreadable = (why: string, remedy: string): FileRead => {
		return { kind: "unreadable", detail: because === "" ? why : `${because}; ${why}`, remedy };
	};
	const read = async (file: string, limit: number): Promise<FileRead> => {
		const path = await inside(workspace, file, files);
		if (path === undefined) return files.read(file, limit);
		if (repository === "" || commit === "") return unreadable("GITHUB_REPOSITORY or GITHUB_SHA is not set", "");
		if (token === "") return unreadable(NO_TOKEN, `give ${TOKEN}, with \`permissions: contents: read\``);
		const { readRemoteFile } = await load();
		const { bytes, failure } = await inTime(clock, signal, (ends) =>
			readRemoteFile({ token, apiUrl, repository, ref: commit, path, limit }, ends),
		);
		if (failure !== undefined) {
			const orCheckout = because === "" ? "run actions/checkout before this step, or " : "";
			return unreadable(failure, `${orCheckout}give the job \`permissions: contents: read\` and check ${TOKEN}`);
		}
		if (bytes === undefined) return { kind: "missing" };
		if (bytes.length > limit) return { kind: "unreadable", detail: `larger than ${limit} bytes` };
		return { kind: "file", bytes };
	};
	return { ...files, read };
}

/**
 * The path from the workspace, with `/`. Undefined for a path that leads outside, both as it is written and with all
 * links followed: another name of the workspace is the workspace.
 */
async function inside(workspace: string, path: string, files: Files): Promise<string | undefined> {
	return below(workspace, path) ?? below(await files.real(workspace), await files.real(path));
}

function below(folder: string, path: string): string | undefined {
	const way = relative(folder, path).replaceAll(sep, "/");
	const leaves = way === "" || way === ".." || way.startsWith("../") || isAbsolute(way);
	return leaves ? undefined : way;
}

/**
 * Reads the workflow run of this job. `token` is for GitHub's API; empty if there is none. `signal` ends the request early.
 * A failure is a value with its reason.
 */
export async function workflowRun(
	env: Env,
	token: string,
	clock: Ports["clock"],
	signal: AbortSignal,
	load: () => Promise<Pick<GithubApi, "readRemoteRun">> = loadApi,
): Promise<FoundResource> {
	const { repository, apiUrl } = sourceOf(env, token);
	const id = env["GITHUB_RUN_ID"] ?? "";
	const none = (why: string, remedy = GIVE_RESOURCE) => ({ reason: `${why}; ${remedy}` });
	if (env["GITHUB_ACTIONS"] !== "true") return none("outside GitHub Actions there is no workflow run");
	if (repository === "" || !/^\d{1,15}$/.test(id)) return none("GITHUB_REPOSITORY or GITHUB_RUN_ID is not set");
	if (token === "") return none(NO_TOKEN, `give ${TOKEN}, or ${GIVE_RESOURCE}`);
	const { readRemoteRun } = await load();
	const { bytes, failure } = await inTime(clock, signal, (ends) =>
		readRemoteRun({ token, apiUrl, repository, runId: Number(id), limit: RUN_LIMIT }, ends),
	);
	if (failure !== undefined) return none(failure, LET_READ_RUN);
	if (bytes === undefined) return none(`GitHub's API does not know run ${id} of ${repository}`, LET_READ_RUN);
	if (bytes.length > RUN_LIMIT) return none(`the workflow run is larger than ${RUN_LIMIT} bytes`);
	const resource = parseJson(new TextDecoder().decode(bytes));
	if (!isJsonObject(resource)) return none("GitHub's API responded with something other than a JSON object");
	if (isTooDeep(resource)) return none(`the workflow run is nested deeper than ${MAX_DEPTH} levels`);
	return { resource };
}

/** Octokit's bundle lies beside ours in dist/. The bundler must neither follow the import nor see the file as an asset. */
async function loadApi(): Promise<GithubApi> {
	const ours = import.meta.url;
	const theirs = new URL("../github/index.js", ours).href;
	// The exports of a CommonJS bundle are the default export of its namespace.
	const bundle: { readonly default: GithubApi } = await import(/* webpackIgnore: true */ theirs);
	return bundle.default;
}

interface Asked {
	/** Absent if the API does not have it. */
	readonly bytes?: Uint8Array | undefined;
	/** In one bounded line: `GitHub's API responded with 403: Resource not accessible by integration`. */
	readonly failure?: string;
}

/** Waits for `read` for at most {@link LIMIT_MS}. */
async function inTime(
	clock: Ports["clock"],
	signal: AbortSignal,
	read: (signal: AbortSignal) => Promise<Uint8Array | undefined>,
): Promise<Asked> {
	const late = new AbortController();
	const done = new AbortController();
	const reason = new Error(`gave no complete response within ${LIMIT_MS / 1000} s`);
	void clock.sleep(LIMIT_MS, done.signal).then(() => late.abort(reason));
	try {
		return { bytes: await read(AbortSignal.any([signal, late.signal])) };
	} catch (error) {
		return { failure: `GitHub's API ${excerpt(error instanceof Error ? error.message : String(error), 300)}` };
	} finally {
		done.abort();
	}
}
