// When a webhook is tried again, and how long it waits before that.
import type { Random } from "../ports.ts";
import { parseHttpDate } from "./date.ts";

/** No wait of ours is longer; a server's `Retry-After` may be. */
const MAX_DELAY_MS = 30_000;

/** Whether an answer of this status may be followed by another attempt. */
export function isRetryableStatus(status: number): boolean {
	if (status === 408 || status === 425 || status === 429) return true;
	return status >= 500 && status !== 501 && status !== 505;
}

/** Milliseconds: HTTP writes no part of a second, so that a time that is near may be written as one that is over. */
const DATE_RESOLUTION_MS = 1000;

/**
 * The wait that a `Retry-After` header asks for, in milliseconds, 0 or more. Seconds (a fraction is accepted) or an
 * HTTP date, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after; undefined when it is absent, long past or garbage.
 */
export function retryAfterMs(value: string | undefined, now: Date): number | undefined {
	const written = value?.trim() ?? "";
	if (/^\d+(\.\d+)?$/.test(written)) return Math.min(Number(written) * 1000, Number.MAX_SAFE_INTEGER);
	const wait = (parseHttpDate(written, now) ?? Number.NaN) - now.getTime();
	return wait > -DATE_RESOLUTION_MS ? Math.max(0, wait) : undefined;
}

/** The time by the clock of who sent the headers, where they have a `Date`; otherwise by ours. */
export function senderTime({ date }: Readonly<Record<string, string>>, now: Date): Date {
	return new Date(parseHttpDate(date?.trim() ?? "", now) ?? now);
}

/**
 * The wait before attempt `attempt + 1`, in milliseconds: anything up to `retryDelayMs` doubled for each attempt before
 * ("full jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), so that many waiting
 * senders do not come back together.
 */
export function backoffMs(attempt: number, retryDelayMs: number, random: Random): number {
	const ceiling = Math.min(retryDelayMs * 2 ** (attempt - 1), MAX_DELAY_MS);
	return Math.round(random() * ceiling);
}
