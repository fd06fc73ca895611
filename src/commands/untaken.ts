// Which events a hook selects and its service takes nothing of: a start that would page somebody.
import { completeEvent } from "../model/context.ts";
import type { EventDefinition } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";
import { selects } from "../model/selector.ts";
import { takenBy } from "../plan/taken.ts";

const NOTHING = { id: "", run_id: "", pipeline: "", now: new Date(0), ci: { provider: "" } };

/** Those that a hook selects and takes nothing of: their names, as long as the events have their usual status. */
export function untakenBy(hook: Hook, known: readonly EventDefinition[]): readonly string[] {
	return known
		.filter((event) => hook.selectors.some((selector) => selects(selector, event)))
		.filter((event) => takenBy(hook, [completeEvent(event, {}, NOTHING)]).length === 0)
		.map(({ name }) => name);
}
