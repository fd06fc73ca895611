// Events of a run: found by the name that the user wrote, completed with the facts of the run, enriched by the CI's API.
import { randomUUID } from "node:crypto";
import { dialectOf } from "../config/load.ts";
import { keyName } from "../config/words.ts";
import { excerpt } from "../lib/text.ts";
import { isEventName, nearestEvent } from "../model/catalog.ts";
import { CONTEXT_KEYS, completeEvent, type GivenContext } from "../model/context.ts";
import type { EventDefinition, FoundResource, PipelineEvent } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";
import type { Inputs } from "./inputs.ts";
import type { RunContext } from "./prepare.ts";

/** The definition of an event as the user writes its name. Throws `UserError` for an unknown one. */
export function findEvent(
	written: string,
	{ config, vocabulary }: Pick<RunContext, "config" | "vocabulary">,
): EventDefinition {
	const { find, events } = vocabulary;
	const definition = find(written);
	if (definition !== undefined) return definition;
	const near = nearestEvent(
		written,
		events.map(({ name }) => name),
	);
	const own =
		isEventName(written) && dialectOf(config.file) === "native"
			? `declare an event of your own in the config as [event.${keyName(written)}]`
			: "`pipeline-hooks events` lists them all";
	throw new UserError({
		code: "event",
		message: `unknown event ${JSON.stringify(excerpt(written, 100))}`,
		remedy: near === undefined ? own : `did you mean "${near}"? Or ${own}`,
	});
}

/** An event, and what of it is made up. */
interface Created {
	readonly event: PipelineEvent;
	/** The keys that have an example or, as an id, are new in each run; in the order of the context. */
	readonly madeUp: readonly string[];
}

/**
 * The event of that name, with a new id unless one is given, and with examples of what it lacks where the inputs ask for
 * them. Throws as {@link findEvent} does.
 */
export function createEvent(
	written: string,
	given: GivenContext,
	examples: Inputs["examples"],
	run: RunContext,
): Created {
	const definition = findEvent(written, run);
	const received = run.receive(given);
	const made = examples === undefined ? {} : examplesFor(definition, received);
	const mark = examples === "marked" ? { metadata: { test: true, ...received.metadata } } : {};
	const context = { ...made, ...received, ...mark };
	const id = context.id ?? `evt_${randomUUID().replaceAll("-", "")}`;
	const { ci, now } = run;
	const event = completeEvent(definition, context, { id, run_id: ci.runId, pipeline: ci.pipeline, now, ci: ci.facts });
	const lacking = new Set([
		"id",
		"timestamp",
		...(ci.facts.provider === "local" ? ["run_id"] : []),
		...Object.keys(made),
	]);
	return { event, madeUp: CONTEXT_KEYS.filter((key) => lacking.has(key) && !Object.hasOwn(received, key)) };
}

/** What an event of its kind hardly comes without. Nothing else, which would be a message that nobody gets. */
function examplesFor({ phase, status }: EventDefinition, given: GivenContext): GivenContext {
	const isOfTable = phase === "table" || (phase === "quality" && given.model === undefined);
	return {
		...(phase === "model" ? { model: "example_model" } : {}),
		...(isOfTable ? { table: "catalog.schema.example_table" } : {}),
		...(status === "failure" ? { error: "this is a test: nothing has failed" } : {}),
	};
}

/**
 * A resource such as an API gives of a job, where examples are asked for and no CI can be asked for the true one. It is
 * seen only by what posts the resource itself.
 */
export function exampleResource({ definition }: PipelineEvent): FoundResource {
	return { resource: { id: 1, status: definition.name.replace(/^.*\./s, ""), test: true } };
}

/** Adds the workflow run to an event when one of the selected hooks needs it; otherwise gives the event as it is. */
type Enrich = (event: PipelineEvent, selected: readonly Hook[]) => PipelineEvent | Promise<PipelineEvent>;

/**
 * Asks once, and only when an event without a resource matches a hook that needs one, or that chains to one. A ping is
 * about nothing that could be asked for.
 */
export function enricher(hooks: readonly Hook[], ask: () => Promise<FoundResource>): Enrich {
	const needy = hooks.filter((hook) => hook.kind === "webhook" && hook.preset.needs.resource === true);
	const isNeedy = (name: string | undefined) => needy.some((hook) => hook.name === name);
	const isChained = hooks.some(({ fallback, onSuccess }) => isNeedy(fallback) || onSuccess.some(isNeedy));
	let found: Promise<FoundResource> | undefined;
	return (event, selected) => {
		if (needy.length === 0 || event.context.resource !== undefined || event.definition.name === "ping") return event;
		if (!isChained && !selected.some(({ name }) => isNeedy(name))) return event;
		found ??= ask();
		return found.then((run) => ({ ...event, run }));
	};
}
