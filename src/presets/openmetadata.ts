// The openmetadata preset: the body of OpenMetadata's webhooks (https://openmetadatastandards.org/operations/webhook).
import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../lib/json.ts";
import { type EventContext, entityTypes, type PipelineEvent } from "../model/event.ts";
import type { Options, Preset } from "../model/preset.ts";
import { contextWithout, listed } from "./context.ts";
import { textOption } from "./options.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The namespace of event ids that are no UUIDs themselves. */
const NAMESPACE = Buffer.from("901b874ed76c473bb5e955d56bf35599", "hex");

/**
 * The `signature` that OpenMetadata's page shows in the body is in the header only: it cannot be inside the bytes that it
 * signs. A batch, about which the page says nothing, is a list of the same bodies.
 */
export const openmetadata = (): Preset => ({
	name: "openmetadata",
	title: "OpenMetadata",
	options: { webhook_name: { kind: "string", summary: "Value of webhookName; default pipeline-hooks" } },
	needs: { url: true },
	service: (options) => ({
		body: (events, batch) => ({
			...listed((event) => bodyOf(event, options))(events, batch),
			notes: events.flatMap(({ context }) => changesLeftOut(context)),
		}),
	}),
});

/** An event that OpenMetadata does not have keeps its own name as `eventType`: receivers ignore what they do not know. */
function bodyOf({ context }: PipelineEvent, options: Options): JsonObject {
	const changes = namedChanges(context);
	const those = (kind: string) => changes.filter((change) => kindOf(change) === kind).map(toFieldChange);
	return {
		eventId: eventId(context.id),
		eventType: context.event,
		timestamp: Date.parse(context.timestamp),
		entity: context.entity ?? derivedEntity(context),
		changeDescription: {
			fieldsAdded: those("added"),
			fieldsUpdated: those("updated"),
			fieldsDeleted: those("deleted"),
		},
		webhookName: textOption(options, "webhook_name") ?? "pipeline-hooks",
	};
}

function namedChanges({ changes = [] }: EventContext): readonly JsonObject[] {
	return changes.filter(({ field }) => typeof field === "string");
}

function changesLeftOut(context: EventContext): readonly string[] {
	const all = context.changes?.length ?? 0;
	const without = all - namedChanges(context).length;
	return without === 0 ? [] : [`${without} of ${all} changes left out: their field is not a string`];
}

/** The event's id, or a UUID made of it: the same for the same id. https://www.rfc-editor.org/rfc/rfc9562#section-5.5 */
function eventId(id: string): string {
	if (UUID.test(id)) return id.toLowerCase();
	const hash = createHash("sha1").update(NAMESPACE).update(id).digest().subarray(0, 16);
	hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
	hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
	return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * For an event that names no entity: its table, else its model, else its pipeline; what else is known of the event in
 * `extension`, which OpenMetadata keeps for properties of one's own.
 */
function derivedEntity(context: EventContext): JsonObject {
	const [type = "pipeline"] = entityTypes(context);
	const name = context.table ?? context.model ?? context.pipeline;
	return {
		type,
		name,
		fullyQualifiedName: name,
		extension: contextWithout(context, ["id", "event", "timestamp", "changes"]),
	};
}

/** A field that had no value before was added, one that has none now was deleted. An empty list is a value. */
function kindOf({ old, new: now }: JsonObject): "added" | "updated" | "deleted" {
	if (isAbsent(old) === isAbsent(now)) return "updated";
	return isAbsent(old) ? "added" : "deleted";
}

function toFieldChange({ field = "", old, new: now }: JsonObject): JsonObject {
	return { name: field, ...(isAbsent(old) ? {} : { oldValue: old }), ...(isAbsent(now) ? {} : { newValue: now }) };
}

function isAbsent(value: Json | undefined): value is undefined | null {
	return value === undefined || value === null;
}
