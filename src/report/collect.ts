// The outcomes of a run as they come: all of them counted, and as many kept as a report can show.
import { isGate, type Outcome, type OutcomeStatus } from "../model/delivery.ts";
import type { Events, PipelineEvent } from "../model/event.ts";

/** How many deliveries ended each way. */
export type Counts = Readonly<Record<OutcomeStatus, number>>;

/** Outcomes of each status that are kept of many events. One event has at most as many as its config has hooks. */
const KEPT = 2000;

/** How the whole event went. `aborted` and `error` fail the workflow. */
export type Result = "passed" | "warned" | "aborted" | "skipped" | "error";

/** The outcomes of a run, summed up. */
export interface Collected {
	/** All of one event, in the order of the config; of many events the first of each status, as they ended. */
	readonly outcomes: readonly Outcome[];
	readonly counts: Counts;
	/** Failures that the hook's `on_failure` does not ignore. */
	readonly countedFailures: number;
	readonly result: Result;
}

const RESULTS = ["skipped", "passed", "warned", "aborted"] as const satisfies readonly Result[];

/** Takes the outcomes of one event, or of many. */
export class Collector {
	readonly #kept: Outcome[] = [];
	readonly #counts: Record<OutcomeStatus, number> = { delivered: 0, failed: 0, skipped: 0, held: 0 };
	readonly #many: boolean;
	#countedFailures = 0;
	/** Index of the worst result so far. */
	#worst = 0;

	constructor(many: boolean) {
		this.#many = many;
	}

	add(outcome: Outcome): void {
		const { status, delivery } = outcome;
		this.#counts[status]++;
		this.#worst = Math.max(this.#worst, RESULTS.indexOf(resultOf(outcome)));
		if (status === "failed" && delivery.hook.onFailure !== "ignore") this.#countedFailures++;
		if (!this.#many) this.#kept.push(outcome);
		else if (this.#counts[status] <= KEPT) this.#kept.push(lightened(outcome));
	}

	collected(): Collected {
		const orderOf = ({ delivery }: Outcome) => delivery.hook.order;
		const outcomes = this.#many ? this.#kept : this.#kept.toSorted((a, b) => orderOf(a) - orderOf(b));
		const result = RESULTS[this.#worst] ?? "aborted";
		return { outcomes, counts: { ...this.#counts }, countedFailures: this.#countedFailures, result };
	}
}

/** Whether a gate has denied its event; one that a cancellation kept from being asked has not allowed anything. */
export function isDenial({ status, skipCause, delivery: { hook } }: Outcome): boolean {
	return isGate(hook) && (status === "failed" || skipCause === "cancelled");
}

function resultOf(outcome: Outcome): (typeof RESULTS)[number] {
	const { status, delivery } = outcome;
	if (isDenial(outcome)) return "aborted";
	if (status === "failed" && delivery.hook.onFailure === "warn") return "warned";
	return status === "skipped" ? "skipped" : "passed";
}

/** Drops what events carry, which may be megabytes; of a batch it keeps the first, the last and the number. */
function lightened(outcome: Outcome): Outcome {
	const { delivery } = outcome;
	const [first, ...rest] = delivery.events;
	const events: Events = [light(first), ...rest.fill(light(rest.at(-1) ?? first))];
	return { ...outcome, delivery: { ...delivery, events } };
}

function light({ definition, context, line }: PipelineEvent): PipelineEvent {
	const { id, event, run_id, pipeline, timestamp, status } = context;
	const small = { definition, context: { id, event, run_id, pipeline, timestamp, status } };
	return line === undefined ? small : { ...small, line };
}
