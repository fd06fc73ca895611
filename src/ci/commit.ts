// What a commit says of itself, where a payload has the very commit that a run is about.
import type { CiFacts } from "../model/event.ts";
import { at, lineAt, textAt } from "./payload.ts";

/** Where the payloads of some events have a commit with its message. Those of pull requests have none. */
const PLACES = ["head_commit", "merge_group.head_commit", "workflow_run.head_commit"] as const;

/** The message and the author of `commit`. Both are absent where the payload has another commit, or none. */
export function commitFacts(
	payload: unknown,
	commit: string | undefined,
): { readonly [K in "commit_message" | "commit_author"]?: CiFacts[K] | undefined } {
	const found = PLACES.map((place) => at(payload, place)).find((each) => textAt(each, "id") === commit);
	if (commit === undefined || found === undefined) return {};
	return { commit_message: lineAt(found, "message"), commit_author: lineAt(found, "author.name") };
}
