// Which events the service of a hook takes: a start pages nobody.
import type { Events, PipelineEvent } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";

/** Those of the events that a message is made of. A body of the hook's own is made of all. */
export function takenBy(hook: Hook, events: Events): readonly PipelineEvent[] {
	if (hook.kind === "shell" || hook.bodyTemplate !== undefined) return events;
	return hook.preset.takes?.(events, hook.options) ?? events;
}
