// The context as a JSON body of its own, and bodies that other systems have laid down.

import { isJsonObject, type JsonObject, wellFormed } from "../lib/json.ts";
import type { EventContext, PipelineEvent } from "../model/event.ts";
import type { Service } from "../model/preset.ts";

/** The whole context in its own key order, with lone surrogates replaced. */
export function contextBody(context: EventContext): JsonObject {
	const body = wellFormed(context);
	return isJsonObject(body) ? body : {};
}

/** {@link contextBody} without some of its keys. */
export function contextWithout(context: EventContext, keys: readonly (keyof EventContext)[]): JsonObject {
	const left: readonly string[] = keys;
	return Object.fromEntries(Object.entries(contextBody(context)).filter(([key]) => !left.includes(key)));
}

/** Keys of the metadata that feed a preset and must not be shown by any. */
export const SECRET_KEYS: readonly string[] = ["routing_key"];

/** {@link contextBody} without the {@link SECRET_KEYS} of its metadata, or without metadata that held nothing else. */
export function contextShown(context: EventContext): JsonObject {
	const { metadata, ...rest } = contextBody(context);
	const kept = Object.entries(isJsonObject(metadata) ? metadata : {}).filter(([key]) => !SECRET_KEYS.includes(key));
	return { ...rest, ...(kept.length === 0 ? {} : { metadata: Object.fromEntries(kept) }) };
}

/** The message of a service whose batches are lists of what it sends for one event. */
export function listed(bodyOf: (event: PipelineEvent) => JsonObject): Service["body"] {
	return (events, batch) => ({ body: batch ? events.map(bodyOf) : bodyOf(events[0]), notes: [] });
}
