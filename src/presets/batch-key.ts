// The key that a batch shares with other messages: of an alert, or of a group of events.
import type { EventDefinition, Events } from "../model/event.ts";
import type { Batch } from "./batch.ts";
import { correlationKey } from "./correlation.ts";

const PIPELINE: EventDefinition = { name: "batch", phase: "pipeline", status: "failure", title: "" };
/** No event and no phase of a config can have that name. */
const SEVERAL: EventDefinition = { name: "*", phase: "*", status: "info", title: "" };

/**
 * The {@link correlationKey} of the events where all have the same. Else that of the pipeline that they share, so that
 * the pipeline's own success ends what a batch of its events has reported; or of no more than what they share, where
 * they are of several pipelines.
 */
export function batchKey(events: Events, { context }: Batch, limit: number): string {
	const [first = "", ...others] = events.map((event) => correlationKey(event, limit));
	if (others.every((key) => key === first)) return first;
	return correlationKey({ definition: context.pipeline === "" ? SEVERAL : PIPELINE, context }, limit);
}

/**
 * The key of the alert that a batch with the status `success` resolves: {@link batchKey} if one of its successes has
 * it, else that of its last success. Only what is known to have succeeded is ever resolved: a run may send several
 * batches, and a good one must not close the alert that a bad one has opened.
 */
export function resolvedKey(events: Events, batch: Batch, limit: number): string {
	const whole = batchKey(events, batch, limit);
	const ended = events
		.filter((event) => event.context.status === "success")
		.map((event) => correlationKey(event, limit));
	return ended.includes(whole) ? whole : (ended.at(-1) ?? whole);
}
