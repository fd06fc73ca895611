// Asking GitHub's API: with octokit, which is loaded only then, and for a bounded time.

import { excerpt } from "../lib/text.ts";
import type { Ports, ReadRemoteFile, ReadRemoteRun } from "../ports.ts";

/** Milliseconds for one answer, a second try included. */
const LIMIT_MS = 15_000;

/** How whoever reads a remedy gives a token. */
export const TOKEN = "github-token (for the command: GITHUB_TOKEN in its environment)";

/** What octokit's bundle exports. */
export interface GithubApi {
	readonly readRemoteFile: ReadRemoteFile;
	readonly readRemoteRun: ReadRemoteRun;
}

/** Octokit's bundle lies beside ours in dist/. The bundler must neither follow the import nor see the file as an asset. */
export async function loadApi(): Promise<GithubApi> {
	const ours = import.meta.url;
	const theirs = new URL("../github/index.js", ours).href;
	// The exports of a CommonJS bundle are the default export of its namespace.
	const bundle: { readonly default: GithubApi } = await import(/* webpackIgnore: true */ theirs);
	return bundle.default;
}

/** Ends the work after a time; its own rejection then says so. */
export async function inTime<T>(
	clock: Ports["clock"],
	signal: AbortSignal,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const late = new AbortController();
	const done = new AbortController();
	void clock
		.sleep(LIMIT_MS, done.signal)
		.then(() => late.abort(new Error(`gave no complete response within ${LIMIT_MS / 1000} s`)));
	try {
		return await work(AbortSignal.any([signal, late.signal]));
	} finally {
		done.abort();
	}
}

/** What became of it, in one bounded line: `GitHub's API answered 403: Resource not accessible by integration`. */
export function describeApiError(error: unknown): string {
	return `GitHub's API ${excerpt(error instanceof Error ? error.message : String(error), 300)}`;
}
