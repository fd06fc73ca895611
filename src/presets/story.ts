// What a message says of one event, or of a batch of them: the same parts for both, before any service's escaping.

import { isDeepStrictEqual } from "node:util";
import { compact } from "../lib/json.ts";
import { count } from "../lib/text.ts";
import type { CiFacts, EventContext, Events, PipelineEvent, Status } from "../model/event.ts";
import { factsOf, originOf } from "./facts.ts";
import { headline, isOfSeries, placeOf, saidIn } from "./headline.ts";
import { fittingLinks, type Link, linksOf, webAddress } from "./links.ts";
import { LOOKS, RANK } from "./looks.ts";
import { tellingLine } from "./telling-line.ts";
import { type Fact, oneLine, plain } from "./text.ts";

/** What one event or a batch says. Texts are one line, but for the trace. */
export interface Story {
	readonly events: Events;
	/** Whether there are several events: then a list shows what `trace` and most facts show of one. */
	readonly isBatch: boolean;
	/** The event, or the first of those with the worst status. */
	readonly lead: PipelineEvent;
	/** The event's; of a batch what all its events share, with `event` "batch" and the rest empty or absent where they differ. */
	readonly context: EventContext;
	/** The worst of all. */
	readonly status: Status;
	readonly mark: string;
	/** The status whose colour is shown, where a service knows its colours by words. */
	readonly tone: Status;
	/** `#rrggbb` */
	readonly color: string;
	/** Whether the config has chosen the colour. */
	readonly hasOwnColor: boolean;
	/** `nightly failed on main`, or `12 events: 3 failed, 9 succeeded – nightly on main`. */
	readonly headline: string;
	/** What went wrong: the telling line of the error, or of a failed batch what its first failure was; empty for neither. */
	readonly telling: string;
	/** The line below the headline: the telling line; empty for a batch, whose list says it. */
	readonly text: string;
	/** The whole error, of any number of lines; empty for a batch, and where the telling line is all of it. */
	readonly trace: string;
	/** The one that leads to the cause first; of a batch the run of all, or that of the first failure. */
	readonly links: readonly Link[];
	/** Those among them that are the config's. */
	readonly ownLinks: readonly Link[];
	/** What helps most first. */
	readonly facts: readonly Fact[];
	/** Where it came from. */
	readonly origin: readonly Fact[];
	/** The time of the event, or of the first and the last; RFC 3339. */
	readonly times: readonly [string, ...string[]];
	/** Whom the config wants to be mentioned, without `@`. */
	readonly mentions: readonly string[];
}

/** Tells the events. Adds to `notes` what is left out of it. */
export function storyOf(events: Events, notes: string[]): Story {
	const [first, second] = events;
	const isBatch = second !== undefined;
	const context = isBatch ? shared(events) : first.context;
	const { status } = context;
	const lead = events.find((event) => event.context.status === status) ?? first;
	const times = [first, events.at(-1) ?? first].map((event) => oneLine(event.context.timestamp));
	const [begin = "", ...end] = new Set(times);
	const error = isBatch ? "" : plain(context.error ?? "");
	const telling = isBatch ? (status === "failure" ? headlineAndError(lead) : "") : tellingLine(error);
	return {
		events,
		isBatch,
		lead,
		context,
		status,
		mark: LOOKS[status].mark,
		tone: status,
		color: LOOKS[status].color,
		hasOwnColor: false,
		headline: isBatch ? batchHeadline(events, context, notes) : headline(first, notes),
		telling,
		text: isBatch ? "" : telling,
		trace: error === telling ? "" : error,
		links: isBatch ? batchLinks(lead, context, notes) : linksOf(context, notes),
		ownLinks: [],
		facts: factsOf(context, isBatch ? [] : saidIn(first)),
		origin: originOf(context, isBatch || isOfSeries(first.definition)),
		times: [begin, ...end],
		mentions: [],
	};
}

/** `Materialization failed: orders: column "tier" does not exist`; one line. */
export function headlineAndError(event: PipelineEvent): string {
	const telling = tellingLine(event.context.error ?? "");
	return headline(event) + (telling === "" ? "" : `: ${telling}`);
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

function batchHeadline(events: Events, context: EventContext, notes: string[]): string {
	const where = `${oneLine(context.pipeline)}${placeOf(context, notes)}`.trim();
	return `${statusCounts(count(events.length, "event"), events)}${where === "" ? "" : ` – ${where}`}`;
}

/** The facts of the CI that a batch can share; the number of an attempt means nothing for several. */
const SHARED_FACTS = [
	...(["repository", "branch", "tag", "fork", "queue", "stranger", "pull_request", "commit", "actor"] as const),
	...(["workflow", "job", "matrix", "run_url", "job_url"] as const),
	...(["trigger", "commit_message", "commit_author", "pull_request_title"] as const),
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

function batchLinks({ context: lead }: PipelineEvent, context: EventContext, notes: string[]): readonly Link[] {
	const isOne = context.ci?.run_url !== undefined;
	if (isOne) return linksOf(context, notes);
	if (lead.status !== "failure") return [];
	const [job, run] = [webAddress(lead.ci?.job_url), webAddress(lead.ci?.run_url)];
	return fittingLinks(
		[
			["View first failed job", job],
			["View first failed run", run],
		],
		notes,
	);
}
