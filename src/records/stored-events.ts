// The events of a stored delivery, if its hook may still be sent them.
import type { Events, PipelineEvent } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";
import type { MessageRules } from "../model/message-rules.ts";
import type { Ready } from "./sift.ts";

/** Reads a stored event; `problem` is a phrase. */
export type ReadEvent = (text: string) => { readonly event: PipelineEvent } | { readonly problem: string };

/** The events, or as a phrase why they are not sent. A record may have been written by anybody who may write to the store. */
export function eventsOf(
	{ from, hook }: Ready,
	hooks: readonly Hook[],
	read: ReadEvent,
	{ mayHaveFired }: Pick<MessageRules, "mayHaveFired">,
): Events | { readonly problem: string } {
	const found = from.record.events.map(read);
	const [problem] = found.flatMap((each) => ("problem" in each ? [each.problem] : []));
	const [first, ...rest] = found.flatMap((each) => ("event" in each ? [each.event] : []));
	if (problem !== undefined || first === undefined)
		return { problem: `its event cannot be read: ${problem ?? "it has none"}` };
	const events: Events = [first, ...rest];
	return events.every((event) => mayHaveFired(hook, event, hooks))
		? events
		: { problem: "the config has it for other events" };
}
