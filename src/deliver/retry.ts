// When a webhook is tried again, and how long it waits before that.
import { isRetryableStatus } from "../model/failure.ts";
import type { Service } from "../model/preset.ts";
import type { HttpResult, Random } from "../ports.ts";

/** No wait of ours is longer; a server's `Retry-After` may be. */
const MAX_DELAY_MS = 30_000;

/** Milliseconds: HTTP writes no part of a second, so that a time that is near may be written as one that is over. */
const DATE_RESOLUTION_MS = 1000;

/** The wait that a response asks for, in milliseconds, in the service's own way or in HTTP's. */
export function askedWaitMs(result: HttpResult, service: Service, now: Date): number | undefined {
	if (result.kind !== "response" || !isRetryableStatus(result.status)) return undefined;
	const { headers } = result;
	return service.retryAfter?.(result) ?? retryAfterMs(headers["retry-after"], senderTime(headers, now));
}

/**
 * The wait that a `Retry-After` header asks for, in milliseconds, 0 or more. Seconds (a fraction is accepted) or an
 * HTTP date, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after; undefined when it is absent, long past or garbage.
 */
export function retryAfterMs(value: string | undefined, now: Date): number | undefined {
	const written = value?.trim() ?? "";
	if (/^\d+(\.\d+)?$/.test(written)) return Math.min(Number(written) * 1000, Number.MAX_SAFE_INTEGER);
	const wait = (parseHttpDate(written) ?? Number.NEGATIVE_INFINITY) - now.getTime();
	return wait > -DATE_RESOLUTION_MS ? Math.max(0, wait) : undefined;
}

/** The time by the clock of who sent the headers, where they have a `Date`; otherwise by ours. */
export function senderTime({ date }: Readonly<Record<string, string>>, now: Date): Date {
	return new Date(parseHttpDate(date?.trim() ?? "") ?? now);
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

/**
 * The time of an HTTP date, in milliseconds since 1970, in any of the three forms that a recipient must accept
 * (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7); undefined for anything else.
 */
function parseHttpDate(written: string): number | undefined {
	// Without its zone the form of asctime would be local time.
	const date = new Date(written.endsWith(" GMT") ? written : `${written} GMT`);
	if (!(date.getTime() > 0)) return undefined;
	const [name, day = "", month, year = "", time] = date.toUTCString().split(/,? /);
	const weekday = date.toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
	const forms = [
		date.toUTCString(),
		`${weekday}, ${day}-${month}-${year.slice(2)} ${time} GMT`,
		`${name} ${month} ${day.replace(/^0/, " ")} ${time} ${year}`,
	];
	// `Date` takes almost any text for some time, and the 30th of February for a day in March.
	return forms.includes(written) ? date.getTime() : undefined;
}
