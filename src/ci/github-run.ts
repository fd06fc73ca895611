// The workflow run that a job belongs to, as GitHub's API tells it.

import type { Env } from "../lib/env.ts";
import { isJsonObject, isTooDeep, MAX_DEPTH, parseJson } from "../lib/json.ts";
import type { FoundResource } from "../model/event.ts";
import type { Ports, ReadRemoteRun } from "../ports.ts";
import { describeApiError, inTime, loadApi, TOKEN } from "./ask-github.ts";
import { sourceOf } from "./github-files.ts";

/** Bytes; a run takes some 20 000, and more with each pull request and each workflow that it reuses. */
const LIMIT = 1024 * 1024;

/**
 * Reads the workflow run of this job. `token` is for GitHub's API; empty where there is none. `signal` ends the request
 * early. Never throws for what the world does.
 */
export async function workflowRun(
	env: Env,
	token: string,
	clock: Ports["clock"],
	signal: AbortSignal,
	load: () => Promise<ReadRemoteRun> = async () => (await loadApi()).readRemoteRun,
): Promise<FoundResource> {
	const { repository, apiUrl } = sourceOf(env, token);
	const id = env["GITHUB_RUN_ID"] ?? "";
	if (env["GITHUB_ACTIONS"] !== "true") return { reason: `only in GitHub Actions is there a workflow run; ${GIVE}` };
	if (repository === "" || !/^\d{1,15}$/.test(id)) {
		return { reason: `GITHUB_REPOSITORY or GITHUB_RUN_ID is not set; ${GIVE}` };
	}
	if (token === "") return { reason: `there is no token for GitHub's API; give ${TOKEN}, or ${GIVE}` };
	const readRemoteRun = await load();
	try {
		const run = { token, apiUrl, repository, runId: Number(id), limit: LIMIT };
		const bytes = await inTime(clock, signal, (ends) => readRemoteRun(run, ends));
		if (bytes === undefined) return { reason: `GitHub's API knows no run ${id} of ${repository}; ${ALLOW}` };
		if (bytes.length > LIMIT) return { reason: `the workflow run is larger than ${LIMIT} bytes; ${GIVE}` };
		return read(bytes);
	} catch (error) {
		return { reason: `${describeApiError(error)}; ${ALLOW}` };
	}
}

const GIVE = "give `resource` in the context";
const ALLOW = `give the job \`permissions: actions: read\` and check ${TOKEN}, or ${GIVE}`;

function read(bytes: Uint8Array): FoundResource {
	const run = parseJson(new TextDecoder().decode(bytes));
	if (!isJsonObject(run)) return { reason: `GitHub's API responded with something other than a JSON object; ${GIVE}` };
	if (isTooDeep(run)) return { reason: `the workflow run is nested deeper than ${MAX_DEPTH} levels; ${GIVE}` };
	return { resource: run };
}
