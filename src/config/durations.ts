// Keys that hold times: how long to wait, and for how long something counts.
import { parseSpan } from "../lib/times.ts";
import { type Kind, readItems } from "./keys.ts";

/** A year. */
const MAX_DURATION_MS = 365 * 86_400_000;

/** A time such as `15m`, or a whole number of seconds; in milliseconds. */
export const DURATION: Kind<number> = {
	type: {
		anyOf: [
			{ type: "string", pattern: "^[0-9]{1,9} ?[smhd]$" },
			{ type: "integer", minimum: 1 },
		],
	},
	parse: (value) => {
		const { raw } = value;
		const ms = Number.isInteger(raw) ? Number(raw) * 1000 : parseSpan(String(raw));
		if (ms >= 1000 && ms <= MAX_DURATION_MS) return ms;
		return value.wrong("must be a time from 1s to 365d", 'write it as "90s", "15m", "4h" or "3d", or as seconds');
	},
};

/** A list of times, in milliseconds. */
export const DURATIONS: Kind<readonly number[]> = {
	type: { type: "array", items: DURATION.type, minItems: 1, maxItems: 50 },
	parse: (value) => {
		const remedy = 'write schedule = ["1m", "5m", "15m"]';
		if (!Array.isArray(value.raw)) return value.mistyped("a list of times", remedy);
		const items = readItems(value, 50, remedy).map(DURATION.parse);
		return items.every((item) => item !== undefined) ? items : undefined;
	},
};
