// What a store must know of the messages in it, which presets, templates and filters decide.
import type { Env } from "../lib/env.ts";
import type { GivenContext } from "./context.ts";
import type { Delivery } from "./delivery.ts";
import type { PipelineEvent } from "./event.ts";
import type { Hook, Webhook } from "./hook.ts";
import type { Late } from "./preset.ts";

/** Given to the bundle of the stores by who loads it and has presets, templates and filters already. */
export interface MessageRules {
	/** What a late message of a hook is worth, as the hook and its preset say. */
	readonly lateOf: (hook: Webhook) => Omit<Late, "receiver">;
	/** A hash of what a delivery is about, by the service's own key if it has one; undefined for one that is tied to no other. */
	readonly keyOf: (delivery: Delivery<Webhook>, env: Env) => string | undefined;
	/**
	 * A name for whom a hook's messages reach, to be compared with that of another hook: of its preset, its URL, its secret
	 * and required options, and what else the preset says. Never stored, since it is made of secrets.
	 */
	readonly receiverOf: (hook: Webhook, env: Env) => string;
	/** Whether an event may have led to a hook of a config, by itself or as another one's fallback or follower. */
	readonly mayHaveFired: (hook: Hook, event: PipelineEvent, hooks: readonly Hook[]) => boolean;
	/** The credentials that a context brings. */
	readonly contextSecrets: (context: GivenContext) => readonly string[];
}
