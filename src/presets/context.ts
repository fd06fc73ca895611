// The context as a JSON body of its own, and bodies whose form another system gives.

import { isJsonObject, type JsonObject, wellFormed } from "../lib/json.ts";
import { type EventContext, type PipelineEvent, ROUTING_KEY } from "../model/event.ts";
import type { Service } from "../model/preset.ts";

/** The object with lone surrogates replaced in every string and key. */
export function wellFormedObject(object: JsonObject): JsonObject {
	const repaired = wellFormed(object);
	return isJsonObject(repaired) ? repaired : {};
}

/** The context without some of its keys, in its own key order. */
export function contextWithout(context: EventContext, keys: readonly (keyof EventContext)[]): JsonObject {
	const left: readonly string[] = keys;
	return wellFormedObject(Object.fromEntries(Object.entries(context).filter(([key]) => !left.includes(key))));
}

/** Keys of the metadata that feed a preset and must not be shown by any. */
export const SECRET_KEYS: readonly string[] = [ROUTING_KEY];

/** The context without the {@link SECRET_KEYS} of its metadata, or without metadata that held nothing else. */
export function contextShown({ metadata, ...rest }: EventContext): JsonObject {
	const kept = Object.entries(metadata ?? {}).filter(([key]) => !SECRET_KEYS.includes(key));
	return wellFormedObject({ ...rest, ...(kept.length === 0 ? {} : { metadata: Object.fromEntries(kept) }) });
}

/** The message of a service whose batches are lists of what it sends for one event. */
export function listed(bodyOf: (event: PipelineEvent) => JsonObject): Service["body"] {
	const repaired = (event: PipelineEvent) => wellFormedObject(bodyOf(event));
	return (events, batch) => ({ body: batch ? events.map(repaired) : repaired(events[0]), notes: [] });
}
