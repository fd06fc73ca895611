// The payload of the event that triggered a workflow, which GitHub, Gitea or Forgejo wrote, and nobody else can.
import type { Env } from "../lib/env.ts";
import { isObject, parseJson } from "../lib/json.ts";
import type { Files } from "../ports.ts";

/**
 * The payload of the run's event; undefined if there is none, it has more than `limit` bytes, or it is not JSON. Its
 * shape is not known.
 */
export async function readPayload(env: Env, files: Files, limit: number): Promise<unknown> {
	const path = env["GITHUB_EVENT_PATH"];
	const read = path && limit > 0 ? await files.read(path, limit) : undefined;
	return read?.kind === "file" ? parseJson(new TextDecoder().decode(read.bytes)) : undefined;
}

/** The value at a path of keys, such as `pull_request.head.sha`; undefined if there is none. */
export function at(payload: unknown, path: string): unknown {
	return path.split(".").reduce((value, key) => (isObject(value) ? value[key] : undefined), payload);
}

/** The text at a path; undefined if it is empty or not a string. */
export function textAt(payload: unknown, path: string): string | undefined {
	const value = at(payload, path);
	return typeof value === "string" && value !== "" ? value : undefined;
}

/** The first line of the text at a path, without white space around it; undefined if there is none. */
export function lineAt(payload: unknown, path: string): string | undefined {
	const [line] = (textAt(payload, path) ?? "").trim().split(/[\r\n]/, 1);
	return line?.trim() || undefined;
}

/** The number of an issue or a pull request; undefined if it is not a positive integer. */
export function numberOf(issue: unknown): number | undefined {
	const value = at(issue, "number");
	return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
