// The texts that a message has room for: the list of a batch, one line an event, and lines of facts below it.

import { count } from "../lib/text.ts";
import type { Events, PipelineEvent } from "../model/event.ts";
import { formatDuration, headline } from "./facts.ts";
import { LOOKS, RANK, type Story, statusCounts } from "./story.ts";
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
	/** In the order in which the events happened; the last one counts the rest where not all fit. */
	readonly lines: readonly string[];
	/** That last one: `… and 988 more: 3 failed, 985 succeeded`; undefined when nothing is left out. */
	readonly more: string | undefined;
}

/**
 * One line an event: `❌ Model failed: dim_orders (45.2s) – Table not found`. Where not all fit, the worse ones stay, and
 * among equals the earlier.
 */
export function listEvents(
	events: Events,
	truncator: Truncator,
	limits: ListLimits,
	escaping: Escaping = truncator.escaping,
): Listing {
	const { bullet = "" } = limits;
	const isSeveral = events.some(({ context }) => context.pipeline !== events[0].context.pipeline);
	const counted = truncator.size(moreLine(events)) + 1;
	const rank = ([, { context }]: readonly [number, PipelineEvent]) => RANK.indexOf(context.status);
	const worstFirst = [...events.entries()].toSorted((one, other) => rank(one) - rank(other));
	const kept = new Map<number, string>();
	const notes: string[] = [];
	let room = limits.size;
	for (const [place, event] of worstFirst.slice(0, limits.lines)) {
		const parts = new Truncator(truncator.unit, escaping);
		const title = parts.text("title", lineTitle(event, isSeveral), limits.title);
		const error = parts.text("error", start(event.context.error ?? "", limits.error), limits.error);
		const line = `${bullet}${LOOKS[event.context.status].mark} ${title}${error === "" ? "" : ` – ${error}`}`;
		room -= truncator.size(line) + 1;
		if (room < (kept.size + 1 === events.length ? 0 : counted)) break;
		kept.set(place, line);
		notes.push(...parts.notes);
	}
	for (const part of ["title", "error"] as const) {
		const number = notes.filter((note) => note.startsWith(part)).length;
		if (number === 0) continue;
		truncator.notes.push(`${part} of ${count(number, "event")} truncated to ${limits[part]} ${truncator.unit}`);
	}
	const left = events.filter((_, place) => !kept.has(place));
	const lines = events.flatMap((_, place) => kept.get(place) ?? []);
	if (left.length === 0) return { lines, more: undefined };
	truncator.notes.push(leftOut(left, events));
	const more = bullet + moreLine(left);
	return { lines: [...lines, more], more };
}

/** `… and 988 more: 3 failed, 985 succeeded` */
export function moreLine(left: readonly PipelineEvent[]): string {
	return statusCounts(`… and ${left.length} more`, left);
}

/** The same as a note. */
export function leftOut(left: readonly PipelineEvent[], all: Events): string {
	return statusCounts(`${left.length} of ${all.length} events left out`, left);
}

/** The text on one line, or no more than the start of it that is longer than the limit: an error may be a whole log. */
function start(text: string, limit: number): string {
	const line = oneLine(text.slice(0, limit * 10));
	return line.length > limit || text.length <= limit * 10 ? line : oneLine(text);
}

function lineTitle(event: PipelineEvent, isSeveral: boolean): string {
	const { pipeline, duration_ms: duration } = event.context;
	const title = headline(event);
	const where = isSeveral && !title.endsWith(`: ${oneLine(pipeline)}`) ? oneLine(pipeline) : "";
	const notes = [where, duration === undefined ? "" : formatDuration(duration)].filter((note) => note !== "");
	return notes.length === 0 ? title : `${title} (${notes.join(", ")})`;
}

/** How a text made of nothing but lines is written. */
export interface TextFormat {
	/** Of the whole text. */
	readonly limit: number;
	/** Of the error, as `error` writes it. */
	readonly errorLimit: number;
	readonly error: (text: string) => string;
	readonly list: Omit<ListLimits, "size">;
	readonly fact: FactLimits;
	/** One line of facts. */
	readonly item: (name: string, value: string) => string;
}

/**
 * The list of a batch and the facts that its events share, or an event's error, its facts, and as many details as fit.
 * The text also has room for the lines before and after these.
 */
export function textLines(
	{ isBatch, events, error, facts, details }: Story,
	truncator: Truncator,
	{ limit, errorLimit, list, fact, item, ...write }: TextFormat,
	before: readonly string[] = [],
	after: readonly string[] = [],
): readonly string[] {
	const items = (of: Story["facts"]) => truncator.facts(of, fact, item);
	const roomBeside = (lines: readonly string[]) =>
		limit - truncator.size([...before, ...lines, ...after, ""].join("\n"));
	if (isBatch) {
		const shared = items(facts);
		// A list counts 1 for a line break, for which JSON writes two bytes.
		const size = roomBeside(shared) - (list.lines + 1) * (truncator.size("\n") - 1);
		return [...listEvents(events, truncator, { ...list, size }).lines, ...shared];
	}
	const told = error === "" ? [] : [write.error(truncator.ends("error", error, errorLimit))];
	const known = [...told, ...items(facts)];
	const longestItem = fact.label + fact.value + truncator.size(`${item("", "")}\n`);
	return [...known, ...items(truncator.list("details", details, Math.floor(roomBeside(known) / longestItem)))];
}
