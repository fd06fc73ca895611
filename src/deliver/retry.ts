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

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
const MONTH = "(?<month>[A-Z][a-z]{2})";
const CLOCK = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7; the day of the week says nothing that the rest does not. */
const WAYS = [
	String.raw`[A-Z][a-z]{2}, (?<day>\d\d?) ${MONTH} (?<year>\d{4}) ${CLOCK} (?:GMT|UTC)`,
	String.raw`[A-Z][a-z]{2,5}day, (?<day>\d\d?)-${MONTH}-(?<year>\d\d) ${CLOCK} (?:GMT|UTC)`,
	String.raw`[A-Z][a-z]{2} ${MONTH} (?<day>[ \d]\d) ${CLOCK} (?<year>\d{4})`,
].map((way) => new RegExp(`^${way}$`));

/**
 * The time that is written, in milliseconds since 1970; undefined for anything else. `now` tells which century a year
 * of two digits means. (`Date.parse` takes asctime's way for local time, and almost any text for some time.)
 */
export function parseHttpDate(written: string, now: Date): number | undefined {
	const fields = WAYS.map((way) => way.exec(written)?.groups).find((groups) => groups !== undefined);
	if (fields === undefined) return undefined;
	const [day = 0, year = 0, hour = 0, minute = 0, second = 0] = ["day", "year", "hour", "minute", "second"].map(
		(name) => Number(fields[name]),
	);
	const month = MONTHS.indexOf(fields["month"] ?? "") / 3;
	if (!Number.isInteger(month) || hour > 23 || minute > 59 || second > 60) return undefined;
	const date = new Date(0);
	date.setUTCFullYear(fields["year"]?.length === 2 ? nearest(year, now.getUTCFullYear()) : year, month, day);
	if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined;
	// Second 60, a leap second, is the next one here.
	return date.setUTCHours(hour, minute, second);
}

/** The year of these two last digits that is at most 50 years ahead. */
function nearest(digits: number, now: number): number {
	const first = now - 49;
	return first + ((((digits - first) % 100) + 100) % 100);
}
