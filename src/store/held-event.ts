// A held event as text: as it was when it happened, independent of the config of a later step.

import { isJsonObject, type Json, type JsonObject } from "../lib/json.ts";
import { readObject } from "../lib/json-reader.ts";
import { excerpt } from "../lib/text.ts";
import { CATALOG } from "../model/catalog.ts";
import { completeEvent, readContext } from "../model/context.ts";
import {
	CI_FACTS,
	type CiFacts,
	type EventContext,
	type EventDefinition,
	type FoundResource,
	type PipelineEvent,
	STATUSES,
} from "../model/event.ts";
import type { Problem } from "../model/problem.ts";

/** Two lines, because the context may be nested as deep as JSON may be and would not fit below another object. */
export function writeHeld({ definition, context, run }: PipelineEvent): string {
	return `${JSON.stringify({ definition, run })}\n${JSON.stringify(context)}`;
}

/** A value that is empty was empty when the event was held: nothing of this step may be filled in. */
const NOTHING = { id: "", run_id: "", pipeline: "", now: new Date(0) };

/** A held event, or as a phrase what is wrong with its text, which another version may have written. */
export type HeldRead = { readonly event: PipelineEvent } | { readonly problem: string };

/** Protects the secrets that a context brings, and redacts those of the run in it. */
export type Receive = (context: Partial<EventContext>) => Partial<EventContext>;

/** Reads what {@link writeHeld} wrote. */
export function readHeld(text: string, receive: Receive): HeldRead {
	const [head = "", body = ""] = text.split("\n");
	const about = readObject(head, "is not JSON");
	const value = readObject(body, "is not JSON");
	if (typeof about === "string") return { problem: `it ${about}` };
	if (typeof value === "string") return { problem: `it ${value}` };
	return heldEvent(about, value, receive);
}

/** The event of these objects: its definition and the run that was found for it, and its context. */
export function heldEvent(about: JsonObject, value: JsonObject, receive: Receive): HeldRead {
	const definition = readDefinition(about["definition"]);
	if (definition === undefined) return { problem: "it does not say which event it was" };
	const { ci, ...own } = value;
	if (!isFacts(ci)) return { problem: "it does not say in which run it happened" };
	const problems: Problem[] = [];
	const given = readContext(own, "its context", problems);
	const [problem] = problems;
	if (problem !== undefined) return { problem: excerpt(problem.message, 200) };
	const { ci: facts = ci, ...received } = receive({ ...given, ci });
	const event = completeEvent(definition, received, { ...NOTHING, ci: facts });
	const found = readFound(about["run"]);
	return { event: found === undefined ? event : { ...event, run: found } };
}

/** The facts of the run in which the event happened. A record, which has no seal, may have been written by anybody. */
function isFacts(ci: Json | undefined): ci is CiFacts {
	if (!isJsonObject(ci) || typeof ci["provider"] !== "string") return false;
	return Object.entries(CI_FACTS).every(([name, kind]) => {
		const value = ci[name];
		if (value === undefined) return true;
		return kind === "object" ? isJsonObject(value) : typeof value === kind;
	});
}

function readDefinition(value: Json | undefined): EventDefinition | undefined {
	if (!isJsonObject(value)) return undefined;
	const { name, phase, title } = value;
	const status = STATUSES.find((known) => known === value["status"]);
	if (typeof name !== "string" || typeof phase !== "string" || typeof title !== "string") return undefined;
	if (status === undefined) return undefined;
	const isSame = (event: EventDefinition) =>
		event.name === name && event.phase === phase && event.status === status && event.title === title;
	// One that the config of that step had not changed, which headlines tell by the event itself.
	return CATALOG.find(isSame) ?? { name, phase, status, title };
}

function readFound(value: Json | undefined): FoundResource | undefined {
	if (!isJsonObject(value)) return undefined;
	const { resource, reason } = value;
	if (isJsonObject(resource)) return { resource };
	return typeof reason === "string" ? { reason } : undefined;
}
