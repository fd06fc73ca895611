// Times as people write and read them: how long, and when.

/** Milliseconds of each unit, the shortest first. */
export const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The milliseconds of `90s`, `15m`, `4h` or `3d`; NaN for any other text. */
export function parseSpan(text: string): number {
	const [, number = "x", unit = ""] = /^(\d{1,9}) ?([smhd])$/.exec(text) ?? [];
	return Number(number) * (UNIT_MS[unit] ?? 1);
}

/**
 * The time of a day, which is its beginning in UTC, or of a moment with its zone, in milliseconds since 1970; NaN for any
 * other text. https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function parseMoment(text: string): number {
	const [, day = "", time = "T00:00Z"] =
		/^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/i.exec(text) ?? [];
	const midnight = new Date(`${day}T00:00Z`);
	// V8 reads the 30th of February as a day in March.
	const isReal = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
	return isReal ? Date.parse(`${day}${time.toUpperCase()}`) : Number.NaN;
}

/** To the second: `2026-04-02T14:30:00Z`. */
export function moment(time: number): string {
	return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
