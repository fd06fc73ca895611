// What happened, on one line: `nightly failed on main`, `Check failed: not_null on dim_orders`.

import { excerpt } from "../lib/text.ts";
import { CATALOG } from "../model/catalog.ts";
import { type EventContext, entityName, type PipelineEvent, type Status } from "../model/event.ts";
import { commitLine } from "./commit-line.ts";
import { oneLine } from "./text.ts";

/** Ours: code points of a name, so that in a title of 80 the outcome after it is seen. */
const NAME_LIMIT = 64;

/** What follows the name of something that has that status. */
const OUTCOMES: Readonly<Record<Status, string>> = {
	started: "started",
	success: "succeeded",
	failure: "failed",
	cancelled: "cancelled",
	info: "finished",
	warning: "finished with warnings",
};

/** The events whose headline is the pipeline itself: one run begins, and it ends in one way. */
const SERIES: ReadonlySet<string> = new Set(["pipeline_start", "pipeline_complete", "pipeline_error"]);

/** One line, never empty. Adds to `notes` what is truncated in it. */
export function headline({ definition, context }: PipelineEvent, notes: string[] = []): string {
	if (isOfSeries(definition)) {
		const pipeline = name("pipeline", context.pipeline, notes) || "Pipeline";
		return `${pipeline} ${OUTCOMES[context.status]}${placeOf(context, notes)}`;
	}
	if (isCommit(definition, context)) return commitLine(context, (_, text) => text);
	const title = titleOf(definition, context);
	const subject = subjectsOf(context).join(" on ") || name("pipeline", context.pipeline, notes);
	return subject === "" ? title : `${title}: ${subject}`;
}

/** Whether the headline names the pipeline and its branch or tag. */
export function isOfSeries(definition: PipelineEvent["definition"]): boolean {
	return SERIES.has(definition.name) && CATALOG.includes(definition);
}

function isCommit(definition: PipelineEvent["definition"], { status }: EventContext): boolean {
	return definition.name === "commit" && CATALOG.includes(definition) && status === "info";
}

/** The subjects that the headline of an event names: a check, and what it is on. */
export function saidIn({ definition, context }: PipelineEvent): readonly string[] {
	return isOfSeries(definition) || isCommit(definition, context) ? [] : subjectsOf(context);
}

/** What an event is about, more closely than the pipeline. */
function subjectsOf({ model, table, entity, metadata }: EventContext): readonly string[] {
	const check = typeof metadata?.["check"] === "string" ? metadata["check"] : "";
	return [check, model ?? table ?? entityName(entity) ?? ""].map(oneLine).filter((part) => part !== "");
}

/** ` on main`, ` at v1.2`; empty outside CI. Adds to `notes` what is truncated in it. */
export function placeOf({ ci }: EventContext, notes: string[] = []): string {
	const branch = name("branch", ci?.branch, notes);
	if (branch !== "") return ` on ${branch}`;
	const tag = name("tag", ci?.tag, notes);
	return tag === "" ? "" : ` at ${tag}`;
}

function name(what: string, given: string | undefined, notes: string[]): string {
	const line = oneLine(given ?? "");
	const shown = excerpt(line, NAME_LIMIT);
	if (shown !== line) notes.push(`${what} truncated to ${NAME_LIMIT} characters`);
	return shown;
}

/**
 * The title is that of the event's usual status: with another one it would say "Check result" of a failure. The built-in
 * titles end in a word for it, which is replaced.
 */
function titleOf(definition: PipelineEvent["definition"], { event, status }: EventContext): string {
	const title = oneLine(definition.title) || oneLine(event) || "Event";
	if (status === definition.status) return title;
	const [thing] = /^.+(?= \S+$)/.exec(title) ?? [];
	const isBuiltIn = CATALOG.includes(definition) && thing !== undefined && thing !== "New";
	const outcome = status === "success" && definition.phase === "quality" ? "passed" : OUTCOMES[status];
	return isBuiltIn ? `${thing} ${outcome}` : `${title} (${outcome})`;
}
