// What code a GitHub run is about: its branch, fork, tag, merge queue and pull request. A stranger's never looks like ours.

import type { Env } from "../lib/env.ts";
import type { CiFacts } from "../model/event.ts";
import { isTrusted } from "./github-events.ts";
import { numberOf, type Payload, pick, text } from "./payload.ts";

/** The facts that tell one line of work from another; those that do not apply are undefined. */
export type Origin = {
	readonly [K in "branch" | "tag" | "fork" | "queue" | "stranger" | "pull_request" | "commit"]: CiFacts[K] | undefined;
};

/** Where the run's code comes from. What nobody tells counts as a fork's: better kept out than mistaken for ours. */
export function originOf(event: string, env: Env, payload: Payload | undefined): Origin {
	const pull = pick(payload, "pull_request");
	if (pick(pull, "head") !== undefined || event.startsWith("pull_request")) return ofPull(env, pull);
	const run = pick(payload, "workflow_run");
	if (event === "workflow_run") return ofRun(run, pick(payload, "repository"));
	const commit = env["GITHUB_SHA"] || undefined;
	const group = pick(payload, "merge_group");
	if (event === "merge_group") return { ...ofQueue(text(group, "head_ref") ?? env["GITHUB_REF"] ?? ""), commit };
	const issue = pick(payload, "issue");
	const name = env["GITHUB_REF_NAME"] || undefined;
	const isTag = env["GITHUB_REF_TYPE"] === "tag";
	return {
		...NOWHERE,
		branch: isTag ? undefined : name,
		tag: isTag ? name : undefined,
		stranger: !isTrusted(event) || undefined,
		// A comment on a pull request comes as one on an issue, without the head; the run is the default branch's.
		pull_request: pick(issue, "pull_request") === undefined ? undefined : numberOf(issue),
		commit,
	};
}

const NOWHERE: Origin = {
	branch: undefined,
	tag: undefined,
	fork: undefined,
	queue: undefined,
	stranger: undefined,
	pull_request: undefined,
	commit: undefined,
};

/** GITHUB_REF and GITHUB_SHA name a merge commit, or the base; GITHUB_HEAD_REF is empty on reviews. */
function ofPull(env: Env, pull: Payload | undefined): Origin {
	const head = pick(pull, "head");
	const fork = isFork(pull);
	const branch = text(head, "ref") ?? (env["GITHUB_HEAD_REF"] || undefined);
	const owner =
		text(pick(head, "user"), "login") ??
		text(pick(head, "repo", "owner"), "login") ??
		/^([^:]+):/.exec(text(head, "label") ?? "")?.[1];
	return {
		...NOWHERE,
		branch: fork ? ofFork(owner, branch) : branch,
		fork: fork || undefined,
		pull_request: numberOf(pull),
		commit: text(head, "sha") ?? (env["GITHUB_SHA"] || undefined),
	};
}

/**
 * A run that follows another is about the other's code: its own ref and commit are the default branch's. Of one that
 * follows a run which itself follows another, nobody tells whose code it is about.
 */
function ofRun(run: Payload | undefined, repository: Payload | undefined): Origin {
	const head = pick(run, "head_repository");
	const event = text(run, "event") ?? "";
	const name = text(run, "head_branch");
	const commit = text(run, "head_sha");
	if (!isSameRepository(head, pick(run, "repository") ?? repository)) {
		return { ...NOWHERE, branch: ofFork(text(pick(head, "owner"), "login"), name), fork: true, commit };
	}
	if (event === "merge_group") return { ...ofQueue(name ?? ""), commit };
	const isTag = event === "release";
	const isOfPull = event.startsWith("pull_request");
	return {
		...NOWHERE,
		branch: isTag || event === "workflow_run" ? undefined : name,
		tag: isTag ? name : undefined,
		stranger: !(isTrusted(event) || isOfPull) || undefined,
		// Those of the same head, also of a push to it.
		pull_request: isOfPull ? onlyPull(run) : undefined,
		commit,
	};
}

/** The number of a run's pull request, where it has one only. */
function onlyPull(run: Payload | undefined): number | undefined {
	const pulls = run?.["pull_requests"];
	const [only, ...others] = Array.isArray(pulls) ? pulls : [];
	return others.length > 0 ? undefined : numberOf(pick({ only }, "only"));
}

/** `gh-readonly-queue/main/pr-123-<commit>`: the base branch, and the last pull request of the group. */
function ofQueue(ref: string): Origin {
	const [, branch, number] = /^(?:refs\/heads\/)?gh-readonly-queue\/(.+)\/pr-(\d{1,15})-[0-9a-f]+$/.exec(ref) ?? [];
	return { ...NOWHERE, branch, queue: true, pull_request: number === undefined ? undefined : Number(number) };
}

/** As GitHub labels it. No branch of ours has a colon in its name: git does not allow it. */
function ofFork(owner: string | undefined, branch: string | undefined): string | undefined {
	return branch === undefined ? undefined : `${owner ?? "unknown"}:${branch}`;
}

/** Whether a pull request comes from another repository. A head repository that was deleted since was a fork. */
export function isFork(pull: Payload | undefined): boolean {
	return !isSameRepository(pick(pull, "head", "repo"), pick(pull, "base", "repo"));
}

function isSameRepository(head: Payload | undefined, base: Payload | undefined): boolean {
	const name = text(head, "full_name");
	return name !== undefined && name === text(base, "full_name");
}
