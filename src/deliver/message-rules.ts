// The rules of messages that may be stored: how long they are worth sending, what they are about, and whom they reach.
import type { Env } from "../lib/env.ts";
import type { Delivery } from "../model/delivery.ts";
import type { Events, Status } from "../model/event.ts";
import type { Webhook } from "../model/hook.ts";
import type { MessageRules } from "../model/message-rules.ts";
import type { Late } from "../model/preset.ts";
import { parseReference, type Reference, resolveReference } from "../model/reference.ts";
import { mayHaveFired } from "../plan/select.ts";
import { shortHash } from "../presets/key-text.ts";
import { RECORD } from "../presets/late.ts";
import { storyKey } from "../presets/story-body.ts";
import { contextSecrets } from "../secrets/known.ts";
import { envelopeOf } from "./envelope.ts";

function lateOf({ preset, maxAgeMs, supersede }: Webhook): Omit<Late, "receiver"> {
	const { late = RECORD } = preset;
	return { maxAgeMs: maxAgeMs ?? late.maxAgeMs, supersedes: supersede ?? late.supersedes };
}

/** What happened to something, and not only that something happens. */
const OUTCOMES: readonly Status[] = ["success", "failure", "warning"];

const usualKey = storyKey({ name: "", limit: 1000, fill: undefined });

function keyOf({ hook, events }: Delivery<Webhook>, env: Env): string | undefined {
	const isTold = events.some(({ context: { status } }) => OUTCOMES.includes(status));
	if (hook.preset.late?.byOutcomes === true && !isTold) return undefined;
	const text = textOf(hook, events, env);
	return text === undefined ? undefined : shortHash(text);
}

function textOf(hook: Webhook, events: Events, env: Env): string | undefined {
	try {
		const { key = usualKey } = envelopeOf(hook, env).service;
		return key(events);
	} catch {
		// Of a message that cannot be made, for whatever reason: that fails its own delivery, and this must end no other.
		return usualKey(events);
	}
}

function receiverOf({ preset, url, options }: Webhook, env: Env): string {
	const value = (reference: Reference) => {
		const resolved = resolveReference(reference, env);
		return resolved.kind === "unset" ? null : resolved.text.trim();
	};
	const named = Object.entries(preset.options).flatMap(([name, { secret, required, template }]) => {
		const counts = secret === true || required === true || preset.late?.receiver?.includes(name) === true;
		const option = options[name];
		return counts && template !== true && typeof option === "string" ? [[name, value(parseReference(option))]] : [];
	});
	return shortHash(JSON.stringify([preset.name, url === undefined ? null : value(url), named]));
}

/** The rules by the presets, templates and filters of this program. */
export const MESSAGE_RULES: MessageRules = { lateOf, keyOf, receiverOf, mayHaveFired, contextSecrets };
