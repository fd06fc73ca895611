// The run as the CI's API answers it, for the hooks that post just that.
import { workflowRun } from "../ci/github-run.ts";
import type { FoundResource, PipelineEvent } from "../model/event.ts";
import type { Config, Hook } from "../model/hook.ts";
import type { Ports } from "../ports.ts";

/** Asks for the run once, and only when an event without a resource meets a hook that needs one. */
export class RunResource {
	readonly #needy: ReadonlySet<string>;
	/** Whether a needy hook may also be reached by another. */
	readonly #chained: boolean;
	readonly #ask: () => Promise<FoundResource>;
	#found: Promise<FoundResource> | undefined;

	constructor({ hooks }: Config, token: string, { env, clock }: Ports, signal: AbortSignal) {
		const needy = hooks.filter((hook) => hook.kind === "webhook" && hook.preset.needsResource === true);
		this.#needy = new Set(needy.map(({ name }) => name));
		this.#chained = hooks.some(({ fallback, onSuccess }) =>
			[fallback ?? "", ...onSuccess].some((name) => this.#needy.has(name)),
		);
		this.#ask = () => workflowRun(env, token, clock, signal);
	}

	/** The event with the run beside it, where one of the hooks that meet it needs that; else the event, at once. */
	beside(event: PipelineEvent, selected: readonly Hook[]): PipelineEvent | Promise<PipelineEvent> {
		if (this.#needy.size === 0 || event.context.resource !== undefined) return event;
		if (!this.#chained && !selected.some(({ name }) => this.#needy.has(name))) return event;
		this.#found ??= this.#ask();
		return this.#found.then((run) => ({ ...event, run }));
	}
}
