// Batches of the events of one process, and which events end the waiting of those that are held.
import type { Hook, Webhook } from "../config/hook.ts";
import { type Delivery, deliveryId } from "../delivery.ts";
import type { EventDefinition, Events, PipelineEvent } from "../event/event.ts";

/** After these a pipeline says nothing more, so that what is held is sent with them. */
const FINAL_EVENTS: readonly string[] = ["pipeline_complete", "pipeline_error"];

/** Whether held events are sent with this one. */
export function isFinal({ name }: EventDefinition): boolean {
	return FINAL_EVENTS.includes(name);
}

/** The hooks that make batches, in the order given. */
export function batchingHooks(hooks: readonly Hook[]): readonly Webhook[] {
	return hooks.flatMap((hook) =>
		hook.kind === "webhook" && hook.batchSize !== undefined && hook.enabled ? [hook] : [],
	);
}

/** The delivery of a batch. */
export function batchDelivery(hook: Webhook, events: Events): Delivery<Webhook> {
	return { id: deliveryId(events, hook.name), hook, events };
}

/** Groups events as they come, hook by hook. */
export class Batches {
	readonly #open = new Map<string, { readonly hook: Webhook; readonly events: PipelineEvent[] }>();

	/** Adds the event of a delivery; the batch, where that fills it. */
	add({ hook, events }: Delivery<Webhook>): readonly Delivery<Webhook>[] {
		const open = this.#open.get(hook.name) ?? { hook, events: [] };
		this.#open.set(hook.name, open);
		open.events.push(...events);
		return open.events.length >= (hook.batchSize ?? 1) ? this.#close(open) : [];
	}

	/** What was begun and not filled. */
	rest(): readonly Delivery<Webhook>[] {
		return [...this.#open.values()].flatMap((open) => this.#close(open));
	}

	#close({ hook, events }: { readonly hook: Webhook; readonly events: readonly PipelineEvent[] }) {
		this.#open.delete(hook.name);
		const [first, ...rest] = events;
		return first === undefined ? [] : [batchDelivery(hook, [first, ...rest])];
	}
}
