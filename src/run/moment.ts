// One event of a run, put together from what is given and what the run knows.
import { randomUUID } from "node:crypto";
import { createEvent, type GivenContext } from "../model/context.ts";
import type { EventDefinition, PipelineEvent } from "../model/event.ts";
import type { Run } from "./prepare.ts";

/** The event, with an id of its own unless one is given. */
export function eventOf(definition: EventDefinition, given: GivenContext, { ci, now }: Run): PipelineEvent {
	const id = given.id ?? `evt_${randomUUID().replaceAll("-", "")}`;
	return createEvent(definition, given, { id, run_id: ci.runId, pipeline: ci.pipeline, now, ci: ci.facts });
}
