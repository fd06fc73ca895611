// The events that a hook selects, and of which its service takes nothing: a start that would page somebody.
import { completeEvent } from "../model/context.ts";
import type { EventDefinition } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";
import { selects } from "../model/selector.ts";

const NOTHING = { id: "", run_id: "", pipeline: "", now: new Date(0), ci: { provider: "" } };

/** Their names, as long as the events have their usual status. */
export function untakenBy(hook: Hook, known: readonly EventDefinition[]): readonly string[] {
	if (hook.kind === "shell" || hook.bodyTemplate !== undefined) return [];
	const { preset, options, selectors } = hook;
	const { takes } = preset;
	if (takes === undefined) return [];
	const selected = known.filter((event) => selectors.some((selector) => selects(selector, event)));
	return selected
		.filter((event) => takes([completeEvent(event, {}, NOTHING)], options).length === 0)
		.map(({ name }) => name);
}
