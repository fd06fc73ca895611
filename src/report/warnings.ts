// How a run tells warnings: what it leaves out where everyone looks, advice in the log alone.
import { count } from "../lib/text.ts";
import { formatPlace, type Warning, type WarningCode } from "../model/problem.ts";

/** Advice is the same in each run, and an annotation of it soon nobody reads. */
const WHERE: Readonly<Record<WarningCode, "annotation" | "log">> = {
	hooks_left_out: "annotation",
	choice_unknown: "annotation",
	gate_not_read: "annotation",
	chain_disabled: "annotation",
	not_held: "annotation",
};

/** Lines of the log; `validate` shows all. */
const MAX_LINES = 10;

/** Whether the action annotates it. */
export function isAnnotated({ code }: Warning): boolean {
	return WHERE[code] === "annotation";
}

/** A line for each of the first warnings. */
export function warningLines(warnings: readonly Warning[]): readonly string[] {
	const more = warnings.length - MAX_LINES;
	return [
		...warnings.slice(0, MAX_LINES).map(({ code, message, remedy, place }) => {
			return `warning[${code}]: ${formatPlace(place)}: ${message}${remedy === "" ? "" : `; ${remedy}`}`;
		}),
		...(more > 0 ? [`${count(more, "more warning")}: \`pipeline-hooks validate\` shows them`] : []),
	];
}
