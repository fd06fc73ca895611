// Deliveries and their outcomes: the values that plan, deliver and report pass on.
import { hash } from "node:crypto";
import type { Events } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { Hook, ShellHook, Webhook } from "./hook.ts";
import type { People } from "./people.ts";

/** One hook for one event, or for one batch of events: a message ready to be made and sent. */
export interface Delivery<H extends Hook = Hook> {
	/** As {@link deliveryId} makes it: the same over retries and a fallback, so that receivers can deduplicate on it. */
	readonly id: string;
	readonly hook: H;
	readonly events: Events;
}

/** A workspace in which a stranger's code may lie, in a run that has secrets all the same. */
export interface Untrusted {
	/** What triggered the run: `pull_request_target`. */
	readonly event: string;
}

/** What runs for an event, in the order of running: gates one at a time, then the other lists side by side. */
export interface Plan {
	readonly gates: readonly Delivery[];
	readonly shell: readonly Delivery<ShellHook>[];
	readonly webhooks: readonly Delivery<Webhook>[];
	/** Each of one event, to be put together with others into batches. */
	readonly batched: readonly Delivery<Webhook>[];
}

/** What is the same for every event of a run. */
export interface RunFacts {
	/** How many webhooks are in flight at once. */
	readonly concurrency: number;
	/** The CI withholds secrets from this run by design (a fork's pull request), so a missing one is not a failure. */
	readonly secretsWithheld: boolean;
	/** The hooks that their receivers have switched off, by name, and why. */
	readonly switchedOff: ReadonlyMap<string, string>;
	/** Shell hooks are refused, because they would run what is there; undefined if they may run. */
	readonly untrusted: Untrusted | undefined;
	readonly reach: FindChained;
	/** Until when a hook is muted; undefined if it is not. Never of a gate. */
	readonly mutedUntil: (hook: Hook) => Date | undefined;
	/** Loaded when a hook needs them. */
	readonly people: () => Promise<People>;
}

/**
 * The hook of that name as another's `fallback` or `then` reaches it, with the events that its filter lets through;
 * undefined where it is disabled, or lets none through.
 */
export type FindChained = (name: string, events: Events) => Pick<Delivery, "hook" | "events"> | undefined;

/** One attempt of a delivery. */
export interface Attempt {
	/** When it began, in milliseconds since 1970; only of a webhook. */
	readonly at?: number;
	/** Milliseconds, whole. */
	readonly durationMs: number;
	/** The status of the response, where there was one. */
	readonly httpStatus?: number;
	/** Absent on the last attempt of a delivered one. */
	readonly failure?: Failure;
}

/** The size of a message, or of one part of it. */
export interface Size {
	/** `body`, or the path of a part. */
	readonly of: string;
	readonly size: number;
	readonly unit: "bytes" | "characters" | "items";
	/** The service's limit, where it states one. */
	readonly most?: number;
}

/**
 * The exact message of a delivery. It still holds secrets: whoever shows it masks it. `placeholders` are the variables
 * that are unset, in whose place their names are shown.
 */
export type Preview =
	| {
			readonly kind: "webhook";
			readonly method: string;
			/** Without path, query and userinfo. */
			readonly target: string;
			/** A placeholder for each signature. */
			readonly headers: Readonly<Record<string, string>>;
			readonly body: string;
			readonly notes: readonly string[];
			readonly placeholders: readonly string[];
			readonly sizes: readonly Size[];
			/** Where the service itself shows the body, which is in the fragment. */
			readonly showcase?: string;
	  }
	| {
			readonly kind: "shell";
			readonly command: string;
			readonly stdin: string;
			readonly placeholders: readonly string[];
	  }
	| { readonly kind: "problem"; readonly target: string; readonly reason: string }
	| { readonly kind: "nothing"; readonly target: string; readonly reason: string };

/**
 * Why a delivery was not started. `not_reached`: it was to follow another that did not succeed. `stopped`: an error ended
 * the run before it. `switched_off`: its receiver has switched the hook off. `muted`: PIPELINE_HOOKS_MUTE says so. `nothing_to_send`: its service takes none of
 * the events.
 */
export type SkipCause =
	| "gate_failed"
	| "secrets_withheld"
	| "cancelled"
	| "dry_run"
	| "not_reached"
	| "stopped"
	| "switched_off"
	| "muted"
	| "nothing_to_send";

/** How a delivery can end. `held`: its event waits for others to make a batch with. */
export const OUTCOME_STATUSES = ["delivered", "failed", "skipped", "held"] as const;
export type OutcomeStatus = (typeof OUTCOME_STATUSES)[number];

/** What became of a delivery. Reasons are one line and may still hold secrets: reports mask them. */
export interface Outcome {
	readonly delivery: Delivery;
	readonly status: OutcomeStatus;
	/** Only of a failed one. */
	readonly failure?: Failure;
	/** Why it was skipped or is held; otherwise empty. */
	readonly reason: string;
	/** Only of a skipped one. */
	readonly skipCause?: SkipCause;
	/** The name of the fallback that delivered it. */
	readonly via?: string;
	/** Why the hook itself failed, where a fallback delivered it. */
	readonly ownFailure?: Failure;
	/** Of a failed batch that a fallback delivered in part: the places of the other events, from 0, ascending. */
	readonly missed?: readonly number[];
	/** Where it went, without its secrets: `https://hooks.slack.com/…`, or the command. */
	readonly target: string;
	readonly attempts: readonly Attempt[];
	/** From the start of the first attempt to the end of the last, waiting included; milliseconds, whole. */
	readonly durationMs: number;
	/** Of the last attempt. */
	readonly httpStatus?: number;
	/** What the user should know although it was delivered: what was truncated, a retired address. */
	readonly notes: readonly string[];
	/** Its receiver wants no further delivery of this hook, and in which words. */
	readonly switchedOff?: string;
	/** When the store's next try is due, in milliseconds since 1970. */
	readonly nextAttempt?: number;
}

/** Why a delivery failed, was skipped or is held; empty when delivered. */
export function reasonOf({ failure, reason }: Outcome): string {
	return failure?.reason ?? reason;
}

/** The same outcome for another reason. */
export function withReason(outcome: Outcome, reason: string): Outcome {
	const { failure } = outcome;
	return failure === undefined ? { ...outcome, reason } : { ...outcome, failure: { ...failure, reason } };
}

/** A hook that does not match an event. */
export interface Unmatched {
	readonly hook: Hook;
	/** One phrase, which follows the hook's name. */
	readonly reason: string;
	/** Its events select the event; only its filter, or that it is disabled, kept it out. */
	readonly attached: boolean;
}

/**
 * `dlv_` and 128 bits of a hash over the ids of the events and the hook's name: two hooks on one URL differ, two attempts
 * of one delivery do not.
 */
export function deliveryId(events: Events, hookName: string): string {
	const ids = events.map(({ context }) => context.id).join("\n");
	return `dlv_${hash("sha256", `${ids}\n${hookName}`).slice(0, 32)}`;
}

/** Whether a delivery is sent as a batch: always where the hook makes batches, however few the events. */
export function isBatch({ hook, events }: Pick<Delivery, "hook" | "events">): boolean {
	return events.length > 1 || (hook.kind === "webhook" && hook.batchSize !== undefined);
}

/** Whether a hook's failure stops the pipeline. */
export function isGate(hook: Hook): boolean {
	return hook.onFailure === "abort";
}
