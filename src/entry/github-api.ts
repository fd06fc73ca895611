// The bundle of its own that holds octokit: loaded only when GitHub's API is really asked for something.
import { getOctokit } from "@actions/github";
import { isJsonObject, parseJson } from "../lib/json.ts";
import type { RemoteFile, RemoteRun } from "../ports.ts";

type Octokit = ReturnType<typeof getOctokit>;

/** Reads a file as `ReadRemoteFile` says. What may pass (no answer, a cut one, a 5xx) is tried once more. */
export async function readRemoteFile(file: RemoteFile, signal: AbortSignal): Promise<Uint8Array | undefined> {
	const octokit = getOctokit(file.token, { baseUrl: file.apiUrl });
	return twice(signal, () => readFileOnce(octokit, file, signal));
}

/** Reads a run as `ReadRemoteRun` says. What may pass is tried once more. */
export async function readRemoteRun(run: RemoteRun, signal: AbortSignal): Promise<Uint8Array | undefined> {
	const octokit = getOctokit(run.token, { baseUrl: run.apiUrl });
	return twice(signal, () => readRunOnce(octokit, run, signal));
}

async function twice<T>(signal: AbortSignal, read: () => Promise<T>): Promise<T | undefined> {
	for (let attempt = 1; ; attempt += 1) {
		try {
			return await read();
		} catch (error) {
			const status = statusOf(error);
			if (status === 404) return undefined;
			if (signal.aborted) throw signal.reason;
			if (attempt === 2 || (status !== undefined && status < 500)) throw new Error(describe(error, status));
		}
	}
}

/** https://docs.github.com/en/rest/repos/contents#get-repository-content */
async function readFileOnce(octokit: Octokit, { repository, path, ref, limit }: RemoteFile, signal: AbortSignal) {
	const { data, headers } = await octokit.rest.repos.getContent({
		...ownerAndName(repository),
		path,
		ref,
		mediaType: { format: "raw" },
		request: { signal, parseSuccessResponseBody: false },
	});
	// The raw format gives the content itself; a folder or a submodule comes as JSON all the same.
	if (!headers["content-type"]?.startsWith("application/json")) return collect(data, limit);
	return fileInJson(await collect(data, 2 * limit));
}

/** The file in the JSON of Gitea and Forgejo, which know no raw format here: https://docs.gitea.com/api/#tag/repository */
function fileInJson(bytes: Uint8Array): Uint8Array | undefined {
	const entry = parseJson(new TextDecoder().decode(bytes));
	if (!isJsonObject(entry) || entry["type"] !== "file" || entry["encoding"] !== "base64") return undefined;
	const content = entry["content"];
	return typeof content === "string" ? new Uint8Array(Buffer.from(content, "base64")) : undefined;
}

/** https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run */
async function readRunOnce(octokit: Octokit, { repository, runId, limit }: RemoteRun, signal: AbortSignal) {
	const { data } = await octokit.rest.actions.getWorkflowRun({
		...ownerAndName(repository),
		run_id: runId,
		request: { signal, parseSuccessResponseBody: false },
	});
	return collect(data, limit);
}

function ownerAndName(repository: string) {
	const [owner = "", repo = ""] = repository.split("/");
	return { owner, repo };
}

/**
 * Octokit's own reading takes a body that is cut for an empty one, so it is told to leave the stream alone, of which the
 * types of its endpoints know nothing.
 */
async function collect(body: unknown, limit: number): Promise<Uint8Array> {
	if (!(body instanceof ReadableStream)) return new Uint8Array();
	const stream: ReadableStream<Uint8Array> = body;
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of stream) {
		length += chunk.length;
		chunks.push(chunk);
		if (length > limit) break;
	}
	return new Uint8Array(Buffer.concat(chunks));
}

/** Octokit gives faults of the connection the status 500, but no answer. */
function statusOf(error: unknown): number | undefined {
	if (!(error instanceof Error && "status" in error && "response" in error)) return undefined;
	return error.response !== undefined && typeof error.status === "number" ? error.status : undefined;
}

function describe(error: unknown, status: number | undefined): string {
	const message = error instanceof Error ? error.message : String(error);
	return status === undefined ? `cannot be reached: ${message}` : `answered ${status}: ${message}`;
}
