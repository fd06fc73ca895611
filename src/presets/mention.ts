// The option `mention`: whom a message mentions on purpose. No text of an event ever mentions anybody.

import type { OptionSpec, Options } from "../model/preset.ts";
import { textsOption } from "./options.ts";
import { type Escaping, oneLine, type Truncator } from "./text.ts";

/** Ours: mentions in a message, and the size of one that stays plain text. */
const MENTIONS_LIMIT = 20;
const PLAIN_LIMIT = 80;

/** The option as a preset states it; `whom` is what may be named. */
export function mentionOption(whom: string): OptionSpec {
	return { kind: "strings", summary: `Who is mentioned: ${whom}` };
}

/**
 * The mentions in one line, empty where there are none. `write` gives the service's markup for a name, which comes
 * without its `@`; a name for which there is none stays plain text.
 */
export function mentions(
	options: Options,
	truncator: Truncator,
	write: (name: string) => string | undefined,
	escaping?: Escaping,
): string {
	const names = textsOption(options, "mention")
		.map((who) => oneLine(who).replace(/^@/, ""))
		.filter((name) => name !== "");
	return truncator
		.list("mentions", names, MENTIONS_LIMIT)
		.map((name) => write(name) ?? truncator.text("mention", `@${name}`, PLAIN_LIMIT, escaping))
		.join(" ");
}
