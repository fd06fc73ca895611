// The plan of an event: which hooks match it, as deliveries, in the order in which they run.

import { type Delivery, deliveryId, isGate, type Plan } from "../model/delivery.ts";
import type { Events, PipelineEvent } from "../model/event.ts";
import type { Hook, ShellHook, Webhook } from "../model/hook.ts";

/** Plans one event for the hooks that it selects. Holds no value of any variable: those are put in on sending. */
export function createPlan(selected: readonly Hook[], event: PipelineEvent): Plan {
	const gates: Delivery[] = [];
	const shell: Delivery<ShellHook>[] = [];
	const webhooks: Delivery<Webhook>[] = [];
	const batched: Delivery<Webhook>[] = [];
	const events: Events = [event];
	for (const hook of selected) {
		const id = deliveryId(events, hook.name);
		if (isGate(hook)) gates.push({ id, hook, events });
		else if (hook.kind === "shell") shell.push({ id, hook, events });
		else if (hook.batchSize === undefined) webhooks.push({ id, hook, events });
		else batched.push({ id, hook, events });
	}
	return { gates, shell, webhooks, batched };
}

/** The same deliveries, each after the one before it as if it were a gate: what a dry run shows is in this order. */
export function inTurn({ gates, shell, webhooks, batched }: Plan): Plan {
	return { gates: [...gates, ...shell, ...webhooks], shell: [], webhooks: [], batched };
}
