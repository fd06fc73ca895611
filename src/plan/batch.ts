// Batches of the events of one process, and which events end the waiting of those that are held.

import { Groups } from "../lib/groups.ts";
import { type Delivery, deliveryId } from "../model/delivery.ts";
import type { EventDefinition, Events, PipelineEvent } from "../model/event.ts";
import type { Webhook } from "../model/hook.ts";

/** Whether held events are sent with this one, since a pipeline says nothing more after it. */
export function isFinal({ name }: EventDefinition): boolean {
	return name === "pipeline_complete" || name === "pipeline_error";
}

/** The delivery of a batch. */
export function batchDelivery(hook: Webhook, events: Events): Delivery<Webhook> {
	return { id: deliveryId(events, hook.name), hook, events };
}

/**
 * Bytes of the JSON of a batch's events together, at most; an event that has more is a batch of its own. With what the
 * body has around them it is 1 MiB, which nginx accepts by default, and twenty at once fit into memory.
 * https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size
 */
export const BATCH_BYTES = 1_000_000;

/** Groups events as they come, hook by hook. */
export class Batches {
	readonly #bytes: number;
	readonly #open = new Map<string, { readonly hook: Webhook; readonly groups: Groups<PipelineEvent> }>();

	/** `bytes` are those of a batch's events together, at most. */
	constructor(bytes = BATCH_BYTES) {
		this.#bytes = bytes;
	}

	/** Adds the event of a delivery; the batches that it fills, or finds no room in. */
	add({ hook, events: [event] }: Delivery<Webhook>): readonly Delivery<Webhook>[] {
		const limits = { items: hook.batchSize ?? 1, bytes: this.#bytes };
		const { groups } = this.#open.get(hook.name) ?? { groups: new Groups<PipelineEvent>(limits) };
		this.#open.set(hook.name, { hook, groups });
		return deliveries(hook, groups.add(event, bytesOf(event)));
	}

	/** What was begun and not filled. */
	rest(): readonly Delivery<Webhook>[] {
		return [...this.#open.values()].flatMap(({ hook, groups }) => deliveries(hook, groups.rest()));
	}
}

function deliveries(hook: Webhook, groups: readonly (readonly PipelineEvent[])[]): readonly Delivery<Webhook>[] {
	return groups.flatMap(([first, ...rest]) => (first === undefined ? [] : [batchDelivery(hook, [first, ...rest])]));
}

function bytesOf({ context, run }: PipelineEvent): number {
	return Buffer.byteLength(JSON.stringify(context)) + Buffer.byteLength(run === undefined ? "" : JSON.stringify(run));
}
