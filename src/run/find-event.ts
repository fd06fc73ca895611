// The event that a user means, or what to do about a name that is none.

import { flavourOf } from "../config/load.ts";
import { keyName } from "../config/words.ts";
import { closest } from "../lib/suggest.ts";
import { excerpt } from "../lib/text.ts";
import { isEventName, type Vocabulary, vocabulary } from "../model/catalog.ts";
import type { EventDefinition } from "../model/event.ts";
import type { Config } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";

/** Events may come by the hundred thousand. */
const known = new WeakMap<Config["events"], Vocabulary>();

function vocabularyOf({ events }: Config): Vocabulary {
	const found = known.get(events) ?? vocabulary(events);
	known.set(events, found);
	return found;
}

/** The definition of an event as the user writes its name. Throws `UserError` when there is none. */
export function findEvent(written: string, config: Config): EventDefinition {
	const { find, events } = vocabularyOf(config);
	const definition = find(written);
	if (definition !== undefined) return definition;
	const near = closest(
		written,
		events.map(({ name }) => name),
	);
	const own =
		isEventName(written) && flavourOf(config.file) === "own"
			? `declare an event of your own in the config as [event.${keyName(written)}]`
			: "`pipeline-hooks events` lists those that there are";
	throw new UserError({
		code: "event",
		message: `unknown event ${JSON.stringify(excerpt(written, 100))}`,
		remedy: near === undefined ? own : `did you mean "${near}"? Or ${own}`,
	});
}
