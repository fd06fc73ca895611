// A disabled hook as text, checked when it is read, since others may have written into the store.
import { isJsonObject, parseJson } from "../lib/json.ts";
import type { DisabledHook } from "../model/records.ts";

const VERSION = 1;

export function writeDisabledHook({ scope, hook, at, reason }: DisabledHook): string {
	return JSON.stringify({ version: VERSION, scope, hook, at, reason });
}

/** Undefined for any other text. */
export function readDisabledHook(text: string): DisabledHook | undefined {
	const value = parseJson(text);
	if (!isJsonObject(value) || value["version"] !== VERSION) return undefined;
	const { scope, hook, at, reason } = value;
	if (typeof scope !== "string" || typeof hook !== "string" || typeof reason !== "string") return undefined;
	return typeof at === "number" ? { scope, hook, at, reason } : undefined;
}
