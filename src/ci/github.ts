// GitHub Actions, and those of Gitea and Forgejo, which work alike: the run's facts from environment and payload.
// https://docs.github.com/en/actions/reference/workflows-and-actions/variables
import { join } from "node:path";
import type { Env } from "../lib/env.ts";
import { compact } from "../lib/json.ts";
import type { CiFacts } from "../model/event.ts";
import type { CiProvider, CiRun, CiSources } from "./ci.ts";
import { commitFacts } from "./commit.ts";
import { areSecretsWithheld, isTrusted, payloadLimit } from "./github-events.ts";
import { originOf } from "./github-origin.ts";
import { readPayload } from "./payload.ts";

export const github: CiProvider = { detect: (env) => env["GITHUB_ACTIONS"] === "true", read };

async function read({ env, files, cwd, matrix, jobId }: CiSources): Promise<CiRun> {
	const event = env["GITHUB_EVENT_NAME"] ?? "";
	const payload = await readPayload(env, files, payloadLimit(event));
	const { commit, ...origin } = originOf(event, env, payload);
	const repository = env["GITHUB_REPOSITORY"] || undefined;
	const runId = env["GITHUB_RUN_ID"] ?? "";
	const attempt = Number(env["GITHUB_RUN_ATTEMPT"] ?? "1") || 1;
	return {
		facts: compact<CiFacts>({
			provider: "github",
			repository,
			...origin,
			commit,
			...commitFacts(payload, commit),
			actor: env["GITHUB_ACTOR"] || undefined,
			trigger: event || undefined,
			workflow: env["GITHUB_WORKFLOW"] || undefined,
			job: env["GITHUB_JOB"] || undefined,
			matrix,
			attempt,
			...pagesOf(env, attempt, jobId),
		}),
		runId: runId === "" ? "" : `${runId}-${attempt}`,
		pipeline: env["GITHUB_WORKFLOW"] ?? repository ?? "",
		holdingFolder: holdingFolder(env, runId, attempt),
		workspace: env["GITHUB_WORKSPACE"] || cwd,
		secretsWithheld: areSecretsWithheld(event, env, payload),
		untrusted: isTrusted(event) ? undefined : { event: event || "an event without a name" },
	};
}

/** The runner empties its temporary folder before and after each job, but it may have been killed before that. */
function holdingFolder(env: Env, runId: string, attempt: number): string | undefined {
	const temporary = env["RUNNER_TEMP"];
	const job = (env["GITHUB_JOB"] ?? "").replaceAll(/[^\w-]/g, "_");
	return temporary ? join(temporary, "pipeline-hooks", `held-${runId}-${attempt}-${job}`) : undefined;
}

/**
 * The addresses of the run and of the job. Gitea's runners set the first variable, Forgejo's both; the URLs of their
 * pages have the run's number and no attempt, and count the jobs of a run, so that an id is not a job's page there.
 */
function pagesOf(
	env: Env,
	attempt: number,
	jobId = "",
): { readonly [K in "run_url" | "job_url"]?: string | undefined } {
	const isGitea = env["GITEA_ACTIONS"] === "true" || env["FORGEJO_ACTIONS"] === "true";
	const server = env["GITHUB_SERVER_URL"]?.replace(/\/+$/, "");
	const repository = env["GITHUB_REPOSITORY"];
	const id = env[isGitea ? "GITHUB_RUN_NUMBER" : "GITHUB_RUN_ID"];
	if (!server || !repository || !id) return {};
	const page = `${server}/${repository}/actions/runs/${id}`;
	if (isGitea) return { run_url: page };
	return {
		run_url: attempt > 1 ? `${page}/attempts/${attempt}` : page,
		job_url: /^\d{1,20}$/.test(jobId) ? `${page}/job/${jobId}` : undefined,
	};
}
