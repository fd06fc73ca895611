// Selectors: how a hook says which events it is attached to.
import type { EventDefinition } from "./event.ts";
import { matchesGlob } from "./glob.ts";

/** An event's name in the catalog's spelling, a glob of names, or a phase. */
export type Selector =
	| { readonly kind: "event"; readonly event: string }
	| { readonly kind: "glob"; readonly pattern: string }
	| { readonly kind: "phase"; readonly phase: string };

/** The event that a bare `*` leaves out: it is there for trying hooks, and is said by its name. */
const UNSAID = "ping";

/** Whether the selector selects the event. */
export function selects(selector: Selector, { name, phase }: EventDefinition): boolean {
	switch (selector.kind) {
		case "event":
			return selector.event === name;
		case "glob":
			return matchesGlob(selector.pattern, name) && !(name === UNSAID && /^\*+$/.test(selector.pattern));
		case "phase":
			return selector.phase === phase;
	}
}

/** As it is written in a config. */
export function showSelector(selector: Selector): string {
	switch (selector.kind) {
		case "event":
			return selector.event;
		case "glob":
			return selector.pattern;
		case "phase":
			return `phase:${selector.phase}`;
	}
}
