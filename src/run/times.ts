// Times as inputs: a moment, or how long ago.
import { parseMoment, parseSpan, UNIT_MS } from "../lib/times.ts";

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

/** `45s`, `12m`, `3h`, `2d`: whole units, rounded down, as a flag takes them. A clock that was put back gives `0s`. */
export function span(ms: number): string {
	const [name, unit] = Object.entries(UNIT_MS).findLast(([, unit]) => ms >= unit) ?? ["s", 1000];
	return `${Math.max(0, Math.floor(ms / unit))}${name}`;
}

/** `3h ago`, `in 12m`. */
export function fromNow(time: number, now: number): string {
	return time <= now ? `${span(now - time)} ago` : `in ${span(time - now)}`;
}
