// Deliveries and their outcomes: the values that plan, deliver and report hand on.
import type { Hook, ShellHook, Webhook } from "./config/hook.ts";
import type { Events, PipelineEvent } from "./event/event.ts";

/** One hook meeting one event, or one batch of events: a message ready to be made and sent. */
export interface Delivery<H extends Hook = Hook> {
	/** A hash of the event's id and the hook's name: the same over retries, so that receivers can deduplicate on it. */
	readonly id: string;
	readonly hook: H;
	readonly events: Events;
}

/** A workspace in which a stranger's code may lie, in a run that has secrets all the same. */
export interface Untrusted {
	/** What triggered the run: `pull_request_target`. */
	readonly event: string;
	/** What makes the workspace suspect, as a clause. */
	readonly why: string;
}

/** What runs for an event, in the order of running: gates one at a time, then the other two lists side by side. */
export interface Plan {
	readonly event: PipelineEvent;
	readonly gates: readonly Delivery[];
	readonly shell: readonly Delivery<ShellHook>[];
	readonly webhooks: readonly Delivery<Webhook>[];
	/** How many webhooks are under way at once. */
	readonly concurrency: number;
	/** The CI withholds secrets from this run by design (a fork's pull request), so their absence is no fault. */
	readonly secretsWithheld: boolean;
	/** Shell hooks are refused, because they would run what lies there; undefined where they run. */
	readonly untrusted: Untrusted | undefined;
}

/** One try of a delivery. */
export interface Attempt {
	/** Milliseconds, whole. */
	readonly durationMs: number;
	/** The status of the answer, where there was one. */
	readonly httpStatus?: number;
	/** Why it did not succeed, in one phrase; absent on the last attempt of a delivered one. */
	readonly reason?: string;
}

/** The exact message of a delivery. Secrets are still in it: whoever shows it masks it. */
export type Preview =
	| {
			readonly kind: "webhook";
			readonly method: string;
			/** Without path, query and userinfo. */
			readonly target: string;
			/** Signatures are said to come, not shown. */
			readonly headers: Readonly<Record<string, string>>;
			readonly body: string;
			readonly notes: readonly string[];
	  }
	| { readonly kind: "shell"; readonly command: string; readonly stdin: string }
	| { readonly kind: "problem"; readonly target: string; readonly reason: string };

/** Why a delivery was not begun. */
export type SkipCause = "gate_failed" | "secrets_withheld" | "cancelled" | "dry_run";

/** What became of a delivery. Reasons are one line and may still hold secrets: reports mask them. */
export interface Outcome {
	readonly delivery: Delivery;
	readonly status: "delivered" | "failed" | "skipped";
	/** Why it failed or was skipped; empty when delivered. */
	readonly reason: string;
	/** Only of a skipped one. */
	readonly skipCause?: SkipCause;
	/** Where it went, without its secrets: `https://hooks.slack.com/…`, or the command. */
	readonly target: string;
	readonly attempts: readonly Attempt[];
	/** From the start of the first attempt to the end of the last, waiting included; milliseconds, whole. */
	readonly durationMs: number;
	/** Of the last attempt. */
	readonly httpStatus?: number;
	/** Things the user should know although it was delivered: what was cut, a retired address. */
	readonly notes: readonly string[];
}

/** Whether a hook's failure stops the pipeline. */
export function isGate(hook: Hook): boolean {
	return hook.onFailure === "abort";
}
