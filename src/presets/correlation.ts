// The key that ties together a failure and the success that ends it.
import { createHash } from "node:crypto";
import type { EventDefinition, PipelineEvent } from "../event/event.ts";
import { oneLine } from "./text.ts";

/**
 * A key that is the same for a failure and the success that ends it, over all runs: repository, branch, pipeline, what
 * of it, and the subject; never the run. At most `limit` code units (48 or more): a longer one ends in a hash of all
 * of it.
 */
export function correlationKey(event: PipelineEvent, limit: number): string {
	const { context, definition } = event;
	const parts = {
		repository: context.ci?.repository,
		branch: context.ci?.branch,
		pipeline: context.pipeline,
		of: series(definition),
		...subject(event),
	};
	const named = Object.entries(parts).flatMap(([name, value]) => (value ? [`${name}=${oneLine(value)}`] : []));
	return boundedKey(named.join("; "), limit);
}

/** A key of at most `limit` code units (48 or more); a longer one ends in a hash of all of it. */
export function boundedKey(key: string, limit: number): string {
	if (key.length <= limit) return key;
	const hash = createHash("sha256").update(key).digest("hex").slice(0, 32);
	return `${key.slice(0, limit - hash.length - 1).toWellFormed()}#${hash}`;
}

/**
 * Events of a phase that begin, succeed or fail tell of one thing. An event that only informs or warns (drift, a check's
 * result) is a thing of its own: a finished materialization does not end a drift.
 */
function series({ name, phase, status }: EventDefinition): string {
	return status === "info" || status === "warning" ? name : phase;
}

/** Only what both ends are sure to carry: a failed pipeline may name the model that failed it, its success does not. */
function subject({ definition: { phase }, context }: PipelineEvent): Readonly<Record<string, string | undefined>> {
	const { model, table, project_id: project } = context;
	switch (phase) {
		case "pipeline":
			return {};
		case "model":
			return { model };
		case "table":
			return table === undefined ? { model } : { table };
		default: {
			const name = context.entity?.["name"];
			return { model, table, project, entity: typeof name === "string" ? name : undefined };
		}
	}
}
