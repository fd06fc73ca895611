// What a delivery would send, without sending it.

import { unsetReason } from "../config/references.ts";
import type { Delivery, Preview } from "../delivery.ts";
import type { Env } from "../ports.ts";
import { commandInput } from "./command.ts";
import { makeMessage } from "./message.ts";
import { showTarget } from "./target.ts";

/** Makes the message of a delivery as sending would. */
export function preview(delivery: Delivery, env: Env): Preview {
	const { hook } = delivery;
	if (hook.kind === "shell")
		return { kind: "shell", command: hook.command, stdin: commandInput({ ...delivery, hook }) };
	const made = makeMessage({ ...delivery, hook }, env);
	const target = showTarget(hook, env);
	if (made.kind === "unset") return { kind: "problem", target, reason: unsetReason(made.variable) };
	if (made.kind === "invalid") return { kind: "problem", target, reason: made.reason };
	const { method, headers, sign, body, notes } = made.message;
	const signatures = Object.keys(sign()).map((name) => [name, "(made when sent)"] as const);
	return {
		kind: "webhook",
		method,
		target,
		headers: { ...headers, ...Object.fromEntries(signatures) },
		body: new TextDecoder().decode(body),
		notes,
	};
}
