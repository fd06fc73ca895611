// Times as inputs: a moment, or how long ago.
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A day, or a moment with its zone: https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** The time that an input means, in milliseconds since 1970; undefined where it is absent or wrong, which is reported. */
export function readTime(
	name: string,
	text: string,
	now: number,
	reject: (message: string, remedy: string) => undefined,
): number | undefined {
	if (text.trim() === "") return undefined;
	const [, number = "", unit = ""] = /^(\d{1,9}) ?([smhd])$/.exec(text.trim()) ?? [];
	const time = MOMENT.test(text.trim()) ? Date.parse(text.trim()) : now - Number(number || "x") * (UNIT_MS[unit] ?? 1);
	if (time >= 0) return time;
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

/** To the second: `2026-04-02T14:30:00Z`. */
export function moment(time: number): string {
	return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
