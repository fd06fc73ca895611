// Outcomes of deliveries without an attempt: skipped, failed at once, or held.

import type { Env } from "../lib/env.ts";
import { type Delivery, isGate, type Outcome, type RunFacts, type SkipCause } from "../model/delivery.ts";
import { type Failure, failure } from "../model/failure.ts";
import { unsetReason, unsetVariables } from "../model/hook-references.ts";
import { showTarget } from "./target.ts";

/** The variable that mutes hooks. */
export const MUTE = "PIPELINE_HOOKS_MUTE";

/** Why a delivery is skipped after a cancellation. */
export const CANCELLED = "cancelled before it began";

/** The outcome of a delivery that must not be begun now; undefined if it may be. */
export function notReady(delivery: Delivery, facts: RunFacts, env: Env, signal: AbortSignal): Outcome | undefined {
	if (signal.aborted) return skipped(delivery, "cancelled", CANCELLED, env);
	const off = isGate(delivery.hook) ? undefined : facts.switchedOff.get(delivery.hook.name);
	if (off !== undefined) {
		const reason = `switched off by its receiver (${off}); \`pipeline-hooks enable ${delivery.hook.name}\` switches it on`;
		return skipped(delivery, "switched_off", reason, env);
	}
	const muted = mutedReason(delivery, facts);
	if (muted !== undefined) return skipped(delivery, "muted", muted, env);
	const withheld = facts.secretsWithheld && !isGate(delivery.hook);
	const [absent] = withheld ? unsetVariables(delivery.hook, env) : [];
	if (absent !== undefined) {
		const reason = `variable ${absent} is unset or empty: GitHub withholds secrets from pull requests from forks and from runs by Dependabot`;
		return skipped(delivery, "secrets_withheld", reason, env);
	}
	const refused = untrustedReason(delivery, facts);
	return refused === undefined ? undefined : failed(delivery, failure("untrusted", refused), env);
}

/** Why a hook sends nothing for now; undefined if it does. What is asked in the place of a gate is a gate. */
export function mutedReason(
	{ hook }: Pick<Delivery, "hook">,
	{ mutedUntil }: Pick<RunFacts, "mutedUntil">,
): string | undefined {
	const until = isGate(hook) ? undefined : mutedUntil(hook);
	return until && `muted until ${until.toISOString().replace(/:00\.000Z$/, "Z")} by ${MUTE}`;
}

/** Why a shell hook is refused in a workspace that may hold a stranger's code; undefined if the hook may run. */
export function untrustedReason(
	{ hook }: Pick<Delivery, "hook">,
	{ untrusted }: Pick<RunFacts, "untrusted">,
): string | undefined {
	if (untrusted === undefined || hook.kind !== "shell") return undefined;
	const risk = "the workspace may contain a stranger's code, and a shell hook would run it with this job's secrets";
	const wayOut = "set allow-untrusted-shell: true if nothing in it comes from a pull request";
	return `refused on ${untrusted.event}: ${risk}; ${wayOut}`;
}

/** The outcome of an unfinished delivery in a run that cannot go on. */
export function abandoned(delivery: Delivery, isBegun: boolean, env: Env): Outcome {
	if (!isBegun) return skipped(delivery, "stopped", "the run stopped on an error before this began", env);
	const reason = "the run stopped on an error while this was in flight; it may or may not have arrived";
	return failed(delivery, failure("interrupted", reason), env);
}

/** The outcome of a delivery that follows another, which did not succeed. */
export function notReached(delivery: Delivery, { delivery: { hook }, status }: Outcome, env: Env): Outcome {
	const reason = `${hook.name}, which it follows, ${status === "failed" ? "failed" : "was skipped"}`;
	return skipped(delivery, "not_reached", reason, env);
}

/** The failure of a delivery whose variable is unset. */
export function unsetVariable(variable: string): Failure {
	return failure("unset_variable", unsetReason(variable));
}

/** The outcome of a delivery that failed without an attempt. */
export function failed(delivery: Delivery, why: Failure, env: Env): Outcome {
	return { ...unsent(delivery, "", env), status: "failed", failure: why };
}

/** The outcome of a delivery that will not be begun. */
export function skipped(delivery: Delivery, skipCause: SkipCause, reason: string, env: Env): Outcome {
	return { ...unsent(delivery, reason, env), status: "skipped", skipCause };
}

/** The outcome of a delivery whose service takes none of its events. A gate that was not asked has not allowed anything. */
export function unneeded(delivery: Delivery, reason: string, env: Env): Outcome {
	if (isGate(delivery.hook)) return failed(delivery, failure("invalid_message", reason), env);
	return skipped(delivery, "nothing_to_send", reason, env);
}

/** The outcome of an event that waits for others to form a batch. */
export function held(delivery: Delivery, reason: string, env: Env): Outcome {
	return { ...unsent(delivery, reason, env), status: "held" };
}

function unsent(delivery: Delivery, reason: string, env: Env): Omit<Outcome, "status"> {
	const target = showTarget(delivery.hook, env);
	return { delivery, reason, target, attempts: [], durationMs: 0, notes: [] };
}
