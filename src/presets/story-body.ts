// The body of a message that tells a story, as the options of the config change it.

import type { Json, JsonObject } from "../lib/json.ts";
import type { Events } from "../model/event.ts";
import type { Fill, Service } from "../model/preset.ts";
import { customised } from "./custom.ts";
import { alertKey, type KeyOption } from "./key.ts";
import { type Story, storyOf } from "./story.ts";
import { type Escaping, Truncator, type Unit } from "./text.ts";
import { valuesOf, viewOf, withNamed } from "./view.ts";

/** Writes the body; one truncator keeps its parts within their limits. */
export function storyBody(
	unit: Unit,
	escaping: Escaping,
	fill: Fill | undefined,
	write: (story: Story, truncator: Truncator) => Json,
): Service["body"] {
	return (events) => {
		const truncator = new Truncator(unit, escaping);
		const told = storyOf(events, truncator.notes);
		let view: JsonObject | undefined;
		const viewOnce = () => {
			view ??= storyView(told);
			return view;
		};
		const story = fill === undefined ? told : customised(told, fill, viewOnce, truncator.notes);
		return { body: write(story, truncator), notes: truncator.notes };
	};
}

/** The key that ties messages about the same thing together, as the body of an alert has it. */
export function storyKey(option: Omit<KeyOption, "notes">): (events: Events) => string {
	return (events) => alertKey(storyOf(events, []), { ...option, notes: [] });
}

/** What a template sees of a batch, even of one event. */
export function batchView(events: Events): JsonObject {
	return storyView({ ...storyOf(events, []), isBatch: true });
}

/** What a template sees: the event, or what those of a batch share, and each of them. */
export function storyView({ isBatch, events, context, headline, telling }: Story): JsonObject {
	if (!isBatch) return viewOf(events[0]);
	const shared = { ...context, ...valuesOf(context, headline, telling), count: events.length };
	return withNamed({ events: events.map(viewOf) }, shared);
}
