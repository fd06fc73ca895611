// An event as a relay brings it: read, and found to be of the repository that its subject names.
import { isJsonObject, MAX_DEPTH } from "../lib/json.ts";
import { readJson } from "../lib/json-reader.ts";
import { RELAY_VERSION, type Relayed, relaySubject } from "../model/relay.ts";
import { type HeldRead, heldEvent, type Receive } from "./held-event.ts";

/** The event, or as a phrase what is wrong with it. A job that may publish may have written anything. */
export function readRelayed(
	{ subject, text }: Pick<Relayed, "subject" | "text">,
	stream: string,
	receive: Receive,
): HeldRead {
	// The context, which may have so many levels, is a value of the message.
	const read = readJson(text, MAX_DEPTH + 1);
	if (read.kind === "error" || !isJsonObject(read.value)) return { problem: "it is not a JSON object" };
	const { version, line, context, ...about } = read.value;
	if (version !== RELAY_VERSION) return { problem: `its version is not ${RELAY_VERSION}: update this worker` };
	if (!isJsonObject(context)) return { problem: "it has no context" };
	const found = heldEvent(about, context, receive);
	if ("problem" in found) return found;
	if (relaySubject(stream, found.event) !== subject) return { problem: "its repository or event is not its subject's" };
	const isLine = typeof line === "number" && Number.isSafeInteger(line) && line > 0;
	return isLine ? { event: { ...found.event, line } } : found;
}
