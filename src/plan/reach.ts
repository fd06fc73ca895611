// How hooks reach each other by name, as fallbacks and followers.
import type { Hook } from "../config/hook.ts";
import type { Reach } from "../delivery.ts";
import type { PipelineEvent } from "../event/event.ts";
import { admits } from "./select.ts";

/** The way to each hook by its name: its events do not count there, its filter and whether it is enabled do. */
export function reachIn(hooks: readonly Hook[]): Reach {
	const byName = new Map(hooks.map((hook) => [hook.name, hook]));
	return (name, events) => {
		const hook = byName.get(name);
		if (hook === undefined) return undefined;
		const [first, ...rest] = events.filter((event: PipelineEvent) => admits(hook, event));
		return first === undefined ? undefined : { hook, events: [first, ...rest] };
	};
}
