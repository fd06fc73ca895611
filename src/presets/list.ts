// The list in a batch's message: one line an event, as many as find room.

import { count } from "../lib/text.ts";
import type { Events, PipelineEvent } from "../model/event.ts";
import { formatDuration, headline } from "./facts.ts";
import { MARKS, RANK, statusCounts } from "./story.ts";
import { type Escaping, oneLine, Truncator, unescaped } from "./text.ts";

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
	/** In the order in which the events happened; the last one counts the rest where not all find room. */
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
	escaping: Escaping = unescaped,
): Listing {
	const { bullet = "" } = limits;
	const isSeveral = events.some(({ context }) => context.pipeline !== events[0].context.pipeline);
	const counted = truncator.size(moreLine(events)) + 1;
	const kept = new Map<number, string>();
	const truncated = { title: 0, error: 0 };
	let room = limits.size;
	for (const [place, event] of byRank(events).slice(0, limits.lines)) {
		const { context } = event;
		const [title, error] = [new Truncator(truncator.unit, escaping), new Truncator(truncator.unit, escaping)];
		const wrong = start(context.error ?? "", limits.error);
		const named = title.text("title", lineTitle(event, isSeveral), limits.title);
		const because = wrong === "" ? "" : ` – ${error.text("error", wrong, limits.error)}`;
		const line = `${bullet}${MARKS[context.status]} ${named}${because}`;
		room -= truncator.size(line) + 1;
		if (room < (kept.size + 1 === events.length ? 0 : counted)) break;
		kept.set(place, line);
		truncated.title += title.notes.length;
		truncated.error += error.notes.length;
	}
	for (const part of ["title", "error"] as const) {
		if (truncated[part] === 0) continue;
		const of = count(truncated[part], "event");
		truncator.notes.push(`${part} of ${of} truncated to ${limits[part]} ${truncator.unit}`);
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

/** Each event with its place in the batch. */
function byRank(events: Events): readonly (readonly [place: number, event: PipelineEvent])[] {
	const rank = ([, { context }]: readonly [number, PipelineEvent]) => RANK.indexOf(context.status);
	return [...events.entries()].toSorted((one, other) => rank(one) - rank(other));
}

function lineTitle(event: PipelineEvent, isSeveral: boolean): string {
	const { pipeline, duration_ms: duration } = event.context;
	const title = headline(event);
	const where = isSeveral && !title.endsWith(`: ${oneLine(pipeline)}`) ? oneLine(pipeline) : "";
	const notes = [where, duration === undefined ? "" : formatDuration(duration)].filter((note) => note !== "");
	return notes.length === 0 ? title : `${title} (${notes.join(", ")})`;
}
