// Keys that a table of the config may not have: refused, with the help that fits.
import type { Fields } from "./fields.ts";
import { didYouMean, quote } from "./words.ts";

/** A message and a remedy. */
export type Explanation = readonly [message: string, remedy: string];

/** Notes every key of the table that is not among the known ones; `explain` knows more about some of them. */
export function refuseUnknown(
	fields: Fields,
	known: readonly string[],
	explain: (key: string) => Explanation | undefined = () => undefined,
): void {
	for (const key of fields.keys()) {
		if (known.includes(key)) continue;
		const [message, remedy] = explain(key) ?? [
			`unknown key ${quote(key)}`,
			fields.problems.full ? "" : didYouMean(key, known, `known keys here: ${known.join(", ")}`),
		];
		fields.wrong(key, message, remedy, "config_shape");
	}
}
