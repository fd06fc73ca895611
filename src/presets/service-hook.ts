// The service_hook preset: the resource itself, as ETL service hooks post it.

import type { JsonObject } from "../lib/json.ts";
import type { PipelineEvent } from "../model/event.ts";
import { CannotRender, type Preset } from "../model/preset.ts";
import { contextShown, listed } from "./context.ts";

/**
 * The body is the resource as the API gives it, and nothing else; a batch is a list of them.
 * https://www.integrate.io/docs/etl/service-hooks/
 */
export const serviceHook = (): Preset => ({
	name: "service_hook",
	title: "Service hook",
	portable: true,
	options: {},
	needs: { url: true, resource: true },
	service: () => ({
		body: (events, batch) => {
			const without = events.filter((event) => resourceOf(event) === undefined);
			const [first] = without;
			if (first === undefined) return listed((event) => resourceOf(event) ?? {})(events, batch);
			const missing = batch ? `${without.length} of ${events.length} events have` : "the event has";
			throw new CannotRender(`${missing} no resource to post; ${remedyFor(first)}`);
		},
	}),
});

/** The context's own, else the CI run. A ping, which is about neither, posts its context. */
function resourceOf({ definition, context, run }: PipelineEvent): JsonObject | undefined {
	if (definition.name === "ping") return context.resource ?? contextShown(context);
	return context.resource ?? (run !== undefined && "resource" in run ? run.resource : undefined);
}

function remedyFor({ run }: PipelineEvent): string {
	return run !== undefined && "reason" in run ? run.reason : "give `resource` in the context";
}
