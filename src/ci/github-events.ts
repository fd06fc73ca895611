// The events of GitHub by what they mean here: which are trusted, and which need their payload.

/** GitHub withholds secrets from the runs of these events that come from a fork. */
export const WITHHOLD_FROM_FORKS: readonly string[] = [
	"pull_request",
	"pull_request_review",
	"pull_request_review_comment",
];

/** Payloads of these events tell nothing that the environment does not. */
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

/**
 * On these the code comes from somebody who may write to the repository, or the run gets no secrets. Any other event may
 * be a stranger's, also one that does not exist yet.
 */
const TRUSTED: readonly string[] = [...TOLD_BY_ENVIRONMENT, ...WITHHOLD_FROM_FORKS, "merge_group"];

/** Whether the code of such a run is ours, or the run gets no secrets. */
export function isTrusted(event: string): boolean {
	return TRUSTED.includes(event);
}

/** Whether the payload tells what the environment does not. */
export function needsPayload(event: string): boolean {
	return !TOLD_BY_ENVIRONMENT.includes(event);
}
