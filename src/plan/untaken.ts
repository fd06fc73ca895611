// Which events the service of a hook takes, and of which it takes nothing: a start that would page somebody.
import { completeEvent } from "../model/context.ts";
import type { EventDefinition, Events, PipelineEvent } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";
import { selects } from "../model/selector.ts";

const NOTHING = { id: "", run_id: "", pipeline: "", now: new Date(0), ci: { provider: "" } };

/** Those of the events that a message is made of. A body of the hook's own is made of all. */
export function takenBy(hook: Hook, events: Events): readonly PipelineEvent[] {
	if (hook.kind === "shell" || hook.bodyTemplate !== undefined) return events;
	return hook.preset.takes?.(events, hook.options) ?? events;
}

/** Those that a hook selects and takes nothing of: their names, as long as the events have their usual status. */
export function untakenBy(hook: Hook, known: readonly EventDefinition[]): readonly string[] {
	return known
		.filter((event) => hook.selectors.some((selector) => selects(selector, event)))
		.filter((event) => takenBy(hook, [completeEvent(event, {}, NOTHING)]).length === 0)
		.map(({ name }) => name);
}
