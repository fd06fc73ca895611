// Outcomes of deliveries that are not begun: skipped, failed at once, or held.

import type { Env } from "../lib/env.ts";
import { type Delivery, isGate, type Outcome, type RunFacts, type SkipCause } from "../model/delivery.ts";
import { unsetVariables } from "../model/hook-references.ts";
import { refusalOf } from "./refusal.ts";
import { showTarget } from "./target.ts";

/** Why a delivery is skipped after a cancellation. */
export const NOT_BEGUN = "cancelled before it began";

/** Why a delivery must not be begun now; undefined where it may. */
export function notReady(delivery: Delivery, facts: RunFacts, env: Env, signal: AbortSignal): Outcome | undefined {
	if (signal.aborted) return skipped(delivery, "cancelled", NOT_BEGUN, env);
	const withheld = facts.secretsWithheld && !isGate(delivery.hook);
	const [absent] = withheld ? unsetVariables(delivery.hook, env) : [];
	if (absent !== undefined) {
		const reason = `variable ${absent} is unset or empty, as secrets are on a pull request from a fork and in runs by Dependabot`;
		return skipped(delivery, "secrets_withheld", reason, env);
	}
	const refused = refusalOf(delivery, facts);
	return refused === undefined ? undefined : failed(delivery, refused, env);
}

/** The outcome of a delivery that failed without an attempt that can be told. */
export function failed(delivery: Delivery, reason: string, env: Env): Outcome {
	return { ...notBegun(delivery, reason, env), status: "failed" };
}

/** The outcome of a delivery that will not be begun any more. */
export function skipped(delivery: Delivery, skipCause: SkipCause, reason: string, env: Env): Outcome {
	return { ...notBegun(delivery, reason, env), status: "skipped", skipCause };
}

/** The outcome of an event that waits for others to make a batch with. */
export function held(delivery: Delivery, reason: string, env: Env): Outcome {
	return { ...notBegun(delivery, reason, env), status: "held" };
}

function notBegun(delivery: Delivery, reason: string, env: Env): Omit<Outcome, "status"> {
	const target = showTarget(delivery.hook, env);
	return { delivery, reason, target, attempts: [], durationMs: 0, notes: [] };
}
