// What makes a stored delivery obsolete: its age, and a newer one about the same thing to the same receiver.
import { envelopeOf } from "../deliver/envelope.ts";
import type { Env } from "../lib/env.ts";
import type { Delivery } from "../model/delivery.ts";
import type { Events, Status } from "../model/event.ts";
import type { Webhook } from "../model/hook.ts";
import type { Late } from "../model/preset.ts";
import type { DeliveryRecord } from "../model/records.ts";
import { parseReference, type Reference, resolveReference } from "../model/reference.ts";
import { shortHash } from "../presets/key-text.ts";
import { RECORD } from "../presets/late.ts";
import { storyKey } from "../presets/story-body.ts";

/** What a late message of a hook is worth, as the hook and its preset say. */
export function lateOf({ preset, maxAgeMs, supersede }: Webhook): Omit<Late, "receiver"> {
	const { late = RECORD } = preset;
	return { maxAgeMs: maxAgeMs ?? late.maxAgeMs, supersedes: supersede ?? late.supersedes };
}

/** What happened to something, and not only that something happens. */
const OUTCOMES: readonly Status[] = ["success", "failure", "warning"];

const usualKey = storyKey({ name: "", limit: 1000, fill: undefined });

/** A hash of what a delivery is about, by the service's own key if it has one; undefined for one that is tied to no other. */
export function keyOf({ hook, events }: Delivery<Webhook>, env: Env): string | undefined {
	const isTold = events.some(({ context: { status } }) => OUTCOMES.includes(status));
	if (hook.preset.late?.byOutcomes === true && !isTold) return undefined;
	const text = textOf(hook, events, env);
	return text === undefined ? undefined : shortHash(text);
}

function textOf(hook: Webhook, events: Events, env: Env): string | undefined {
	try {
		const { key = usualKey } = envelopeOf(hook, env).service;
		return key(events);
	} catch (thrown) {
		// Of a message that cannot be made. Presets are of another bundle, with a class of their own.
		if (thrown instanceof Error && UNMADE.includes(thrown.name)) return usualKey(events);
		throw thrown;
	}
}

const UNMADE: readonly string[] = ["MessageError", "CannotRender"];

/**
 * Whether one makes the other obsolete, if it is about the same thing. Of two events of one moment only the lines of their
 * file tell which came first; otherwise none of them is left out for the other.
 */
export function isNewer(one: Moment, other: Moment): boolean {
	if (one.eventTime !== other.eventTime) return one.eventTime > other.eventTime;
	return one.runId === other.runId && (one.line ?? 0) > (other.line ?? Number.POSITIVE_INFINITY);
}

type Moment = Pick<DeliveryRecord, "eventTime" | "line" | "runId">;

/**
 * A name for whom a hook's messages reach, to be compared with that of another hook: of its preset, its URL, its secret
 * and required options, and what else the preset says. Never stored, since it is made of secrets.
 */
export function receiverOf({ preset, url, options }: Webhook, env: Env): string {
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
