// Selectors: how a hook says which events it is attached to.
import type { EventDefinition } from "./event.ts";

/** An event's name in the catalog's spelling, a glob of names, or a phase. */
export type Selector =
	| { readonly kind: "event"; readonly event: string }
	| { readonly kind: "glob"; readonly pattern: string }
	| { readonly kind: "phase"; readonly phase: string };

/** The event that a bare `*` leaves out: it is for trying hooks, and is selected by its name. */
const NOT_IN_ALL = "ping";

/** Whether the selector selects the event. */
export function selects(selector: Selector, { name, phase }: EventDefinition): boolean {
	switch (selector.kind) {
		case "event":
			return selector.event === name;
		case "glob":
			return matchesGlob(selector.pattern, name) && !(name === NOT_IN_ALL && /^\*+$/.test(selector.pattern));
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

/**
 * Whether the whole text matches a pattern in which `*` means any characters, also none, and everything else
 * itself. Takes time in proportion to both lengths at most.
 */
export function matchesGlob(pattern: string, text: string): boolean {
	let [at, here, star, mark] = [0, 0, -1, 0];
	while (here < text.length) {
		if (pattern[at] === "*") {
			star = at++;
			mark = here;
		} else if (pattern[at] === text[here]) {
			at++;
			here++;
		} else if (star >= 0) {
			at = star + 1;
			here = ++mark;
		} else {
			return false;
		}
	}
	while (pattern[at] === "*") at++;
	return at === pattern.length;
}
