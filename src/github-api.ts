// The bundle of its own that holds octokit: loaded only when GitHub's API is really asked for something.
import { getOctokit } from "@actions/github";
import type { RemoteFile } from "./ports.ts";

/**
 * Reads a file, https://docs.github.com/en/rest/repos/contents#get-repository-content. Undefined when it is not there;
 * rejects with octokit's error for anything else.
 */
export async function readRemoteFile({
	token,
	apiUrl,
	repository,
	path,
	ref,
}: RemoteFile): Promise<Uint8Array | undefined> {
	const [owner = "", repo = ""] = repository.split("/");
	const octokit = getOctokit(token, { baseUrl: apiUrl });
	try {
		const { data } = await octokit.rest.repos.getContent({ owner, repo, path, ref, mediaType: { format: "raw" } });
		// The raw format gives the content itself, which the types of this endpoint do not know; a folder gives a list.
		const content: unknown = data;
		if (content instanceof ArrayBuffer) return new Uint8Array(content);
		return typeof content === "string" ? new TextEncoder().encode(content) : undefined;
	} catch (error) {
		if (error instanceof Error && "status" in error && error.status === 404) return undefined;
		throw error;
	}
}
