// The report of a run: what was fired, what became of it, and who shows it.
import { count, excerpt } from "../lib/text.ts";
import type { Delivery, Outcome, Preview, Unmatched } from "../model/delivery.ts";
import type { PipelineEvent } from "../model/event.ts";
import type { Problem, Warning } from "../model/problem.ts";
import { excludedByFilter } from "../plan/filter.ts";
import type { Log } from "../ports.ts";
import type { Collected, Counts } from "./collect.ts";

/** What was fired: one event, those of a file as far as they were read, batches that were held, or what was stored. */
export type Source =
	| { readonly kind: "event"; readonly event: PipelineEvent }
	| { readonly kind: "file"; readonly name: string; readonly events: number }
	| Kept;

interface Kept {
	readonly kind: "held" | "stored";
}

/** What became of what was fired. */
export interface Report extends Collected {
	readonly source: Source;
	/** As the user would write it. */
	readonly configFile: string;
	/** The hooks that did not match the event; empty if several events were fired. */
	readonly unmatched: readonly Unmatched[];
	/** What the run stopped on, such as a broken line of a file; what went before is done. */
	readonly stopped?: Problem;
	readonly warnings: readonly Warning[];
	/** What failed for now, as records for another workflow to store. */
	readonly undelivered: readonly string[];
	/** The keys of the event that are made up, where it may have any. */
	readonly madeUp?: readonly string[];
	readonly dryRun: boolean;
	/** A job summary is wanted. */
	readonly summary: boolean;
}

/** Where a report goes: the runner, a terminal, a JSON reader. */
export interface Reporter {
	readonly log: Log;
	/** One delivery is done; `about` says more of what was delivered. */
	outcome(outcome: Outcome, about?: string): void;
	/** In a dry run: what one delivery would send. */
	preview(delivery: Delivery, shown: Preview): void;
	/** Everything is done. If a part of the report throws, the other parts are still made, and then the first error is thrown. */
	finish(report: Report): Promise<void>;
	/** Nothing was run. */
	reject(problems: readonly Problem[]): Promise<void>;
	/** Something failed after a report was made or begun; what was reported stays. */
	fail(problem: Problem): Promise<void>;
}

/** Whether the report has all outcomes, and not only the first of many. */
export function isListed({ outcomes, counts }: Collected): boolean {
	return Object.values(counts).reduce((sum, number) => sum + number, 0) === outcomes.length;
}

/** How deliveries ended: `3 delivered, 1 failed, 0 skipped`, and how many are held, if any. */
export function countsLine({ delivered, failed, skipped, held }: Counts): string {
	return `${delivered} delivered, ${failed} failed, ${skipped} skipped${held === 0 ? "" : `, ${held} held`}`;
}

/** What was fired, in a few words. */
export function nameOf(source: Source): string {
	switch (source.kind) {
		case "event":
			return source.event.definition.name;
		case "file":
			return `${excerpt(source.name, 120)}, ${count(source.events, "event")}`;
		case "held":
			return "held batches";
		case "stored":
			return "stored messages";
	}
}

/** Whether it has no event of its own, so that it is nothing odd if there is nothing to send. */
export function isKept(source: Source): source is Kept {
	return source.kind === "held" || source.kind === "stored";
}

/** The hooks that only their filter kept from the event, or from following another hook, beside those that were fired. */
export function filteredOf({ unmatched, outcomes, source }: Report): readonly Unmatched[] {
	if (outcomes.length === 0 || source.kind !== "event") return [];
	const delivered = outcomes.filter(({ status }) => status === "delivered");
	const followers = new Set(delivered.flatMap(({ delivery }) => delivery.hook.onSuccess));
	return unmatched.flatMap((one) => {
		const { hook, attached } = one;
		if (!hook.enabled || attached) return hook.enabled ? [one] : [];
		const reason = followers.has(hook.name) ? excludedByFilter(hook.filters, source.event) : undefined;
		return reason === undefined ? [] : [{ ...one, reason }];
	});
}

/** Why nothing ran for `what`: no hook is attached to the event, no attached hook matches it, or nothing is held. */
export function unmatchedLine({ configFile, unmatched, source, warnings }: Report, what: string): string {
	if (source.kind === "held") {
		return warnings.some(({ code }) => code === "not_held") ? "nothing was sent" : "nothing is held";
	}
	if (source.kind === "stored") return "nothing is due now: `redeliver --dry-run` says what waits, and for what";
	if (source.kind === "file") {
		return source.events === 0 ? "there was no event to fire" : `no hook in ${configFile} matches any of them`;
	}
	const attached = unmatched.filter((hook) => hook.attached);
	if (attached.length === 0) return `no hook in ${configFile} is attached to ${what}`;
	const reasons = attached.slice(0, 5).map(({ hook, reason }) => `${hook.name}: ${excerpt(reason, 120)}`);
	const more = attached.length > reasons.length ? `; and ${attached.length - reasons.length} more` : "";
	return `no hook in ${configFile} matches ${what} (${reasons.join("; ")}${more})`;
}
