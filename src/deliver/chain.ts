// A delivery with its chain: the fallback where it has failed for good, and what follows a success.

import { type Delivery, deliveryId, type FindChained, isGate, type Outcome } from "../model/delivery.ts";
import type { PipelineEvent } from "../model/event.ts";
import { type Failure, isDecided } from "../model/failure.ts";
import type { Hook } from "../model/hook.ts";

/** What carrying out a chain needs. */
export interface Chaining {
	readonly reach: FindChained;
	/** Carries out one delivery by itself: the hook's own, or a fallback in its place. */
	readonly run: (delivery: Delivery) => Promise<Outcome>;
	readonly signal: AbortSignal;
}

/**
 * Runs a delivery and, if it fails for good, its fallback once, in the same failure mode and with the same id. The
 * outcome is that of the hook itself, and names the fallback that delivered it. A batch fails if any of its events was
 * not delivered. A gate that has denied asks no fallback.
 *
 * `requireAllow` is set if a gate before this hook has to prove its yes, even with other hooks between the two.
 */
export async function runWithFallback(delivery: Delivery, chaining: Chaining, requireAllow = false): Promise<Outcome> {
	const first = await chaining.run(delivery);
	const { hook, events, id } = delivery;
	const { failure } = first;
	if (failure === undefined || hook.fallback === undefined || chaining.signal.aborted) return first;
	if (isGate(hook) && isDecided(failure)) return first;
	const next = chaining.reach(hook.fallback, events);
	if (next === undefined) {
		const why = `fallback ${hook.fallback} is disabled, or its filter matches no event`;
		return { ...first, failure: { ...failure, reason: `${failure.reason}; ${why}` } };
	}
	const proves = requireAllow || (hook.kind === "webhook" && hook.requireAllow);
	const instead = { ...next, id, hook: inPlaceOf(hook, next.hook, proves) };
	return joined(first, failure, await runWithFallback(instead, chaining, proves));
}

/** A fallback has the failure mode of its hook, and the fallback of a gate proves its yes as the gate does. */
function inPlaceOf({ onFailure }: Hook, fallback: Hook, proves: boolean): Hook {
	if (fallback.kind === "shell") return { ...fallback, onFailure };
	return { ...fallback, onFailure, requireAllow: fallback.requireAllow || proves };
}

/** The deliveries that follow a success: of the hook, and of the fallback that did its work. */
export function followers({ skipCause, delivery, via }: Outcome, reach: FindChained): readonly Delivery[] {
	const { hook, events } = delivery;
	if (skipCause === "dry_run") return [];
	const instead = via === undefined ? undefined : reach(via, events);
	const names = new Set([...hook.onSuccess, ...(instead?.hook.onSuccess ?? [])]);
	return [...names].flatMap((name): Delivery[] => {
		const next = reach(name, events);
		return next === undefined ? [] : [{ ...next, id: deliveryId(next.events, name) }];
	});
}

/** The outcomes of a hook that has failed and of its fallback, as one of the hook. */
function joined(first: Outcome, why: Failure, second: Outcome): Outcome {
	const way = second.delivery.hook.name;
	const { delivery } = first;
	const { events, hook } = delivery;
	const missed = missedOf(first, second);
	const both = {
		delivery,
		reason: "",
		attempts: [...first.attempts, ...second.attempts],
		durationMs: first.durationMs + second.durationMs,
		...(second.httpStatus !== undefined && { httpStatus: second.httpStatus }),
		...(first.switchedOff !== undefined && { switchedOff: first.switchedOff }),
	};
	if (missed.length === 0) {
		const notes = [...first.notes, `${hook.name} itself failed: ${why.reason}`, ...second.notes];
		return { ...both, status: "delivered", target: second.target, via: second.via ?? way, ownFailure: why, notes };
	}
	const others = missed.length === 1 ? "the other" : "the others";
	const taken = `${second.delivery.events.length} of ${events.length} events`;
	const told =
		second.status === "delivered"
			? `fallback ${way} delivered ${taken}, and its filter excludes ${others}`
			: `fallback ${way}: ${second.failure?.reason ?? second.reason}`;
	return {
		...both,
		...(missed.length < events.length && { missed }),
		status: "failed",
		// The cause is that of the last one that failed.
		failure: { ...(second.failure ?? why), reason: `${why.reason}; ${told}` },
		target: first.target,
		notes: [...first.notes, ...second.notes],
	};
}

/** The places of the events that neither the hook nor its fallback has delivered. */
function missedOf(first: Outcome, { status, delivery, missed }: Outcome): readonly number[] {
	const { events } = delivery;
	const failed = status === "delivered" ? [] : (missed ?? [...events.keys()]);
	const left = new Set(failed.map((place): PipelineEvent | undefined => events[place]));
	const taken = new Set(events.filter((event) => !left.has(event)));
	return first.delivery.events.flatMap((event, place) => (taken.has(event) ? [] : [place]));
}
