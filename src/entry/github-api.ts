// A separate bundle with octokit, which is loaded only for a request to GitHub's API.
import { getOctokit } from "@actions/github";
import { isJsonObject, parseJson } from "../lib/json.ts";
import type { RemoteFile, RemoteRun } from "../ports.ts";

/**
 * Reads a file as `ReadRemoteFile` says.
 * https://docs.github.com/en/rest/repos/contents#get-repository-content
 */
export function readRemoteFile(file: RemoteFile, signal: AbortSignal): Promise<Uint8Array | undefined> {
	const { path, ref, limit } = file;
	return ask(file, signal, async ({ repos }, target) => {
		const { data, headers } = await repos.getContent({ ...target, path, ref, mediaType: { format: "raw" } });
		// The raw format gives the content itself; a folder or a submodule comes as JSON all the same.
		if (!headers["content-type"]?.startsWith("application/json")) return collect(data, limit);
		return fileInJson(await collect(data, 2 * limit));
	});
}

/**
 * Reads a run as `ReadRemoteRun` says.
 * https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run
 */
export function readRemoteRun(run: RemoteRun, signal: AbortSignal): Promise<Uint8Array | undefined> {
	return ask(run, signal, async ({ actions }, target) => {
		const { data } = await actions.getWorkflowRun({ ...target, run_id: run.runId });
		return collect(data, run.limit);
	});
}

type Rest = ReturnType<typeof getOctokit>["rest"];

/** The parameters that every request has. */
interface Target {
	readonly owner: string;
	readonly repo: string;
	readonly request: { readonly signal: AbortSignal; readonly parseSuccessResponseBody: false };
}

/** Tries once more after what may pass: no response, a truncated one, a 5xx. */
async function ask<T>(
	{ token, apiUrl, repository }: Pick<RemoteFile, "token" | "apiUrl" | "repository">,
	signal: AbortSignal,
	read: (rest: Rest, target: Target) => Promise<T>,
): Promise<T | undefined> {
	const { rest } = getOctokit(token, { baseUrl: apiUrl });
	const [owner = "", repo = ""] = repository.split("/");
	for (let attempt = 1; ; attempt += 1) {
		try {
			return await read(rest, { owner, repo, request: { signal, parseSuccessResponseBody: false } });
		} catch (error) {
			const status = statusOf(error);
			if (status === 404) return undefined;
			if (signal.aborted) throw signal.reason;
			if (attempt === 2 || (status !== undefined && status < 500)) throw new Error(describe(error, status));
		}
	}
}

/** The file in the JSON of Gitea and Forgejo, which know no raw format here: https://docs.gitea.com/api/#tag/repository */
function fileInJson(bytes: Uint8Array): Uint8Array | undefined {
	const entry = parseJson(new TextDecoder().decode(bytes));
	if (!isJsonObject(entry) || entry["type"] !== "file" || entry["encoding"] !== "base64") return undefined;
	const content = entry["content"];
	return typeof content === "string" ? new Uint8Array(Buffer.from(content, "base64")) : undefined;
}

/**
 * Octokit itself reads a truncated body as an empty one, so it must not read the stream, which the types of its
 * endpoints do not know.
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

/** Octokit gives failures of the connection the status 500, but no response. */
function statusOf(error: unknown): number | undefined {
	if (!(error instanceof Error && "status" in error && "response" in error)) return undefined;
	return error.response !== undefined && typeof error.status === "number" ? error.status : undefined;
}

function describe(error: unknown, status: number | undefined): string {
	const message = error instanceof Error ? error.message : String(error);
	return status === undefined ? `cannot be reached: ${message}` : `responded with ${status}: ${message}`;
}
