// What an event is about: the kind of thing, and its name.
import type { JsonObject } from "../lib/json.ts";
import type { EventContext } from "./event.ts";

/** Keys of an `entity` that may hold its name, the shortest name first. */
const NAMES: readonly string[] = ["name", "fullyQualifiedName", "id"];

/**
 * The kinds of thing that the event is about: the `type` of its entity, else `table` and `model` where it names one; none
 * for an event about the pipeline as a whole.
 */
export function entityTypes({ entity, table, model }: EventContext): readonly string[] {
	const type = text(entity, "type");
	if (type !== undefined) return [type];
	return [...(table === undefined ? [] : ["table"]), ...(model === undefined ? [] : ["model"])];
}

/** What the entity is called: its name, else its fully qualified name, else its id; undefined where no text says so. */
export function entityName(entity: JsonObject | undefined): string | undefined {
	return NAMES.map((key) => text(entity, key)).find((name) => name !== undefined);
}

function text(entity: JsonObject | undefined, key: string): string | undefined {
	const value = entity !== undefined && Object.hasOwn(entity, key) ? entity[key] : undefined;
	return typeof value === "string" && value !== "" ? value : undefined;
}
