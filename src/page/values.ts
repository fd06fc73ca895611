// Parts of a body, which may have any shape.
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../lib/json.ts";

/** The text, or an empty one; numbers and booleans as they are written. */
export function textOf(value: Json | undefined): string {
	if (typeof value === "string") return value;
	return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** The object, or an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
	return isJsonObject(value) ? value : {};
}

/** The objects of a list; empty for anything but a list. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
	return isJsonArray(value) ? value.filter(isJsonObject) : [];
}
