// Times as HTTP writes them: in UTC, in one of three ways.

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
