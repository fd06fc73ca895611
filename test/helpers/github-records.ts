// Records through GitHub's API, as tests open them: a place is the API's address and, after `#`, the repository's folder.
import type { Records } from "../../src/model/records.ts";
import type { StoreFailure } from "../../src/model/store.ts";
import { NETWORK } from "../../src/net/network.ts";
import type { GithubOptions } from "../../src/store/github/api.ts";
import { openGithubRecords } from "../../src/store/github/refs.ts";

export const TOKEN = "ghs_of_the_job";

export async function openThroughApi(
	place: string,
	more: Partial<GithubOptions> = {},
): Promise<Records | StoreFailure> {
	const [apiUrl = ""] = place.split("#");
	return openGithubRecords({ ...NETWORK, env: {}, apiUrl, repository: "acme/shop", token: TOKEN, ...more });
}
