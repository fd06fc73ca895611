// The plan of an event: which hooks meet it, as deliveries, in the order in which they run.
import { createHash } from "node:crypto";
import type { Config, Hook, ShellHook, Webhook } from "../config/hook.ts";
import { type Delivery, isGate, type Plan, type Untrusted } from "../delivery.ts";
import type { EventDefinition, PipelineEvent } from "../event/event.ts";
import { selects } from "../event/selector.ts";

/** Plans one event. Holds no value of any variable: those are put in at the moment of sending. */
export function createPlan(
	config: Config,
	event: PipelineEvent,
	secretsWithheld: boolean,
	untrusted?: Untrusted,
): Plan {
	const gates: Delivery[] = [];
	const shell: Delivery<ShellHook>[] = [];
	const webhooks: Delivery<Webhook>[] = [];
	for (const hook of selectHooks(config.hooks, event.definition)) {
		const id = deliveryId(event.context.id, hook.name);
		if (isGate(hook)) gates.push({ id, hook, events: [event] });
		else if (hook.kind === "shell") shell.push({ id, hook, events: [event] });
		else webhooks.push({ id, hook, events: [event] });
	}
	return { event, gates, shell, webhooks, concurrency: config.concurrency, secretsWithheld, untrusted };
}

/** The hooks that an event selects, in the order of the file. */
export function selectHooks(hooks: readonly Hook[], event: EventDefinition): readonly Hook[] {
	return hooks
		.filter(({ selectors }) => selectors.some((selector) => selects(selector, event)))
		.toSorted((a, b) => a.order - b.order);
}

/** `dlv_` and 128 bits: two hooks on one URL differ, two tries of one delivery do not. */
function deliveryId(eventId: string, hookName: string): string {
	return `dlv_${createHash("sha256").update(`${eventId}\n${hookName}`).digest("hex").slice(0, 32)}`;
}
