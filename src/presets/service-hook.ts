// The service_hook preset: the resource itself, as ETL service hooks post it.

import { isJsonObject, type JsonObject, wellFormed } from "../lib/json.ts";
import type { Events, PipelineEvent } from "../model/event.ts";
import { CannotRender, type Preset } from "../model/preset.ts";

/**
 * The body is what the API answers for the resource, and nothing else; a batch is a list of them.
 * https://www.integrate.io/docs/etl/service-hooks/
 */
export const serviceHook: Preset = {
	name: "service_hook",
	title: "Service hook",
	options: {},
	jsonOnly: false,
	mustReadAnswer: false,
	needsResource: true,
	render: (event) => {
		const body = resourceOf(event);
		if (body === undefined) throw new CannotRender(`the event has no resource to post; ${remedyFor(event)}`);
		return { body, cut: [] };
	},
	renderBatch: (events) => ({ body: resourcesOf(events), cut: [] }),
};

/** The context's own, else the CI run. */
function resourceOf({ context, run }: PipelineEvent): JsonObject | undefined {
	const found = context.resource ?? (run !== undefined && "resource" in run ? run.resource : undefined);
	const body = found === undefined ? undefined : wellFormed(found);
	return isJsonObject(body) ? body : undefined;
}

function remedyFor({ run }: PipelineEvent): string {
	return run !== undefined && "reason" in run ? run.reason : "give `resource` in the context";
}

function resourcesOf(events: Events): readonly JsonObject[] {
	const resources = events.map(resourceOf).filter((resource) => resource !== undefined);
	const without = events.find((event) => resourceOf(event) === undefined);
	if (without === undefined) return resources;
	const missing = events.length - resources.length;
	throw new CannotRender(`${missing} of ${events.length} events have no resource to post; ${remedyFor(without)}`);
}
