// The result of a run in a few words, what went wrong first: the headline of the summary, and the end of the log.
import { count, excerpt } from "../lib/text.ts";
import { isGate, type Outcome } from "../model/delivery.ts";
import { gateSaid } from "../model/failure.ts";
import type { Mask } from "../secrets/mask.ts";
import type { Counts } from "./collect.ts";
import type { Report } from "./report.ts";
import { rowOf } from "./row.ts";

/** Code points of a gate's reason; all of it is in the gate's own row. */
const REASON_LIMIT = 200;

/** How a run went. The text is masked, one line, and no sentence. */
export interface Verdict {
	readonly mark: "✅" | "⚠️" | "❌" | "⏭️" | "⏳" | "";
	readonly text: string;
}

/** The verdict on what was run. A gate that has not let the event pass comes before all else, but for an error of the run. */
export function verdictOf(report: Report, mask: Mask): Verdict {
	const { outcomes, counts, countedFailures, source, stopped, dryRun } = report;
	const total = totalOf(counts);
	const hooks = source.kind === "event" ? count(total, "hook") : `${total} ${total === 1 ? "delivery" : "deliveries"}`;
	if (stopped !== undefined) return { mark: "❌", text: "stopped on an error" };
	const gate = gateLine(outcomes, mask);
	if (gate !== undefined) return { mark: "❌", text: gate };
	if (dryRun) return { mark: "", text: "dry run, nothing was sent" };
	if (total === 0) return { mark: "⏭️", text: source.kind === "held" ? "nothing to send" : "nothing to run" };
	if (countedFailures > 0) {
		const ignored = counts.failed - countedFailures;
		const more = ignored === 0 ? "" : `, ${count(ignored, "failure")} ignored`;
		return { mark: "⚠️", text: `${countedFailures} of ${hooks} failed${more}` };
	}
	const cancelled = outcomes.some(({ skipCause }) => skipCause === "cancelled");
	if (cancelled) return { mark: "⏭️", text: `cancelled, ${counts.skipped} of ${hooks} did not run` };
	if (counts.skipped === total) return { mark: "⏭️", text: "no hook ran" };
	if (counts.held === total) return { mark: "⏳", text: `${count(counts.held, "event")} held for a batch` };
	const overtaken = outcomes.filter(isOvertaken).length;
	const succeeded = `${counts.delivered === total ? "" : `${counts.delivered} of `}${hooks} succeeded`;
	return overtaken === 0
		? { mark: "✅", text: succeeded }
		: { mark: "⚠️", text: `${succeeded}, ${overtaken} by a fallback` };
}

/** Whether a fallback had to take over for a hook whose failure is not ignored. */
export function isOvertaken({ ownFailure, delivery }: Outcome): boolean {
	return ownFailure !== undefined && delivery.hook.onFailure !== "ignore";
}

/** `gate freeze denied: deploys are frozen`: why the first gate did not let the event pass; undefined if all did. */
export function gateLine(outcomes: readonly Outcome[], mask: Mask): string | undefined {
	const gates = outcomes.filter(({ delivery }) => isGate(delivery.hook));
	const failed = gates.find(({ status }) => status === "failed");
	if (failed?.failure !== undefined) {
		const { hook, error = "" } = rowOf(failed, mask);
		const reason = excerpt(error, REASON_LIMIT);
		const said = gateSaid(failed.failure);
		// Some reasons begin with the word themselves: `denied: 200, but the response …`.
		return `gate ${hook} ${reason.startsWith(said) ? reason : `${said}: ${reason}`}`;
	}
	const unasked = gates.find(({ skipCause }) => skipCause === "cancelled");
	return unasked && `cancelled before gate ${rowOf(unasked, mask).hook} was asked`;
}

function totalOf({ delivered, failed, skipped, held }: Counts): number {
	return delivered + failed + skipped + held;
}
