// What a batch says to people as a whole: its headline, its status and what its events share.

import { compact } from "../lib/json.ts";
import { count } from "../lib/text.ts";
import type { CiFacts, EventContext, Events, PipelineEvent, Status } from "../model/event.ts";
import type { Preset } from "../model/preset.ts";
import { type Fact, identity, origin, runUrl } from "./facts.ts";
import { type Cuts, oneLine } from "./text.ts";

/** The worst first; where nothing went wrong, an end before a beginning, since what has ended has begun. */
export const RANK: readonly Status[] = ["failure", "cancelled", "warning", "success", "started", "info"];

const TALLIES: Readonly<Record<Status, (number: number) => string>> = {
	failure: (number) => `${number} failed`,
	cancelled: (number) => `${number} cancelled`,
	warning: (number) => count(number, "warning"),
	success: (number) => `${number} succeeded`,
	started: (number) => `${number} started`,
	info: (number) => `${number} info`,
};

/** What a message says of a whole batch, before any service's escaping. */
export interface Batch {
	/** `12 events: 3 failed, 9 succeeded – etl`: the worst first, the pipeline where all share it. One line. */
	readonly headline: string;
	/** The worst status of all. */
	readonly status: Status;
	/** The first event with that status. */
	readonly lead: PipelineEvent;
	/** What all events share; what they do not is absent, and `event` then `batch`, `run_id` and `pipeline` empty. */
	readonly context: EventContext;
	/** The same as facts: pipeline, project, run and where it came from. May be empty. */
	readonly facts: readonly Fact[];
	/** The time of the first event, or of the first and the last. */
	readonly period: string;
	/** To the run of all; where they have several, to that of the first failure. */
	readonly link: { readonly url: string; readonly text: string } | undefined;
}

/** A preset's `renderBatch` for which a batch of one event is that event alone. */
export function aloneOr(render: Preset["render"], many: Preset["renderBatch"]): Preset["renderBatch"] {
	return (events, options) => (events.length === 1 ? render(events[0], options) : many(events, options));
}

/** What there is to say of all events together. */
export function summarize(events: Events, cuts: Cuts): Batch {
	const context = shared(events);
	const pipeline = oneLine(context.pipeline);
	const [first, last] = [events[0], events.at(-1) ?? events[0]].map((event) => oneLine(event.context.timestamp));
	const lead = events.find((event) => event.context.status === context.status) ?? events[0];
	return {
		headline: `${tally(count(events.length, "event"), events)}${pipeline === "" ? "" : ` – ${pipeline}`}`,
		status: context.status,
		lead,
		context,
		facts: [...identity(context).filter(([label]) => label !== "Status"), ...origin(context)],
		period: [...new Set([first, last])].join(" – "),
		link: link(lead, context, cuts),
	};
}

/** `what: 3 failed, 9 succeeded`; that all only inform is not worth a word. */
export function tally(what: string, events: readonly PipelineEvent[]): string {
	const numbers = RANK.map(
		(status) => [status, events.filter(({ context }) => context.status === status).length] as const,
	);
	const told = numbers.filter(([, number]) => number > 0);
	if (told.every(([status]) => status === "info")) return what;
	return `${what}: ${told.map(([status, number]) => TALLIES[status](number)).join(", ")}`;
}

function shared(events: Events): EventContext {
	const [{ context: first }] = events;
	const same = <T>(read: (context: EventContext) => T): T | undefined =>
		events.every(({ context }) => read(context) === read(first)) ? read(first) : undefined;
	const ci = compact<CiFacts>({
		provider: same((context) => context.ci?.provider) ?? "",
		repository: same((context) => context.ci?.repository),
		branch: same((context) => context.ci?.branch),
		tag: same((context) => context.ci?.tag),
		fork: same((context) => context.ci?.fork),
		queue: same((context) => context.ci?.queue),
		stranger: same((context) => context.ci?.stranger),
		pull_request: same((context) => context.ci?.pull_request),
		commit: same((context) => context.ci?.commit),
		actor: same((context) => context.ci?.actor),
		workflow: same((context) => context.ci?.workflow),
		job: same((context) => context.ci?.job),
		matrix: same((context) => JSON.stringify(context.ci?.matrix)) === undefined ? undefined : first.ci?.matrix,
		run_url: same((context) => context.ci?.run_url),
	});
	return compact<EventContext>({
		id: first.id,
		event: same((context) => context.event) ?? "batch",
		run_id: same((context) => context.run_id) ?? "",
		pipeline: same((context) => context.pipeline) ?? "",
		timestamp: first.timestamp,
		status: RANK.find((status) => events.some(({ context }) => context.status === status)) ?? first.status,
		project_id: same((context) => context.project_id),
		ci,
	});
}

function link({ context: lead }: PipelineEvent, shared: EventContext, cuts: Cuts): Batch["link"] {
	const one = shared.ci?.run_url !== undefined;
	const url = one || lead.status === "failure" ? runUrl(one ? shared : lead, cuts) : undefined;
	return url === undefined ? undefined : { url, text: one ? "View run" : "View first failed run" };
}
