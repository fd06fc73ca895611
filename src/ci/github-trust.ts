// Which runs of GitHub may be a stranger's, and which are given no secrets.

import type { Env } from "../lib/env.ts";
import type { Untrusted } from "../model/delivery.ts";
import { isTrusted, WITHHOLD_FROM_FORKS } from "./github-events.ts";
import { isFork } from "./github-origin.ts";
import { type Payload, pick, text } from "./payload.ts";

/** The event by which a stranger may have written the workspace of a run with secrets; undefined for a trusted run. */
export function untrustedBy(event: string): Untrusted | undefined {
	return isTrusted(event) ? undefined : { event: event === "" ? "an event without a name" : event };
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
