// The context as a JSON body of its own.
import type { EventContext } from "../event/event.ts";
import { isJsonObject, type JsonObject, wellFormed } from "../json.ts";

/** The whole context in its own key order, with lone surrogates replaced. */
export function contextBody(context: EventContext): JsonObject {
	const { ci, ...rest } = context;
	const body = wellFormed(ci === undefined ? rest : { ...rest, ci: { ...ci } });
	return isJsonObject(body) ? body : {};
}
