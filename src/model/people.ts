// What finds out which people of a config an event concerns, and which hooks need to know.
import type { Events, PipelineEvent } from "./event.ts";
import type { Hook, Webhook } from "./hook.ts";

/** In a `mention`: who started the run, and who owns what the event is about. */
export const AUTHOR = "@author";
export const OWNER = "@owner";

/** Finds the people of events. */
export interface People {
	/** Whether an event is for the one for whom a hook is a copy; true of every other hook. */
	readonly isFor: (hook: Webhook, event: PipelineEvent) => boolean;
	/** The hook of a delivery with people in its `mention`, as its service names them, and who is left out and why. */
	readonly mentioning: (of: { readonly hook: Webhook; readonly events: Events }) => {
		readonly hook: Webhook;
		readonly notes: readonly string[];
	};
}

/** Whether a hook is a copy of another one for one person. */
export function isCopy(hook: Hook): boolean {
	return hook.kind === "webhook" && hook.copyFor !== undefined;
}

/** Whether the people of an event decide whom a webhook's message mentions. */
export function needsPeople(hook: Webhook): boolean {
	return hook.sendTo.length > 0 || mentionsIn(hook).some((text) => [AUTHOR, OWNER].includes(text.trim()));
}

/** The texts of a hook's `mention`. */
export function mentionsIn({ options }: Pick<Webhook, "options">): readonly string[] {
	const { mention = [] } = options;
	return [mention].flat().filter((who) => typeof who === "string");
}
