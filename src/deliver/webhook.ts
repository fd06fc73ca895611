// One webhook delivery: its message, what its requests need, and its attempts.

import type { Delivery, Outcome } from "../model/delivery.ts";
import type { Webhook } from "../model/hook.ts";
import { unsetReason } from "../model/hook-references.ts";
import type { Connections } from "../ports.ts";
import { Attempts, type WebhookPorts } from "./attempts.ts";
import type { ReadAuthorities } from "./authorities.ts";
import { type Message, makeMessage } from "./message.ts";
import type { Receivers } from "./receivers.ts";
import type { Slots } from "./slots.ts";
import { showTarget } from "./target.ts";

/** What a delivery shares with the others of its run, and what it tells. */
export interface Shared {
	readonly connections: Connections;
	readonly readAuthorities: ReadAuthorities;
	readonly receivers: Receivers;
	/** Aborts on cancellation. */
	readonly signal: AbortSignal;
	/** Called before each attempt. */
	readonly onBegin: () => void;
}

/**
 * Sends one webhook. `slots` are those of which its delivery has one: it is given back while the delivery waits. Never
 * throws for what the world does.
 */
export function sendWebhook(
	delivery: Delivery<Webhook>,
	ports: WebhookPorts,
	shared: Shared,
	slots?: Slots,
): Promise<Outcome> {
	const made = makeMessage(delivery, ports.env);
	if (made.kind !== "message") {
		const reason = made.kind === "unset" ? unsetReason(made.variable) : made.reason;
		return Promise.resolve(notSent(delivery, showTarget(delivery.hook, ports.env), reason));
	}
	const { message } = made;
	const send = (authorities?: string) => attempts(delivery, message, authorities, ports, shared, slots);
	const { caFile } = message;
	if (caFile === undefined) return send();
	return shared.readAuthorities(caFile).then((found) => {
		return "reason" in found ? notSent(delivery, message.target, found.reason) : send(found.pem);
	});
}

function attempts(
	delivery: Delivery<Webhook>,
	message: Message,
	authorities: string | undefined,
	ports: WebhookPorts,
	{ connections, receivers, signal, onBegin }: Shared,
	slots: Slots | undefined,
): Promise<Outcome> {
	const receiver = receivers.at(message.url);
	const way = { connections, authorities, receiver, slots, signal, onBegin };
	return new Attempts(delivery, message, ports, way).make();
}

function notSent(delivery: Delivery, target: string, reason: string): Outcome {
	return { delivery, status: "failed", reason, target, attempts: [], durationMs: 0, notes: [] };
}
