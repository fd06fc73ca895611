// The outcomes of a run as they come: all of them counted, and as many kept as a report can show.
import { isGate, OUTCOME_STATUSES, type Outcome, type OutcomeStatus } from "../model/delivery.ts";
import type { EventContext, Events, PipelineEvent } from "../model/event.ts";

/** How many deliveries ended each way. */
export type Counts = Readonly<Record<OutcomeStatus, number>>;

/** Outcomes of each status that are kept of many events. One event has no more of them than its config has hooks. */
const KEPT = 2000;

/** How the whole event went. `aborted` and `error` fail the workflow. */
export type Result = "passed" | "warned" | "aborted" | "skipped" | "error";

/** What a run came to. */
export interface Collected {
	/** Of one event all, in the order of the file; of many events the first of each status, in the order of ending. */
	readonly outcomes: readonly Outcome[];
	readonly counts: Counts;
	/** How many of the failed ones their hooks do not ignore. */
	readonly countedFailures: number;
	readonly result: Result;
}

/** Takes the outcomes of one event, or of many. */
export class Collector {
	readonly #kept: Outcome[] = [];
	readonly #counts: Record<OutcomeStatus, number> = { delivered: 0, failed: 0, skipped: 0, held: 0 };
	readonly #many: boolean;
	#countedFailures = 0;
	#aborted = false;
	#warned = false;

	constructor(many: boolean) {
		this.#many = many;
	}

	add(outcome: Outcome): void {
		const { status, delivery, skipCause } = outcome;
		const { hook } = delivery;
		this.#counts[status]++;
		// A gate that was not asked, because of a cancellation, has not said yes.
		const denied = isGate(hook) && (status === "failed" || skipCause === "cancelled");
		this.#aborted ||= denied;
		this.#warned ||= status === "failed" && hook.onFailure === "warn";
		if (status === "failed" && hook.onFailure !== "ignore") this.#countedFailures++;
		if (!this.#many) this.#kept.push(outcome);
		else if (this.#counts[status] <= KEPT) this.#kept.push(lightened(outcome));
	}

	collected(): Collected {
		const outcomes = this.#many ? this.#kept : this.#kept.toSorted((a, b) => orderOf(a) - orderOf(b));
		return { outcomes, counts: { ...this.#counts }, countedFailures: this.#countedFailures, result: this.#result() };
	}

	#result(): Result {
		if (this.#aborted) return "aborted";
		if (this.#warned) return "warned";
		return OUTCOME_STATUSES.every((status) => status === "skipped" || this.#counts[status] === 0)
			? "skipped"
			: "passed";
	}
}

function orderOf({ delivery }: Outcome): number {
	return delivery.hook.order;
}

/** Without what events carry, which may be megabytes; of a batch the first and the last, and how many there were. */
function lightened(outcome: Outcome): Outcome {
	const { delivery } = outcome;
	const [first, ...rest] = delivery.events;
	const kept = light(first);
	const last = rest.at(-1);
	const others = last === undefined ? [] : [...Array<PipelineEvent>(rest.length - 1).fill(kept), light(last)];
	const events: Events = [kept, ...others];
	return { ...outcome, delivery: { ...delivery, events } };
}

function light({ definition, context, line }: PipelineEvent): PipelineEvent {
	const { id, event, run_id, pipeline, timestamp, status }: EventContext = context;
	const small = { definition, context: { id, event, run_id, pipeline, timestamp, status } };
	return line === undefined ? small : { ...small, line };
}
