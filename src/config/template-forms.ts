// What the fields of templates are, by their names.
import { CI_FACTS, type CiFacts, type EventContext } from "../model/event.ts";
import type { TEMPLATE_VALUES } from "../presets/view.ts";

/**
 * What a field is. The keys of an `object`, also of those in a list of `objects`, are the user's own, `facts` are those of
 * the CI, and `events` are contexts. What an `unknown` one is, only an event can tell.
 */
export type Form = "text" | "number" | "boolean" | "texts" | "object" | "objects" | "facts" | "events" | "unknown";

const CONTEXT: Readonly<Record<keyof EventContext, Form>> = {
	id: "text",
	event: "text",
	run_id: "text",
	pipeline: "text",
	timestamp: "text",
	status: "text",
	model: "text",
	table: "text",
	error: "text",
	duration_ms: "number",
	entity: "object",
	changes: "objects",
	owners: "texts",
	followers: "texts",
	project_id: "text",
	data: "object",
	resource: "object",
	metadata: "object",
	ci: "facts",
};

/** What templates see beside the context. */
const VALUES: Readonly<Record<(typeof TEMPLATE_VALUES)[number], Form>> = {
	headline: "text",
	telling_line: "text",
	emoji: "text",
	duration: "text",
	short_sha: "text",
	run_link: "text",
	is_failure: "boolean",
	is_success: "boolean",
};

/** What only a batch has. */
export const BATCH: Readonly<Record<string, Form>> = { events: "events", count: "number" };

/** The keys of the context that the events of a batch can share; the others are in each of `events`. */
const SHARED: readonly (keyof EventContext)[] = [
	...(["id", "event", "run_id", "pipeline", "timestamp", "status", "project_id", "ci"] as const),
];

/** What a template sees: one event, a batch, or now this and now that. */
export type View = "event" | "batch" | "either";

export const EVENT: ReadonlyMap<string, Form> = new Map([...Object.entries(CONTEXT), ...Object.entries(VALUES)]);

export const VIEWS: Readonly<Record<View, ReadonlyMap<string, Form>>> = {
	event: EVENT,
	batch: new Map([...SHARED.map((key) => [key, CONTEXT[key]] as const), ...Object.entries({ ...VALUES, ...BATCH })]),
	either: new Map([...EVENT, ...Object.entries(BATCH)]),
};

const OTHER_FACTS: Partial<Readonly<Record<keyof CiFacts, Form>>> = {
	fork: "boolean",
	queue: "boolean",
	stranger: "boolean",
	pull_request: "number",
	attempt: "number",
	matrix: "object",
};

export const FACTS: ReadonlyMap<string, Form> = new Map<string, Form>([
	...Object.keys(CI_FACTS).map((name) => [name, "text"] as const),
	...Object.entries(OTHER_FACTS),
]);

/** What a name is, where it is looked up in `scopes` first; undefined where nothing has that name. */
export function lookUp(path: readonly string[], scopes: readonly (Form | undefined)[], view: View): Form | undefined {
	const [first, ...rest] = path;
	const own = new Set(scopes);
	if (first === undefined || own.has("object") || own.has("objects") || own.has("unknown")) return "unknown";
	const form =
		(own.has("facts") ? FACTS.get(first) : undefined) ??
		(own.has("events") ? EVENT.get(first) : undefined) ??
		VIEWS[view].get(first);
	return form === undefined ? undefined : inside(form, rest);
}

/** What a name further in is; undefined where there is nothing of that name. */
function inside(form: Form, path: readonly string[]): Form | undefined {
	const [name, ...rest] = path;
	if (name === undefined) return form;
	const isItem = /^\d+$/.test(name);
	switch (form) {
		case "text":
		case "number":
		case "boolean":
			return undefined;
		case "texts":
			return isItem ? inside("text", rest) : lengthOf(path);
		case "objects":
			return isItem ? inside("object", rest) : lengthOf(path);
		case "events":
			return isItem ? lookUp(rest, [], "event") : lengthOf(path);
		case "facts": {
			const fact = FACTS.get(name);
			return fact === undefined ? undefined : inside(fact, rest);
		}
		case "object":
		case "unknown":
			return "unknown";
	}
}

function lengthOf(path: readonly string[]): Form | undefined {
	return path.length === 1 && path[0] === "length" ? "number" : undefined;
}
