// The list in a batch's message: one line an event, as many as find room.

import { count } from "../lib/text.ts";
import type { Events, PipelineEvent, Status } from "../model/event.ts";
import { RANK, tally } from "./batch.ts";
import { formatDuration, headline } from "./facts.ts";
import { Cuts, type Escaping, oneLine } from "./text.ts";

/** A sign for each status, where a service has no colours for a line. */
export const MARKS: Readonly<Record<Status, string>> = {
	started: "▶️",
	success: "✅",
	failure: "❌",
	cancelled: "⏹️",
	info: "ℹ️",
	warning: "⚠️",
};

/** One line of the list: its texts are cut and escaped. */
export interface BatchLine {
	readonly status: Status;
	/** Of {@link MARKS}. */
	readonly mark: string;
	/** What happened to what, how long it took, and in which pipeline where the batch has several. */
	readonly title: string;
	/** One line; undefined where there is none. */
	readonly error: string | undefined;
}

/** How much of a list a message takes; sizes are in the unit of its {@link Cuts}. */
export interface ListLimits {
	/** Lines, without the one that counts the rest. */
	readonly lines: number;
	/** All lines together as they are written, with 1 each for its line break; the one that counts the rest included. */
	readonly size: number;
	/** The title of one line with its escapes; so small that any line and the one that counts fit into `size`. */
	readonly title: number;
	/** The error of one line with its escapes. */
	readonly error: number;
}

/** The list of a batch. */
export interface Listing {
	/** In the order in which the events happened. */
	readonly lines: readonly string[];
	/** `… and 988 more: 3 failed, 985 succeeded`; undefined when nothing is left out. */
	readonly more: string | undefined;
}

/**
 * One line an event. Where not all fit, the worse ones stay, and among equals the earlier. `write` puts a line together
 * and adds nothing of the event's own.
 */
export function listEvents(
	events: Events,
	cuts: Cuts,
	limits: ListLimits,
	escaping: Escaping = (point) => point,
	write: (line: BatchLine) => string = showLine,
): Listing {
	const several = events.some(({ context }) => context.pipeline !== events[0].context.pipeline);
	const counted = cuts.size(more(events)) + 1;
	const kept = new Map<number, string>();
	const cut = { title: 0, error: 0 };
	let room = limits.size;
	for (const [place, event] of byRank(events).slice(0, limits.lines)) {
		const { context } = event;
		const [title, error] = [new Cuts(cuts.unit), new Cuts(cuts.unit)];
		const wrong = start(context.error ?? "", limits.error);
		const line = write({
			status: context.status,
			mark: MARKS[context.status],
			title: title.text("title", lineTitle(event, several), limits.title, escaping),
			error: wrong === "" ? undefined : error.text("error", wrong, limits.error, escaping),
		});
		room -= cuts.size(line) + 1;
		if (room < (kept.size + 1 === events.length ? 0 : counted)) break;
		kept.set(place, line);
		cut.title += title.phrases.length;
		cut.error += error.phrases.length;
	}
	for (const part of ["title", "error"] as const) {
		if (cut[part] > 0) cuts.phrases.push(`${part} of ${count(cut[part], "event")} cut to ${limits[part]} ${cuts.unit}`);
	}
	const left = events.filter((_, place) => !kept.has(place));
	if (left.length > 0) cuts.phrases.push(tally(`${left.length} of ${events.length} events left out`, left));
	return {
		lines: events.flatMap((_, place) => kept.get(place) ?? []),
		more: left.length === 0 ? undefined : more(left),
	};
}

/** `❌ Model failed: dim_orders (45.2s) – Table not found`. */
export function showLine({ mark, title, error }: BatchLine): string {
	return `${mark} ${title}${error === undefined ? "" : ` – ${error}`}`;
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

function lineTitle(event: PipelineEvent, several: boolean): string {
	const { pipeline, duration_ms: duration } = event.context;
	const title = headline(event);
	const where = several && !title.endsWith(`: ${oneLine(pipeline)}`) ? oneLine(pipeline) : "";
	const notes = [where, duration === undefined ? "" : formatDuration(duration)].filter((note) => note !== "");
	return notes.length === 0 ? title : `${title} (${notes.join(", ")})`;
}

function more(left: readonly PipelineEvent[]): string {
	return tally(`… and ${left.length} more`, left);
}
