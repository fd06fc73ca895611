// An event as a relay brings it: read, and found to be of the repository that its subject names.
import { isJsonObject, type JsonObject, MAX_DEPTH } from "../lib/json.ts";
import { readObject } from "../lib/json-reader.ts";
import { isEventName } from "../model/catalog.ts";
import { ROUTING_KEY } from "../model/event.ts";
import { RELAY_VERSION, type Relayed, relaySubject } from "../model/relay.ts";
import { type HeldRead, heldEvent, type Receive } from "./held-event.ts";

/** What every event of a job has. Without an id, all of them would be one delivery. */
const NEEDED = ["id", "run_id", "timestamp"] as const;

/** Of an event whose text is not to be kept either. */
export const CARRIES_SECRET = "its metadata carries a secret";

function hasSecret({ metadata }: JsonObject): boolean {
	return isJsonObject(metadata) && Object.hasOwn(metadata, ROUTING_KEY);
}

/** The event, or as a phrase what is wrong with it. A job that may publish may have written anything. */
export function readRelayed(
	{ subject, text }: Pick<Relayed, "subject" | "text">,
	stream: string,
	receive: Receive,
): HeldRead {
	// The context, which may have so many levels, is a value of the message.
	const message = readObject(text, "is not JSON", MAX_DEPTH + 1);
	if (typeof message === "string") return { problem: `it ${message}` };
	const { version, line, context, ...about } = message;
	if (version !== RELAY_VERSION) return { problem: `its version is not ${RELAY_VERSION}: update this worker` };
	if (!isJsonObject(context)) return { problem: "it has no context" };
	const missing = NEEDED.find((key) => typeof context[key] !== "string" || context[key] === "");
	if (missing !== undefined) return { problem: `its context has no ${missing}` };
	// Before anything of it is protected: who may publish must not choose what is redacted everywhere.
	if (hasSecret(context)) return { problem: CARRIES_SECRET };
	const found = heldEvent(about, context, receive);
	if ("problem" in found) return found;
	const { name } = found.event.definition;
	if (!isEventName(name)) return { problem: "its name is not one that an event can have" };
	if (relaySubject(stream, found.event) !== subject)
		return { problem: "its repository or event does not match its subject" };
	const isLine = typeof line === "number" && Number.isSafeInteger(line) && line > 0;
	return isLine ? { event: { ...found.event, line } } : found;
}
