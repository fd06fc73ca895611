// The keys of events and of filters.
import { STATUSES } from "../model/event.ts";
import { choice, key, TEXT, texts } from "./keys.ts";

/** The keys of `[event.x]`. */
export const EVENT = {
	phase: key("phase", TEXT, { otherwise: "`custom`", summary: "Its phase, which `phase:…` selects" }),
	status: key("status", choice(STATUSES), {
		default: "info",
		summary: "The status that it reports, which sets the colour of messages",
	}),
	title: key("title", TEXT, {
		otherwise: "made from its name",
		summary: "The headline of messages; of a built-in event it is all that can change",
	}),
};

/** The keys of a filter, which has at least one. */
export const FILTER = {
	events: key("events", texts('events = ["job.*", "phase:quality"]'), {
		summary: "Only these of the hook's own events",
	}),
	entities: key("entities", texts('entities = ["table", "dash*"]'), {
		summary: "Types of entities; `*` matches any characters",
	}),
	include: key("include", texts('include = ["tags", "branch:release/*"]'), {
		summary: "Changed fields, and values as `key:value`, that the event must have",
	}),
	exclude: key("exclude", texts('exclude = ["status:success"]'), {
		summary: "Changed fields and values that the event must not have",
	}),
};
