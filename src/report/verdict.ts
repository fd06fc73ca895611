// The result of a run in a few words, what went wrong first: the headline of the summary, and the end of the log.
import { count, excerpt } from "../lib/text.ts";
import { isGate, type Outcome } from "../model/delivery.ts";
import { gateSaid } from "../model/failure.ts";
import type { Mask } from "../secrets/mask.ts";
import { isKept, type Report, type Source } from "./report.ts";
import { rowOf } from "./row.ts";

/** Code points of a gate's reason, or of an error; all of it is told below. */
export const REASON_LIMIT = 200;

/** How a run went. The text is masked, one line, and no sentence. */
export interface Verdict {
	readonly mark: "✅" | "⚠️" | "❌" | "⏭️" | "⏳" | "";
	readonly text: string;
}

/** The verdict on what was run. A gate that has not let the event pass comes before all else, but for an error of the run. */
export function verdictOf(report: Report, mask: Mask): Verdict {
	const { outcomes, counts, countedFailures, source, stopped, dryRun } = report;
	const total = Object.values(counts).reduce((sum, number) => sum + number, 0);
	const hooks = (number: number) => `${number} ${nounOf(source, number)}`;
	if (stopped !== undefined) return { mark: "❌", text: `stopped: ${excerpt(mask(stopped.message), REASON_LIMIT)}` };
	const gate = gateLine(outcomes, mask);
	if (gate !== undefined) return { mark: "❌", text: gate };
	if (dryRun) return { mark: "", text: "dry run, nothing was sent" };
	if (total === 0) return { mark: "⏭️", text: isKept(source) ? "nothing to send" : "nothing to run" };
	const ignored = counts.failed - countedFailures;
	const more = `${unlessNone(ignored, "failure", "ignored")}${unlessNone(counts.held, "event", "held")}`;
	if (countedFailures > 0) return { mark: "⚠️", text: `${countedFailures} of ${hooks(total)} failed${more}` };
	if (outcomes.some(({ skipCause }) => skipCause === "cancelled")) {
		return { mark: "⏭️", text: `cancelled, ${counts.skipped} of ${hooks(total)} did not run` };
	}
	if (counts.skipped === total) {
		const isWithheld = outcomes.every(({ skipCause }) => skipCause === "secrets_withheld");
		return { mark: "⏭️", text: isWithheld ? "no hook ran, secrets are withheld" : "no hook ran" };
	}
	if (counts.held === total) return { mark: "⏳", text: `${count(counts.held, "event")} held for a batch` };
	const overtaken = outcomes.filter(isOvertaken).length;
	const by = overtaken === 0 ? "" : `, ${overtaken} by a fallback`;
	const skipped = counts.skipped === 0 ? "" : `, ${counts.skipped} skipped`;
	if (counts.delivered === 0) return { mark: "⏭️", text: `no hook succeeded${skipped}${more}` };
	return { mark: overtaken > 0 ? "⚠️" : "✅", text: `${hooks(counts.delivered)} succeeded${by}${skipped}${more}` };
}

/** `, 2 events held`; empty for none. */
function unlessNone(number: number, noun: string, what: string): string {
	return number === 0 ? "" : `, ${count(number, noun)} ${what}`;
}

function nounOf({ kind }: Source, number: number): string {
	if (kind === "event") return number === 1 ? "hook" : "hooks";
	return number === 1 ? "delivery" : "deliveries";
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
