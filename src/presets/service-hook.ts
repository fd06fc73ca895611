// The service_hook preset: the resource itself, as ETL service hooks post it.

import { isJsonObject, type JsonObject, wellFormed } from "../lib/json.ts";
import type { PipelineEvent } from "../model/event.ts";
import { CannotRender, type Preset } from "../model/preset.ts";

/**
 * The body is what the API answers for the resource, and nothing else; a batch is a list of them.
 * https://www.integrate.io/docs/etl/service-hooks/
 */
export const serviceHook = (): Preset => ({
	name: "service_hook",
	title: "Service hook",
	options: {},
	needs: { url: true, resource: true },
	service: () => ({
		body: (events, batch) => {
			const bodies = events.map(resourceOf).filter((resource) => resource !== undefined);
			const [first] = bodies;
			if (first !== undefined && bodies.length === events.length) return { body: batch ? bodies : first, notes: [] };
			const without = events.find((event) => resourceOf(event) === undefined) ?? events[0];
			const missing = batch ? `${events.length - bodies.length} of ${events.length} events have` : "the event has";
			throw new CannotRender(`${missing} no resource to post; ${remedyFor(without)}`);
		},
	}),
});

/** The context's own, else the CI run. */
function resourceOf({ context, run }: PipelineEvent): JsonObject | undefined {
	const found = context.resource ?? (run !== undefined && "resource" in run ? run.resource : undefined);
	const body = found === undefined ? undefined : wellFormed(found);
	return isJsonObject(body) ? body : undefined;
}

function remedyFor({ run }: PipelineEvent): string {
	return run !== undefined && "reason" in run ? run.reason : "give `resource` in the context";
}
