// Why a delivery must not even be begun in this workspace.
import type { Delivery, RunFacts } from "../model/delivery.ts";

/** The reason, for a shell hook where a stranger's code may lie; undefined where the delivery may go on. */
export function refusalOf(
	{ hook }: Pick<Delivery, "hook">,
	{ untrusted }: Pick<RunFacts, "untrusted">,
): string | undefined {
	if (untrusted === undefined || hook.kind !== "shell") return undefined;
	const risk = "the workspace may hold a stranger's code, and a shell hook would run it with this job's secrets";
	const wayOut = "set allow-untrusted-shell: true if nothing in it comes from a pull request";
	return `refused on ${untrusted.event}: ${risk}; ${wayOut}`;
}
