// GitHub Actions: the run's facts from the environment, and from the event payload where the environment misleads.
// https://docs.github.com/en/actions/reference/workflows-and-actions/variables
import { join } from "node:path";
import type { CiFacts } from "../event/event.ts";
import { compact, isObject, parseJson } from "../json.ts";
import type { Env, Files } from "../ports.ts";
import type { CiProvider, CiRun, CiSources } from "./ci.ts";

/** GitHub caps a webhook payload at 25 MB. */
const PAYLOAD_LIMIT = 25 * 1024 * 1024;

/** Runs of these events from a fork or by Dependabot get no secrets. */
const PULL_REQUEST_EVENTS = ["pull_request", "pull_request_review", "pull_request_review_comment"];

/**
 * Runs of these events have secrets, and anybody can trigger them. The run's commit, GITHUB_SHA, is the last one of the
 * default branch, whose workflow file runs, and no pull request decides on it:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows. On
 * pull_request_target that is so since 2025-12-08; before, and on Enterprise Server before 3.20, it is the last commit of
 * the pull request's base branch:
 * https://github.blog/changelog/2025-11-07-actions-pull_request_target-and-environment-branch-protections-changes/.
 * There no checkout counts: the event is there for pull requests, so what is checked out is a pull request's, or was.
 */
const EXPOSED: ReadonlyMap<string, { readonly checkoutCounts: boolean }> = new Map([
	["pull_request_target", { checkoutCounts: false }],
	["workflow_run", { checkoutCounts: true }],
	["issue_comment", { checkoutCounts: true }],
]);

export const github: CiProvider = {
	name: "github",
	detect: (env) => env["GITHUB_ACTIONS"] === "true",
	read,
};

async function read({ env, files, cwd }: CiSources): Promise<CiRun> {
	const eventName = env["GITHUB_EVENT_NAME"] ?? "";
	const isPullRequest = PULL_REQUEST_EVENTS.includes(eventName) || eventName === "pull_request_target";
	const needsPayload = isPullRequest || eventName === "workflow_run";
	const payload = needsPayload ? await readPayload(files, env["GITHUB_EVENT_PATH"]) : undefined;
	const pull = pick(payload, "pull_request");
	const source = eventName === "workflow_run" ? pick(payload, "workflow_run") : undefined;

	const repository = env["GITHUB_REPOSITORY"];
	const runId = env["GITHUB_RUN_ID"] ?? "";
	const attempt = Number(env["GITHUB_RUN_ATTEMPT"] ?? "1") || 1;
	const branchRef = env["GITHUB_REF_TYPE"] === "tag" ? undefined : env["GITHUB_REF_NAME"];
	const facts = compact<CiFacts>({
		provider: "github",
		repository: repository || undefined,
		// GITHUB_REF and GITHUB_SHA name the merge commit on a pull request, and the default branch on workflow_run.
		branch: text(source, "head_branch") ?? (env["GITHUB_HEAD_REF"] || branchRef || undefined),
		commit: text(source, "head_sha") ?? text(pick(pull, "head"), "sha") ?? (env["GITHUB_SHA"] || undefined),
		actor: env["GITHUB_ACTOR"] || undefined,
		workflow: env["GITHUB_WORKFLOW"] || undefined,
		job: env["GITHUB_JOB"] || undefined,
		attempt,
		run_url: runUrl(env["GITHUB_SERVER_URL"], repository, runId, attempt),
	});
	const exposed = EXPOSED.get(eventName);
	return {
		facts,
		runId: runId === "" ? "" : `${runId}-${attempt}`,
		pipeline: env["GITHUB_WORKFLOW"] ?? repository ?? "",
		holdingFolder: holdingFolder(env, runId, attempt),
		workspace: env["GITHUB_WORKSPACE"] || cwd,
		secretsWithheld:
			PULL_REQUEST_EVENTS.includes(eventName) && (isFork(pull) || isDependabot(env["GITHUB_ACTOR"], pull)),
		exposure: exposed === undefined ? undefined : { event: eventName, ...exposed },
	};
}

/** The runner empties its temporary folder before and after each job, but may not have come to that. */
function holdingFolder(env: Env, runId: string, attempt: number): string | undefined {
	const temporary = env["RUNNER_TEMP"];
	const job = (env["GITHUB_JOB"] ?? "").replaceAll(/[^\w-]/g, "_");
	return temporary ? join(temporary, "pipeline-hooks", `held-${runId}-${attempt}-${job}`) : undefined;
}

function runUrl(server: string | undefined, repository: string | undefined, runId: string, attempt: number) {
	if (!server || !repository || !runId) return undefined;
	const page = `${server}/${repository}/actions/runs/${runId}`;
	return attempt > 1 ? `${page}/attempts/${attempt}` : page;
}

/** A head repository that was deleted since can only have been a fork. */
function isFork(pull: Record<string, unknown> | undefined): boolean {
	if (pull === undefined) return false;
	const head = text(pick(pick(pull, "head"), "repo"), "full_name");
	const base = text(pick(pick(pull, "base"), "repo"), "full_name");
	return head !== base;
}

function isDependabot(actor: string | undefined, pull: Record<string, unknown> | undefined): boolean {
	return (
		actor === "dependabot[bot]" || (actor === undefined && text(pick(pull, "user"), "login") === "dependabot[bot]")
	);
}

async function readPayload(files: Files, path: string | undefined): Promise<Record<string, unknown> | undefined> {
	if (!path) return undefined;
	const read = await files.read(path, PAYLOAD_LIMIT);
	if (read.kind !== "file") return undefined;
	const value = parseJson(new TextDecoder().decode(read.bytes));
	return isObject(value) ? value : undefined;
}

function pick(value: Record<string, unknown> | undefined, key: string): Record<string, unknown> | undefined {
	const item = value?.[key];
	return isObject(item) ? item : undefined;
}

function text(value: Record<string, unknown> | undefined, key: string): string | undefined {
	const item = value?.[key];
	return typeof item === "string" && item !== "" ? item : undefined;
}
