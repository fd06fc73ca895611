// What GitHub's events mean here: whose code runs, which need their payload, and which get no secrets.
import type { Env } from "../lib/env.ts";
import { at, textAt } from "./payload.ts";

/** GitHub withholds secrets from the runs of these events that come from a fork. */
const WITHHOLD_FROM_FORKS: readonly string[] = ["pull_request", "pull_request_review", "pull_request_review_comment"];

/** The environment has all that the payloads of these events say. */
const TOLD_BY_ENVIRONMENT: readonly string[] = [
	"create",
	"delete",
	"deployment",
	"push",
	"release",
	"repository_dispatch",
	"schedule",
	"workflow_dispatch",
];

const TRUSTED: readonly string[] = [...TOLD_BY_ENVIRONMENT, ...WITHHOLD_FROM_FORKS, "merge_group"];

/** Whether the payload has facts that the environment does not have. */
export function needsPayload(event: string): boolean {
	return !TOLD_BY_ENVIRONMENT.includes(event);
}

/**
 * Whether the code comes from somebody who may write to the repository, or the run gets no secrets. Any other event may
 * be a stranger's, also one that does not exist yet.
 */
export function isTrusted(event: string): boolean {
	return TRUSTED.includes(event);
}

/**
 * Whether secrets are absent by design. Dependabot's runs get none whatever the event, and a re-run by a person keeps
 * what the first actor may: https://docs.github.com/en/code-security/dependabot/troubleshooting-dependabot/troubleshooting-dependabot-on-github-actions
 * The exception there is `workflow_run`, which gets them.
 */
export function areSecretsWithheld(event: string, env: Env, payload: unknown): boolean {
	if (WITHHOLD_FROM_FORKS.includes(event) && at(payload, "pull_request") && isFork(payload)) return true;
	const actor = env["GITHUB_ACTOR"] ?? textAt(payload, "pull_request.user.login");
	return actor === "dependabot[bot]" && event !== "workflow_run";
}

/** Whether a pull request comes from another repository. A head repository that was deleted since was a fork. */
export function isFork(payload: unknown): boolean {
	const head = textAt(payload, "pull_request.head.repo.full_name");
	return head === undefined || head !== textAt(payload, "pull_request.base.repo.full_name");
}
