// The list of a batch: one line an event, as many as a message has room for.

import { count } from "../lib/text.ts";
import type { Events, PipelineEvent } from "../model/event.ts";
import { formatDuration } from "./facts.ts";
import { headline, isOfSeries } from "./headline.ts";
import { LOOKS, RANK } from "./looks.ts";
import { statusCounts } from "./story.ts";
import { tellingLine } from "./telling-line.ts";
import { type Escaping, oneLine, Truncator } from "./text.ts";

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
		const title = parts.text("title", lineTitle(event, isSeveral, parts.notes), limits.title);
		const error = parts.text("error", tellingLine(event.context.error ?? ""), limits.error);
		const line = `${bullet}${LOOKS[event.context.status].mark} ${title}${error === "" ? "" : ` – ${error}`}`;
		room -= truncator.size(line) + 1;
		if (room < (lines.length + 1 === told.length ? 0 : roomForRest)) break;
		lines.push(line);
		notes.push(...parts.notes);
	}
	for (const note of new Set(notes)) {
		const number = notes.filter((other) => other === note).length;
		truncator.notes.push(note.replace(" truncated", ` of ${count(number, "event")} truncated`));
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

function lineTitle(event: PipelineEvent, isSeveral: boolean, truncated: string[]): string {
	const { pipeline, duration_ms: duration } = event.context;
	const title = headline(event, truncated);
	const isSaid = isOfSeries(event.definition) || title.endsWith(`: ${oneLine(pipeline)}`);
	const where = isSeveral && !isSaid ? oneLine(pipeline) : "";
	const notes = [where, duration === undefined ? "" : formatDuration(duration)].filter((note) => note !== "");
	return notes.length === 0 ? title : `${title} (${notes.join(", ")})`;
}
