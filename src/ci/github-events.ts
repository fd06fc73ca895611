// What GitHub's events mean here: whose code runs, which need their payload, and which get no secrets.
import type { Env } from "../lib/env.ts";
import { at, textAt } from "./payload.ts";

/** GitHub withholds secrets from the runs of these events that come from a fork. */
const WITHHOLD_FROM_FORKS: readonly string[] = ["pull_request", "pull_request_review", "pull_request_review_comment"];

/**
 * The environment has what counts of these events: whose code it is, and whether there are secrets. The payload of a push
 * adds the commit's message, those of the others nothing.
 */
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

/** Bytes. GitHub caps a webhook payload at 25 MB. */
const PAYLOAD_LIMIT = 25 * 1024 * 1024;

/** Bytes; to parse more takes longer than a commit's message is worth. A push of 100 commits has some 100 000. */
const PUSH_LIMIT = 1024 * 1024;

/** How large a payload is read, in bytes; 0 where it has no fact that the environment does not have. */
export function payloadLimit(event: string): number {
	if (event === "push") return PUSH_LIMIT;
	return TOLD_BY_ENVIRONMENT.includes(event) ? 0 : PAYLOAD_LIMIT;
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
