// How a run outside GitHub tells the warnings of its config: a line for each of the first.
import { count } from "../lib/text.ts";
import { placePrefix, type Warning } from "../model/problem.ts";

/** `validate` shows all that are of the config; those of what could not be held are of the run. */
const MAX_LINES = 10;

/** A line for each of the first warnings, and the number of the others. */
export function warningLines(warnings: readonly Warning[]): readonly string[] {
	const lines = warnings.map(({ code, message, remedy, place }) => {
		return `warning[${code}]: ${placePrefix(place)}${message}${remedy === "" ? "" : `; ${remedy}`}`;
	});
	const more = lines.length - MAX_LINES;
	if (more <= 0) return lines;
	return [
		...lines.slice(0, MAX_LINES),
		`${count(more, "more warning")}: \`pipeline-hooks validate\` shows those of the config`,
	];
}
