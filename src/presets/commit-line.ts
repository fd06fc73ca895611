// The line that Arraylake writes into Slack for a new commit, in the words of its page.

import type { Json } from "../lib/json.ts";
import { type EventContext, entityName } from "../model/event.ts";
import { oneLine } from "./text.ts";

/** How a part of the line is written, by what it is: `commit`, `repository` or `branch`. Not called for an empty one. */
export type WritePart = (what: string, text: string) => string;

/**
 * `New commit abc123 in repository earthmover/ocean on branch main.`; what is not known is left out.
 * https://docs.earthmover.io/guide/notifications
 */
export function commitLine(context: EventContext, write: WritePart): string {
	const { data, ci } = context;
	const part = (before: string, what: string, value: Json | undefined) => {
		const text = typeof value === "string" ? oneLine(value) : "";
		return text === "" ? "" : ` ${before}${write(what, text)}`;
	};
	const own = isOfCi(context) ? ci : undefined;
	const commit = part("", "commit", data?.["commit"] ?? own?.commit);
	const branch = part("on branch ", "branch", data?.["branch"] ?? own?.branch);
	return `New commit${commit}${part("in repository ", "repository", wholeRepository(context))}${branch}.`;
}

/** The last part of the CI's repository: Arraylake's `repo_name` has no owner before it. */
export function repositoryName({ entity, ci, pipeline }: EventContext): string {
	return entityName(entity) ?? (ci?.repository?.split("/").at(-1) || pipeline);
}

/** Owner and name: `data.repo`, or the CI's repository if that is the one meant; else the name alone. */
export function wholeRepository(context: EventContext): Json | undefined {
	const { data, ci } = context;
	const own = data?.["repo"];
	if (typeof own === "string") return own;
	return isOfCi(context) ? ci?.repository : nameOf(context);
}

/** Whether it is about the repository of the CI, whose commit and branch are its own. */
function isOfCi(context: EventContext): boolean {
	const { data, ci } = context;
	const whole = data?.["repo"];
	if (typeof whole === "string") return whole === ci?.repository;
	return ci?.repository !== undefined && ci.repository.split("/").at(-1) === nameOf(context);
}

function nameOf(context: EventContext): Json {
	return context.data?.["repo_name"] ?? repositoryName(context);
}
