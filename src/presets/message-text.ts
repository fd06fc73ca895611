// A message that is nothing but text, its parts in paragraphs, as many as a service has room for.

import { fitting } from "../lib/fitting.ts";
import { type ListLimits, listEvents } from "./list.ts";
import type { Story } from "./story.ts";
import { type Fact, type FactLimits, Truncator } from "./text.ts";

/** How a text made of nothing but lines is written; limits are in the unit of the {@link Truncator}. */
export interface TextFormat {
	/** Of the whole text. */
	readonly limit: number;
	/** Of the line below the headline, of the line of origin, and of the trace without what `trace` adds. */
	readonly textLimit: number;
	readonly originLimit: number;
	readonly traceLimit: number;
	readonly trace: (text: string) => string;
	readonly list: Omit<ListLimits, "size">;
	readonly fact: FactLimits;
	/** One line of facts. */
	readonly item: (name: string, value: string) => string;
}

/** A line as it is written, and what the service counts of it. */
export interface CountedLine {
	readonly written: string;
	readonly counted: string;
}

/** Of a batch, whose list is what has to fit. */
const BATCH_FACTS = 5;

/**
 * The whole text, its parts in paragraphs: the title, the line below it or the list of a batch, and the links; as many
 * facts as fit; the trace; the origin.
 */
export function messageText(
	story: Story,
	truncator: Truncator,
	{ limit, textLimit, originLimit, traceLimit, list, fact, item, ...write }: TextFormat,
	title = "",
	links: CountedLine = { written: "", counted: "" },
): string {
	const text = truncator.text("text", story.text, textLimit);
	const origin = truncator.text("origin", originLine(story), originLimit);
	const whole = (link: string, facts: readonly string[], trace: string, listed: readonly string[] = []) =>
		paragraphs([[title, text, ...listed, link], facts, [trace], [origin]]);
	const roomBeside = (trace: string) => limit - truncator.size(`${whole(links.counted, [], trace)}\n\n`);
	const most = Math.min(traceLimit, roomBeside(write.trace("…")));
	const trace = story.trace === "" ? "" : write.trace(truncator.ends("error", story.trace, most));
	// A list counts 1 for a line break, for which JSON writes two bytes.
	const room = roomBeside(trace) - (story.isBatch ? (list.lines + 2) * (truncator.size("\n") - 1) : 0);
	const size = (given: Fact) => {
		return truncator.size(`${item(...new Truncator(truncator.unit, truncator.escaping).fact(given, fact))}\n`);
	};
	const count = fitting(story.facts.slice(0, story.isBatch ? BATCH_FACTS : fact.most), room, size);
	const facts = truncator.facts(story.facts, { ...fact, most: count }, item);
	const rest = room - truncator.size(facts.map((line) => `${line}\n`).join(""));
	const { lines } = story.isBatch ? listEvents(story.events, truncator, { ...list, size: rest }) : { lines: [] };
	return whole(links.written, facts, trace, lines);
}

/** Without empty lines in them, and without those that have none. */
function paragraphs(groups: readonly (readonly string[])[]): string {
	return groups
		.map((lines) => lines.filter((line) => line !== "").join("\n"))
		.filter((paragraph) => paragraph !== "")
		.join("\n\n");
}

/** Where it came from and when, on one line. */
export function originLine({ origin, times }: Pick<Story, "origin" | "times">): string {
	return [...origin.map(([, value]) => value), period(times)].join(" · ");
}

/** `2026-04-02 14:30:00 UTC`, `2026-04-02 14:30:00 – 14:32:10 UTC`. */
function period(times: Story["times"]): string {
	const [begin = "", end = begin] = times.map((time) => time.slice(0, "2026-04-02T14:30:00".length).replace("T", " "));
	const [day, hour] = end.split(" ");
	if (begin === end) return `${begin} UTC`;
	return `${begin} – ${begin.startsWith(`${day} `) ? hour : end} UTC`;
}
