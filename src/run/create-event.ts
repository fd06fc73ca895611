// Events of a run: found by the name that the user wrote, and completed by what the run knows.
import { randomUUID } from "node:crypto";
import { flavourOf } from "../config/load.ts";
import { keyName } from "../config/words.ts";
import { closest } from "../lib/suggest.ts";
import { excerpt } from "../lib/text.ts";
import { isEventName } from "../model/catalog.ts";
import { completeEvent, type GivenContext } from "../model/context.ts";
import type { EventDefinition, PipelineEvent } from "../model/event.ts";
import { UserError } from "../model/problem.ts";
import type { RunContext } from "./prepare.ts";

/** The definition of an event as the user writes its name. Throws `UserError` for an unknown one. */
export function findEvent(
	written: string,
	{ config, vocabulary }: Pick<RunContext, "config" | "vocabulary">,
): EventDefinition {
	const { find, events } = vocabulary;
	const definition = find(written);
	if (definition !== undefined) return definition;
	const near = closest(
		written,
		events.map(({ name }) => name),
	);
	const own =
		isEventName(written) && flavourOf(config.file) === "own"
			? `declare an event of your own in the config as [event.${keyName(written)}]`
			: "`pipeline-hooks events` lists those that there are";
	throw new UserError({
		code: "event",
		message: `unknown event ${JSON.stringify(excerpt(written, 100))}`,
		remedy: near === undefined ? own : `did you mean "${near}"? Or ${own}`,
	});
}

/**
 * The event of that name, with an id of its own unless one is given. With `synthetic`, what the context leaves open is
 * made up, so that hooks can be tried out. Throws as {@link findEvent} does.
 */
export function createEvent(written: string, given: GivenContext, synthetic: boolean, run: RunContext): PipelineEvent {
	const definition = findEvent(written, run);
	const received = run.receive(given);
	const context = synthetic ? madeUp(received, definition) : received;
	const id = context.id ?? `evt_${randomUUID().replaceAll("-", "")}`;
	const { ci, now } = run;
	return completeEvent(definition, context, { id, run_id: ci.runId, pipeline: ci.pipeline, now, ci: ci.facts });
}

function madeUp(given: GivenContext, { status }: EventDefinition): GivenContext {
	return {
		model: "example_model",
		table: "catalog.schema.example_table",
		...(status === "failure" ? { error: "this is a test: nothing has failed" } : {}),
		duration_ms: 1234,
		...given,
		metadata: { test: true, ...given.metadata },
	};
}
