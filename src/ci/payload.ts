// The payload of the event that triggered a workflow: what GitHub, Gitea or Forgejo tell of it, and nobody else writes.

import type { Env } from "../lib/env.ts";
import { isObject, parseJson } from "../lib/json.ts";
import type { Files } from "../ports.ts";

/** An object of a payload. Nothing about its values is known. */
export type Payload = Record<string, unknown>;

/** Bytes. GitHub caps a webhook payload at 25 MB. */
const LIMIT = 25 * 1024 * 1024;

/** The payload of the run's event; undefined where there is none, or it is not a JSON object. */
export async function readPayload(env: Env, files: Files): Promise<Payload | undefined> {
	const path = env["GITHUB_EVENT_PATH"];
	if (!path) return undefined;
	const read = await files.read(path, LIMIT);
	if (read.kind !== "file") return undefined;
	const value = parseJson(new TextDecoder().decode(read.bytes));
	return isObject(value) ? value : undefined;
}

/** The object at a path of keys; undefined where there is none. */
export function pick(payload: Payload | undefined, ...keys: readonly string[]): Payload | undefined {
	return keys.reduce<Payload | undefined>((from, key) => {
		const item = from?.[key];
		return isObject(item) ? item : undefined;
	}, payload);
}

/** The text of a key; undefined where it is empty or not a string. */
export function text(payload: Payload | undefined, key: string): string | undefined {
	const item = payload?.[key];
	return typeof item === "string" && item !== "" ? item : undefined;
}

/** The number of an issue or a pull request; undefined where it is not a positive integer. */
export function numberOf(payload: Payload | undefined): number | undefined {
	const item = payload?.["number"];
	return typeof item === "number" && Number.isSafeInteger(item) && item > 0 ? item : undefined;
}
