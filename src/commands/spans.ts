// Spans of time as people read them.
import { UNIT_MS } from "../lib/times.ts";

/** `45s`, `12m`, `3h`, `2d`: whole units, rounded down, as a flag takes them. A clock that was put back gives `0s`. */
export function span(ms: number): string {
	const [name, unit] = Object.entries(UNIT_MS).findLast(([, unit]) => ms >= unit) ?? ["s", 1000];
	return `${Math.max(0, Math.floor(ms / unit))}${name}`;
}

/** `3h ago`, `in 12m`. */
export function fromNow(time: number, now: number): string {
	return time <= now ? `${span(now - time)} ago` : `in ${span(time - now)}`;
}
