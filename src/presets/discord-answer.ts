// Discord's own ways of saying no and not now.
import { isObject, parseJson } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Answer, Verdict } from "../model/preset.ts";

/** https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
const UNKNOWN_WEBHOOK = 10015;

/** A success is the message that was saved; an error may have any status. */
export function judge({ status, body }: Answer): Verdict {
	const said = body.trim();
	if (said === "") return { ok: true, note: "not confirmed: the url asks Discord not to wait" };
	const answer = parseJson(said);
	if (isObject(answer) && typeof answer["id"] === "string") return { ok: true };
	const error = errorOf(body);
	const reason =
		error === undefined
			? `Discord answered ${status} without the message: ${excerpt(said, 100)}`
			: `Discord answered ${status}, but with error ${error.code}: ${excerpt(error.message, 100)}`;
	return { ok: false, reason };
}

/** What a deleted webhook's 404 means; undefined for any other answer. */
export function explain({ status, body }: Answer): string | undefined {
	const deleted = status === 404 && errorOf(body)?.code === UNKNOWN_WEBHOOK;
	return deleted ? "the webhook has been deleted, remove the hook or change its url" : undefined;
}

/** https://docs.discord.com/developers/reference#error-messages */
function errorOf(body: string): { readonly code: number; readonly message: string } | undefined {
	const answer = parseJson(body);
	if (!isObject(answer)) return undefined;
	const { code, message } = answer;
	return typeof code === "number" && typeof message === "string" ? { code, message } : undefined;
}

/**
 * `retry_after` is in seconds since version 8 of Discord's API, and a whole number of milliseconds before it, as in
 * `Retry-After`. Discord hands out addresses without a version, so a whole number is taken for whichever is nearer to
 * `X-RateLimit-Reset-After`, which is always in seconds. https://docs.discord.com/developers/topics/rate-limits,
 * https://github.com/discord/discord-api-docs/issues/2360
 */
export function retryAfter({ headers, body }: Answer): number | undefined {
	const answer = parseJson(body);
	const asked = isObject(answer) ? answer["retry_after"] : undefined;
	if (typeof asked !== "number" || asked < 0) return undefined;
	const reset = Number(headers["x-ratelimit-reset-after"] ?? Number.NaN);
	const isMilliseconds = Number.isInteger(asked) && Math.abs(asked / 1000 - reset) < Math.abs(asked - reset);
	return Math.min(Math.ceil(isMilliseconds ? asked : asked * 1000), Number.MAX_SAFE_INTEGER);
}
