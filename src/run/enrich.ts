// The workflow run beside an event, as the CI's API tells it, for the hooks that post just that.
import { workflowRun } from "../ci/github-run.ts";
import type { FoundResource, PipelineEvent } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";
import type { Ports } from "../ports.ts";

/** The event with the workflow run beside it where one of the selected hooks needs that; else the event, at once. */
type Enrich = (event: PipelineEvent, selected: readonly Hook[]) => PipelineEvent | Promise<PipelineEvent>;

/** Asks the API once, and only when an event without a resource meets a hook that needs one, or that may lead to one. */
export function enricher(hooks: readonly Hook[], token: string, { env, clock }: Ports, signal: AbortSignal): Enrich {
	const needy = hooks.filter((hook) => hook.kind === "webhook" && hook.preset.needsResource === true);
	const isNeedy = (name: string | undefined) => needy.some((hook) => hook.name === name);
	const isChained = hooks.some(({ fallback, onSuccess }) => isNeedy(fallback) || onSuccess.some(isNeedy));
	let found: Promise<FoundResource> | undefined;
	return (event, selected) => {
		if (needy.length === 0 || event.context.resource !== undefined) return event;
		if (!isChained && !selected.some(({ name }) => isNeedy(name))) return event;
		found ??= workflowRun(env, token, clock, signal);
		return found.then((run) => ({ ...event, run }));
	};
}
