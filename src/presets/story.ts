// What a message says of one event, or of a batch of them: the same parts for both, before any service's escaping.

import { isDeepStrictEqual } from "node:util";
import { compact, type Json } from "../lib/json.ts";
import { count } from "../lib/text.ts";
import type { CiFacts, EventContext, Events, PipelineEvent, Status } from "../model/event.ts";
import type { Service } from "../model/preset.ts";
import { details, headline, headlineAndError, identity, origin, runUrl } from "./facts.ts";
import { type Escaping, type Fact, oneLine, plain, Truncator, type Unit } from "./text.ts";

/** The worst first; where nothing went wrong, an end before a beginning, since what has ended has begun. */
export const RANK: readonly Status[] = ["failure", "cancelled", "warning", "success", "started", "info"];

/** How a status is shown. */
interface Look {
	readonly mark: string;
	/** `0xRRGGBB`, where a service takes any colour. */
	readonly color: number;
	readonly severity: "error" | "warning" | "info";
	/** After a number of events. */
	readonly counted: string;
}

export const LOOKS: Readonly<Record<Status, Look>> = {
	started: { mark: "▶️", color: 0x3498db, severity: "info", counted: "started" },
	success: { mark: "✅", color: 0x2ecc71, severity: "info", counted: "succeeded" },
	failure: { mark: "❌", color: 0xe74c3c, severity: "error", counted: "failed" },
	cancelled: { mark: "⏹️", color: 0x95a5a6, severity: "warning", counted: "cancelled" },
	info: { mark: "ℹ️", color: 0x3498db, severity: "info", counted: "info" },
	warning: { mark: "⚠️", color: 0xf1c40f, severity: "warning", counted: "warning" },
};

/** What one event or a batch says. Texts are one line, but for the error. */
export interface Story {
	readonly events: Events;
	/** Whether there are several events: then a list shows what `error` and `details` show of one. */
	readonly isBatch: boolean;
	/** The event, or the first of those with the worst status. */
	readonly lead: PipelineEvent;
	/** The event's; of a batch what all its events share, with `event` "batch" and the rest empty or absent where they differ. */
	readonly context: EventContext;
	/** The worst of all. */
	readonly status: Status;
	readonly mark: string;
	/** `Pipeline failed: etl`, or `12 events: 3 failed, 9 succeeded – etl`. */
	readonly headline: string;
	/** The error of the one event, of any number of lines; empty for a batch. */
	readonly error: string;
	/** What went wrong, for a notification: the error, or what a failed batch's first failure was; empty for neither. */
	readonly cause: string;
	/** What it is about: pipeline, project, run; with the status for one event. */
	readonly subject: readonly Fact[];
	/** Where it came from. */
	readonly origin: readonly Fact[];
	/** Of a batch its period as a fact; empty for one event. */
	readonly time: readonly Fact[];
	/** The three before this. */
	readonly facts: readonly Fact[];
	/** Everything else that is known of the one event; empty for a batch. */
	readonly details: readonly Fact[];
	/** The time of the event, or of the first and the last. */
	readonly period: string;
	/** To the run of all; where they have several, to that of the first failure. */
	readonly link: { readonly url: string; readonly text: string } | undefined;
}

/** The body of a message with a {@link Story}; one truncator keeps its parts within their limits. */
export function storyBody(
	unit: Unit,
	escaping: Escaping,
	write: (story: Story, truncator: Truncator) => Json,
): Service["body"] {
	return (events) => {
		const truncator = new Truncator(unit, escaping);
		return { body: write(storyOf(events, truncator.notes), truncator), notes: truncator.notes };
	};
}

/** Tells the events. Adds to `notes` what is left out of it. */
export function storyOf(events: Events, notes: string[]): Story {
	const [first] = events;
	const isBatch = events.length > 1;
	const context = isBatch ? shared(events) : first.context;
	const { status } = context;
	const lead = events.find((event) => event.context.status === status) ?? first;
	const times = [first, events.at(-1) ?? first].map((event) => oneLine(event.context.timestamp));
	const period = [...new Set(times)].join(" – ");
	const error = isBatch ? "" : plain(context.error ?? "");
	const subject = identity(context).filter(([label]) => !isBatch || label !== "Status");
	const from = origin(context);
	const time: readonly Fact[] = isBatch ? [["Time", period]] : [];
	return {
		events,
		isBatch,
		lead,
		context,
		status,
		mark: LOOKS[status].mark,
		headline: isBatch ? batchHeadline(events, context) : headline(first),
		error,
		cause: isBatch && status === "failure" ? headlineAndError(lead) : error,
		subject,
		origin: from,
		time,
		facts: [...subject, ...from, ...time],
		details: isBatch ? [] : details(context),
		period,
		link: linkOf(lead, context, notes),
	};
}

/** `what: 3 failed, 9 succeeded`; that all only inform is not worth a word. */
export function statusCounts(what: string, events: readonly PipelineEvent[]): string {
	if (events.every(({ context }) => context.status === "info")) return what;
	const counts = RANK.flatMap((status) => {
		const number = events.filter(({ context }) => context.status === status).length;
		const { counted } = LOOKS[status];
		return number === 0 ? [] : [status === "warning" ? count(number, counted) : `${number} ${counted}`];
	});
	return `${what}: ${counts.join(", ")}`;
}

function batchHeadline(events: Events, context: EventContext): string {
	const pipeline = oneLine(context.pipeline);
	return `${statusCounts(count(events.length, "event"), events)}${pipeline === "" ? "" : ` – ${pipeline}`}`;
}

/** The facts of the CI that a batch can share; the number of an attempt means nothing for several. */
const SHARED_FACTS = [
	...(["repository", "branch", "tag", "fork", "queue", "stranger", "pull_request", "commit", "actor"] as const),
	...(["workflow", "job", "matrix", "run_url"] as const),
];

function shared(events: Events): EventContext {
	const [{ context: first }] = events;
	const same = <T>(read: (context: EventContext) => T) =>
		events.every(({ context }) => isDeepStrictEqual(read(context), read(first))) ? read(first) : undefined;
	const facts = SHARED_FACTS.map((name) => [name, same(({ ci }) => ci?.[name])] as const);
	return compact<EventContext>({
		id: first.id,
		event: same(({ event }) => event) ?? "batch",
		run_id: same((context) => context.run_id) ?? "",
		pipeline: same(({ pipeline }) => pipeline) ?? "",
		timestamp: first.timestamp,
		status: RANK.find((status) => events.some(({ context }) => context.status === status)) ?? first.status,
		project_id: same((context) => context.project_id),
		ci: compact<CiFacts>({ provider: same(({ ci }) => ci?.provider) ?? "", ...Object.fromEntries(facts) }),
	});
}

function linkOf({ context: lead }: PipelineEvent, context: EventContext, notes: string[]): Story["link"] {
	const isOne = context.ci?.run_url !== undefined;
	const url = isOne || lead.status === "failure" ? runUrl(isOne ? context : lead, notes) : undefined;
	return url === undefined ? undefined : { url, text: isOne ? "View run" : "View first failed run" };
}
