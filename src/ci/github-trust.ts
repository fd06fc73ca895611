// Which runs of GitHub may be a stranger's, and which are given no secrets.
import type { Untrusted } from "../delivery.ts";
import type { Env } from "../ports.ts";
import { isFork } from "./github-origin.ts";
import { type Payload, pick, text } from "./payload.ts";

/** GitHub withholds secrets from the runs of these events that come from a fork. */
const WITHHOLD_FROM_FORKS: readonly string[] = ["pull_request", "pull_request_review", "pull_request_review_comment"];

/**
 * Who triggers these may write to the repository, or gets no secrets. Any other event may be a stranger's, also one
 * that does not exist yet.
 */
const TRUSTED: readonly string[] = [
	...WITHHOLD_FROM_FORKS,
	"create",
	"delete",
	"deployment",
	"merge_group",
	"push",
	"release",
	"repository_dispatch",
	"schedule",
	"workflow_dispatch",
];

/** The event by which a stranger may have written the workspace of a run with secrets; undefined for a trusted run. */
export function untrustedBy(event: string): Untrusted | undefined {
	return TRUSTED.includes(event) ? undefined : { event: event === "" ? "an event without a name" : event };
}

/**
 * Whether secrets are absent by design. Dependabot's runs get none whatever the event, and a re-run by a person keeps
 * what the first actor may: https://docs.github.com/en/code-security/dependabot/troubleshooting-dependabot/troubleshooting-dependabot-on-github-actions
 * The exception there is `workflow_run`, which gets them.
 */
export function areSecretsWithheld(event: string, env: Env, payload: Payload | undefined): boolean {
	const pull = pick(payload, "pull_request");
	if (WITHHOLD_FROM_FORKS.includes(event) && pull !== undefined && isFork(pull)) return true;
	const actor = env["GITHUB_ACTOR"] ?? text(pick(pull, "user"), "login");
	return actor === "dependabot[bot]" && event !== "workflow_run";
}
