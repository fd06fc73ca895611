// How a run tells warnings: what it leaves out where everyone looks, advice in the log alone.
import { count } from "../lib/text.ts";
import { formatPlace, type Warning, type WarningCode } from "../model/problem.ts";

/**
 * Advice is the same in each run, and an annotation of it soon nobody reads. What is wrong with a URL is a note of each
 * delivery, also of a URL that comes from a variable.
 */
const WHERE: Readonly<Record<WarningCode, "annotation" | "log" | "delivery">> = {
	hooks_left_out: "annotation",
	choice_unknown: "annotation",
	gate_not_read: "annotation",
	chain_disabled: "annotation",
	not_held: "annotation",
	unknown_field: "log",
	not_json: "log",
	unknown_mention: "log",
	unusable_value: "log",
	unused_option: "log",
	missing_option: "log",
	literal_secret: "log",
	short_time: "log",
	unsuitable_url: "delivery",
};

/** Lines of the log; `validate` shows all. */
const MAX_LINES = 10;

/** Whether the action annotates it. */
export function isAnnotated(code: WarningCode): boolean {
	return WHERE[code] === "annotation";
}

/** A line for each of the first warnings, but for those that deliveries tell. */
export function warningLines(warnings: readonly Warning[]): readonly string[] {
	const lines = warnings
		.filter(({ code }) => WHERE[code] !== "delivery")
		.map(({ code, message, remedy, place }) => {
			return `warning[${code}]: ${formatPlace(place)}: ${message}${remedy === "" ? "" : `; ${remedy}`}`;
		});
	const more = lines.length - MAX_LINES;
	if (more <= 0) return lines;
	return [...lines.slice(0, MAX_LINES), `${count(more, "more warning")}: \`pipeline-hooks validate\` shows them`];
}
