// What code a GitHub run is about: its branch, fork, tag, merge queue and pull request. A stranger's never looks like ours.
import type { Env } from "../lib/env.ts";
import type { CiFacts } from "../model/event.ts";
import { isFork, isTrusted } from "./github-events.ts";
import { at, lineAt, numberOf, textAt } from "./payload.ts";

/** The facts that tell one line of work from another, in the order of {@link CiFacts}. */
type Origin = {
	readonly [K in "branch" | "tag" | "fork" | "queue" | "stranger" | "pull_request" | "pull_request_title" | "commit"]?:
		| CiFacts[K]
		| undefined;
};

/** Where the run's code comes from. An unknown repository counts as a fork: better kept out than mistaken for ours. */
export function originOf(event: string, env: Env, payload: unknown): Origin {
	if (at(payload, "pull_request.head") || event.startsWith("pull_request")) return ofPull(env, payload);
	if (event === "workflow_run") return ofRun(payload);
	const commit = env["GITHUB_SHA"] || undefined;
	if (event === "merge_group") {
		return { ...ofQueue(textAt(payload, "merge_group.head_ref") ?? env["GITHUB_REF"] ?? ""), commit };
	}
	const name = env["GITHUB_REF_NAME"] || undefined;
	const isTag = env["GITHUB_REF_TYPE"] === "tag";
	// A comment on a pull request comes as one on an issue, without the head; the run is the default branch's.
	const pull = at(payload, "issue.pull_request") ? at(payload, "issue") : undefined;
	return {
		branch: isTag ? undefined : name,
		tag: isTag ? name : undefined,
		stranger: !isTrusted(event) || undefined,
		...pullFacts(pull),
		commit,
	};
}

/** GITHUB_REF and GITHUB_SHA name a merge commit, or the base; GITHUB_HEAD_REF is empty on reviews. */
function ofPull(env: Env, payload: unknown): Origin {
	const fork = isFork(payload);
	const head = at(payload, "pull_request.head");
	const branch = textAt(head, "ref") ?? (env["GITHUB_HEAD_REF"] || undefined);
	const [, labelled] = /^([^:]+):/.exec(textAt(head, "label") ?? "") ?? [];
	const owner = textAt(head, "user.login") ?? textAt(head, "repo.owner.login") ?? labelled;
	return {
		branch: fork ? ofFork(owner, branch) : branch,
		fork: fork || undefined,
		...pullFacts(at(payload, "pull_request")),
		commit: textAt(head, "sha") ?? (env["GITHUB_SHA"] || undefined),
	};
}

/**
 * A run that follows another is about the other's code: its own ref and commit are the default branch's. If the other
 * run follows a third one, it is not known whose code it is about.
 */
function ofRun(payload: unknown): Origin {
	const run = at(payload, "workflow_run");
	const event = textAt(run, "event") ?? "";
	const name = textAt(run, "head_branch");
	const commit = textAt(run, "head_sha");
	const head = textAt(run, "head_repository.full_name");
	const base = at(run, "repository") ? run : payload;
	if (head === undefined || head !== textAt(base, "repository.full_name")) {
		return { branch: ofFork(textAt(run, "head_repository.owner.login"), name), fork: true, commit };
	}
	if (event === "merge_group") return { ...ofQueue(name ?? ""), commit };
	const isTag = event === "release";
	const isOfPull = event.startsWith("pull_request");
	const pulls = at(run, "pull_requests");
	// The list has every pull request with the same head, also on a push to it.
	const isOnly = isOfPull && Array.isArray(pulls) && pulls.length === 1;
	return {
		branch: isTag || event === "workflow_run" ? undefined : name,
		tag: isTag ? name : undefined,
		stranger: !(isTrusted(event) || isOfPull) || undefined,
		pull_request: isOnly ? numberOf(pulls[0]) : undefined,
		commit,
	};
}

function pullFacts(pull: unknown): Pick<Origin, "pull_request" | "pull_request_title"> {
	return { pull_request: numberOf(pull), pull_request_title: lineAt(pull, "title") };
}

/** `gh-readonly-queue/main/pr-123-<commit>`: the base branch, and the last pull request of the group. */
function ofQueue(ref: string): Origin {
	const [, branch, number] = /^(?:refs\/heads\/)?gh-readonly-queue\/(.+)\/pr-(\d{1,15})-[0-9a-f]+$/.exec(ref) ?? [];
	return { branch, queue: true, pull_request: number === undefined ? undefined : Number(number) };
}

/** As GitHub labels it. No branch of ours has a colon in its name: git does not allow it. */
function ofFork(owner: string | undefined, branch: string | undefined): string | undefined {
	return branch === undefined ? undefined : `${owner ?? "unknown"}:${branch}`;
}
