// The texts that a message has room for: the list of a batch, one line an event, and lines of facts below it.

import { count } from "../lib/text.ts";
import type { Events, PipelineEvent } from "../model/event.ts";
import { formatDuration } from "./facts.ts";
import { headline } from "./headline.ts";
import { LOOKS, RANK } from "./looks.ts";
import { type Story, statusCounts } from "./story.ts";
import { tellingLine } from "./telling-line.ts";
import { type Escaping, type FactLimits, oneLine, Truncator } from "./text.ts";

/** How much of a list a message takes; sizes are in the unit of its {@link Truncator}. */
export interface ListLimits {
	/** Lines, without the one that counts the rest. */
	readonly lines: number;
	/** All lines together as they are written, with 1 each for its line break; the one that counts the rest included. */
	readonly size: number;
	/** The title of one line with its escapes; so small that any line and the one that counts fit into `size`. */
	readonly title: number;
	/** The error of one line with its escapes. */
	readonly error: number;
	/** What each line begins with. */
	readonly bullet?: string;
}

/** The list of a batch. */
export interface Listing {
	/** The worst first; what succeeded is one line if anything else happened, and the last one counts what did not fit. */
	readonly lines: readonly string[];
	/** That last one: `… and 988 more: 3 failed, 985 succeeded`; undefined when nothing is left out. */
	readonly more: string | undefined;
}

/**
 * One line an event, the worst first and among equals the earlier: `❌ Model failed: dim_orders (45.2s) – Table not found`.
 * Successes are one line with their number, unless there is nothing else.
 */
export function listEvents(
	events: Events,
	truncator: Truncator,
	limits: ListLimits,
	escaping: Escaping = truncator.escaping,
): Listing {
	const { bullet = "" } = limits;
	const isSeveral = events.some(({ context }) => context.pipeline !== events[0].context.pipeline);
	const good = events.filter(({ context }) => context.status === "success");
	const isMixed = good.length > 1 && good.length < events.length;
	const told = isMixed ? events.filter((event) => !good.includes(event)) : events;
	const counted = isMixed ? [`${bullet}${LOOKS.success.mark} ${good.length} ${LOOKS.success.counted}`] : [];
	const rank = ({ context }: PipelineEvent) => RANK.indexOf(context.status);
	const worstFirst = told.toSorted((one, other) => rank(one) - rank(other));
	const notes: string[] = [];
	const lines: string[] = [];
	let room = limits.size - counted.reduce((size, line) => size + truncator.size(line) + 1, 0);
	const roomForRest = truncator.size(moreLine(told)) + 1;
	for (const event of worstFirst.slice(0, limits.lines)) {
		const parts = new Truncator(truncator.unit, escaping);
		const title = parts.text("title", lineTitle(event, isSeveral), limits.title);
		const error = parts.text("error", tellingLine(event.context.error ?? ""), limits.error);
		const line = `${bullet}${LOOKS[event.context.status].mark} ${title}${error === "" ? "" : ` – ${error}`}`;
		room -= truncator.size(line) + 1;
		if (room < (lines.length + 1 === told.length ? 0 : roomForRest)) break;
		lines.push(line);
		notes.push(...parts.notes);
	}
	for (const part of ["title", "error"] as const) {
		const number = notes.filter((note) => note.startsWith(part)).length;
		if (number === 0) continue;
		truncator.notes.push(`${part} of ${count(number, "event")} truncated to ${limits[part]} ${truncator.unit}`);
	}
	const left = worstFirst.slice(lines.length);
	if (left.length === 0) return { lines: [...lines, ...counted], more: undefined };
	truncator.notes.push(leftOut(left, events));
	const more = bullet + moreLine(left);
	return { lines: [...lines, ...counted, more], more };
}

/** `… and 988 more: 3 failed, 985 succeeded` */
export function moreLine(left: readonly PipelineEvent[]): string {
	return statusCounts(`… and ${left.length} more`, left);
}

/** The same as a note. */
export function leftOut(left: readonly PipelineEvent[], all: Events): string {
	return statusCounts(`${left.length} of ${all.length} events left out`, left);
}

function lineTitle(event: PipelineEvent, isSeveral: boolean): string {
	const { pipeline, duration_ms: duration } = event.context;
	const title = headline(event);
	const where = isSeveral && !title.endsWith(`: ${oneLine(pipeline)}`) ? oneLine(pipeline) : "";
	const notes = [where, duration === undefined ? "" : formatDuration(duration)].filter((note) => note !== "");
	return notes.length === 0 ? title : `${title} (${notes.join(", ")})`;
}

/** How a text made of nothing but lines is written; limits are in the unit of the {@link Truncator}. */
export interface TextFormat {
	/** Of the whole text. */
	readonly limit: number;
	/** Of the line below the headline, of the line of origin, and of the trace as `trace` writes it. */
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

/**
 * The line below the headline or the list of a batch, the line of links, as many facts as fit, the trace and the origin.
 * The text also has room for the headline.
 */
export function textLines(
	story: Story,
	truncator: Truncator,
	{ limit, textLimit, originLimit, traceLimit, list, fact, item, ...write }: TextFormat,
	title: string,
	links: readonly CountedLine[] = [],
): readonly string[] {
	const text = story.text === "" ? [] : [truncator.text("text", story.text, textLimit)];
	const origin = truncator.text("origin", originLine(story), originLimit);
	const trace = story.trace === "" ? [] : [write.trace(truncator.ends("error", story.trace, traceLimit))];
	const fixed = [title, ...text, ...links.map(({ counted }) => counted), ...trace, origin];
	const room = limit - truncator.size([...fixed, ""].join("\n"));
	const longest = fact.label + fact.value + truncator.size(`${item("", "")}\n`);
	const most = Math.min(Math.floor(room / longest), fact.most ?? story.facts.length);
	const facts = truncator.facts(
		story.facts,
		{ ...fact, most: story.isBatch ? Math.min(most, BATCH_FACTS) : most },
		item,
	);
	// A list counts 1 for a line break, for which JSON writes two bytes.
	const size = room - truncator.size(["", ...facts].join("\n")) - (list.lines + 2) * (truncator.size("\n") - 1);
	const listed = story.isBatch ? listEvents(story.events, truncator, { ...list, size }).lines : [];
	return [...text, ...listed, ...links.map(({ written }) => written), ...facts, ...trace, origin];
}

/** Of a batch, which shares few: its list is what has to fit. */
const BATCH_FACTS = 5;

/** Where it came from and when, on one line. */
export function originLine({ origin, times }: Story): string {
	return [...origin.map(([, value]) => value), times.join(" – ")].join(" · ");
}
