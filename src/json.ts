// JSON values and the few questions that several layers ask of them.

/** A value that `JSON.stringify` writes without loss. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. Only its own keys count: readers use `Object.hasOwn` or `Object.entries`. */
export interface JsonObject {
	readonly [key: string]: Json;
}

/** Whether a parsed value is an object, and neither an array nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a parsed JSON value is an object, and neither an array nor null. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
