// Times as inputs: a moment, or how long ago.
import { parseMoment, parseSpan } from "../lib/times.ts";

/** The time that an input means, in milliseconds since 1970; undefined where it is absent or wrong, which is reported. */
export function readTime(
	name: string,
	text: string,
	now: number,
	reject: (message: string, remedy: string) => undefined,
): number | undefined {
	const written = text.trim();
	if (written === "") return undefined;
	const time = [parseMoment(written), now - parseSpan(written)].find((each) => each >= 0);
	if (time !== undefined) return time;
	const remedy = "write how long ago, such as 90m, 2h or 3d, or a moment such as 2026-04-02T14:30:00Z";
	return reject(`${name}: ${JSON.stringify(text.slice(0, 40))} is not a time`, remedy);
}

/** The span of time that the inputs `since` and `until` mean: from the one on, and before the other. */
export function readTimes(
	read: (name: "since" | "until") => string,
	now: number,
	reject: (message: string, remedy: string) => undefined,
): { readonly since?: number; readonly until?: number } {
	const since = readTime("since", read("since"), now, reject);
	const until = readTime("until", read("until"), now, reject);
	if (since !== undefined && until !== undefined && since >= until)
		reject("until: is not after since, so no time is between them", "swap them");
	return { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
}
