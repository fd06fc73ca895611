// What a service says in the JSON of its responses.
import { isObject, parseJson } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";

/** The keys of a response's JSON object; none where it is anything else. */
export function fieldsOf(body: string): Readonly<Record<string, unknown>> {
	const response = parseJson(body);
	return isObject(response) ? response : {};
}

/** The text under a key, shortened; undefined where there is none. */
export function saidUnder(key: string, body: string): string | undefined {
	const said = fieldsOf(body)[key];
	return typeof said === "string" ? excerpt(said, 200) || undefined : undefined;
}

/** A wait of seconds in whole milliseconds; undefined where it is not a number of 0 or more. */
export function waitOf(seconds: unknown): number | undefined {
	if (typeof seconds !== "number" || seconds < 0) return undefined;
	return Math.min(Math.ceil(seconds * 1000), Number.MAX_SAFE_INTEGER);
}
