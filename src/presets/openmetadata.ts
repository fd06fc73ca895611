// The openmetadata preset: the body of OpenMetadata's standard, or the ChangeEvent that its server sends.
import { isJsonArray, isJsonObject, type Json, type JsonObject, wellFormed } from "../lib/json.ts";
import { uuidOf } from "../lib/uuid.ts";
import { type EventContext, entityTypes, type PipelineEvent } from "../model/event.ts";
import type { Preset } from "../model/preset.ts";
import { contextWithout, listed, wellFormedObject } from "./context.ts";
import { STATE } from "./late.ts";
import { choice, text, textOption } from "./options.ts";

/**
 * The `signature` that OpenMetadata's page shows in the body is in the header only: it cannot be inside the bytes that it
 * signs. A batch, about which the pages say nothing, is a list of the same bodies.
 */
export const openmetadata = (): Preset => ({
	name: "openmetadata",
	title: "OpenMetadata",
	late: STATE,
	portable: true,
	options: {
		format: choice(
			["webhook", "change_event"],
			"What is posted: the standard's body (webhook, the default) or the server's (change_event)",
		),
		webhook_name: text("Value of webhookName, which change_event does not have; default the hook's name"),
	},
	needs: { url: true },
	service: (options, _url, _fill, name = "pipeline-hooks") => {
		const webhookName = textOption(options, "webhook_name") ?? name;
		const isChangeEvent = textOption(options, "format") === "change_event";
		const bodyOf = ({ context }: PipelineEvent) =>
			isChangeEvent ? changeEvent(context) : webhookBody(context, webhookName);
		return {
			body: (events, batch) => ({
				...listed(bodyOf)(events, batch),
				notes: events.flatMap(({ context }) => changesLeftOut(context)),
			}),
		};
	},
});

/**
 * The standard's: https://openmetadatastandards.org/operations/webhook. An event that OpenMetadata does not have keeps its
 * own name as `eventType`: receivers ignore what they do not know.
 */
function webhookBody(context: EventContext, webhookName: string): JsonObject {
	return {
		eventId: uuidOf(context.id),
		eventType: context.event,
		timestamp: Date.parse(context.timestamp),
		entity: context.entity ?? derivedEntity(context),
		changeDescription: changeDescription(context, (value) => value),
		webhookName,
	};
}

/** Events that name the whole entity, and so need no changes. */
const WHOLE: readonly string[] = ["entityCreated", "entityDeleted"];

/**
 * As the server writes it: the entity is a JSON text inside the JSON, and so is each list and object among the changed
 * values. https://docs.open-metadata.org/v2.0.x/how-to-guides/data-quality-observability/alerts-notifications/generic-webhook-alerts-configuration
 */
function changeEvent(context: EventContext): JsonObject {
	const entity = context.entity ?? derivedEntity(context);
	const textIn = (name: string) => (typeof entity[name] === "string" ? entity[name] : undefined);
	const [entityType = "pipeline"] = entityTypes(context);
	const fullName = textIn("fullyQualifiedName") ?? textIn("name");
	const userName = textIn("updatedBy") ?? context.ci?.actor;
	const isWhole = WHOLE.includes(context.event) && namedChanges(context).length === 0;
	return {
		id: uuidOf(context.id),
		eventType: context.event,
		entityType,
		entityId: uuidOf(textIn("id") ?? `${entityType}:${fullName ?? context.pipeline}`),
		...(fullName === undefined ? {} : { entityFullyQualifiedName: fullName }),
		...(userName === undefined ? {} : { userName }),
		timestamp: Date.parse(context.timestamp),
		entity: JSON.stringify(wellFormedObject(entity)),
		...(isWhole ? {} : { changeDescription: changeDescription(context, inText) }),
	};
}

/** Texts, numbers and booleans stay what they are. */
function inText(value: Json): Json {
	return isJsonArray(value) || isJsonObject(value) ? JSON.stringify(wellFormed(value)) : value;
}

/** The changes by what became of their fields. */
function changeDescription(context: EventContext, write: (value: Json) => Json): JsonObject {
	const changes = namedChanges(context);
	const those = (kind: string) =>
		changes.filter((change) => kindOf(change) === kind).map((change) => toFieldChange(change, write));
	return { fieldsAdded: those("added"), fieldsUpdated: those("updated"), fieldsDeleted: those("deleted") };
}

function namedChanges({ changes = [] }: EventContext): readonly JsonObject[] {
	return changes.filter(({ field }) => typeof field === "string");
}

function changesLeftOut(context: EventContext): readonly string[] {
	const all = context.changes?.length ?? 0;
	const without = all - namedChanges(context).length;
	return without === 0 ? [] : [`${without} of ${all} changes left out: their field is not a string`];
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

function toFieldChange({ field = "", old, new: now }: JsonObject, write: (value: Json) => Json): JsonObject {
	return {
		name: field,
		...(isAbsent(old) ? {} : { oldValue: write(old) }),
		...(isAbsent(now) ? {} : { newValue: write(now) }),
	};
}

function isAbsent(value: Json | undefined): value is undefined | null {
	return value === undefined || value === null;
}
