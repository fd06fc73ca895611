// The events of a config: those that it declares or retitles with `[event.x]`, and what selectors of events mean.
import { closest } from "../lib/suggest.ts";
import { excerpt } from "../lib/text.ts";
import { isEventName, MAX_EVENT_NAME, nearestEvent, UNSORTED, type Vocabulary, vocabulary } from "../model/catalog.ts";
import type { EventDefinition } from "../model/event.ts";
import { type Selector, selects, showSelector } from "../model/selector.ts";
import { type Fields, isTable } from "./fields.ts";
import type { Key, Text } from "./keys.ts";
import { refuseUnknown } from "./known.ts";
import { TABLES } from "./schema.ts";
import { EVENT } from "./schema-events.ts";
import { type Explanation, keyName, list, quote } from "./words.ts";

/** The declared and retitled events in the order of the file. `[event.a.b]` and `[event."a.b"]` declare the same one. */
export function readEvents(root: Fields): readonly EventDefinition[] {
	const table = root.get("event")?.fields();
	if (table === undefined) return [];
	const found = new Map<string, EventDefinition>();
	declareAll(table, "", { found, builtIn: vocabulary() });
	return [...found.values()];
}

/** What has been found so far. */
interface Declaring {
	readonly found: Map<string, EventDefinition>;
	readonly builtIn: Vocabulary;
}

function declareAll(parent: Fields, prefix: string, declaring: Declaring): void {
	for (const [key, value] of parent.entries()) {
		const fields = value.fields();
		if (fields === undefined) continue;
		const name = prefix + key;
		const inner = fields.keys().filter((child) => isTable(fields.table[child]));
		const rest = fields.keys().filter((child) => !isTable(fields.table[child]));
		// Only the beginning of other names, unless it has a header of its own.
		const isBare = inner.length > 0 && rest.length === 0 && name.length < MAX_EVENT_NAME;
		const begins = isBare && parent.problems.positions.find(value.path)?.isHeader !== true;
		const problem = begins ? undefined : nameProblem(name, declaring);
		if (problem !== undefined) {
			parent.wrong(key, ...problem);
			continue;
		}
		const own = fields.only(rest);
		const builtIn = declaring.builtIn.find(name);
		if (!begins) declaring.found.set(name, builtIn === undefined ? define(name, own) : retitle(builtIn, own));
		declareAll(fields.only(inner), `${name}.`, declaring);
	}
}

function nameProblem(
	name: string,
	{ found, builtIn }: Declaring,
): readonly [message: string, remedy: string] | undefined {
	if (!isEventName(name)) {
		return [
			`${quote(name)} cannot be an event's name`,
			`begin with a letter and use letters, digits, "_", "-" and "." only, at most ${MAX_EVENT_NAME} in all; "webhooks" is reserved`,
		];
	}
	if (found.has(name)) return [`event ${quote(name)} is declared twice`, "merge the two tables into one"];
	const known = builtIn.find(name);
	if (known === undefined || known.name === name) return undefined;
	return [`${quote(name)} is another name of the built-in event ${quote(known.name)}`, "choose another name"];
}

/** Of a built-in event only the title can change. */
function retitle(event: EventDefinition, fields: Fields): EventDefinition {
	refuseUnknown(fields, TABLES.event);
	for (const { name } of [EVENT.phase, EVENT.status]) {
		if (!fields.has(name)) continue;
		const remedy = `remove ${name}, or declare an event of your own under another name`;
		fields.wrong(name, `${quote(event.name)} is a built-in event, whose ${name} cannot change`, remedy);
	}
	if (!fields.has("title")) fields.missing("title", 'add title = "…", its headline in messages');
	return { ...event, title: readTitle(fields, "remove the table to keep its own") ?? event.title };
}

/** A title; `otherwise` says what to do where none is wanted. */
function readTitle(fields: Fields, otherwise: string): string | undefined {
	const title = fields.get("title");
	if (typeof title?.raw !== "string" || title.raw.trim() !== "") return EVENT.title.read(fields);
	return title.wrong(
		"is empty",
		`write the headline of its messages, as in title = "Nightly load failed", or ${otherwise}`,
	);
}

function define(name: string, fields: Fields): EventDefinition {
	refuseUnknown(fields, TABLES.event);
	return {
		name,
		phase: EVENT.phase.read(fields)?.trim() ?? UNSORTED,
		status: EVENT.status.read(fields) ?? EVENT.status.default,
		title: readTitle(fields, `leave the key out for ${quote(humanise(name))}`) ?? humanise(name),
	};
}

/** `deploy_approved` and `deployApproved` become `Deploy approved`. */
function humanise(name: string): string {
	const words = name
		.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
		.split(/[\s_.-]+/)
		.filter((word) => word !== "");
	const text = words.join(" ").toLowerCase();
	return text.charAt(0).toUpperCase() + text.slice(1);
}

const PHASE = "phase:";

/** Reads selectors against the events that a config can name. */
export class Resolver {
	/** Every event, the declared ones last. */
	readonly events: readonly EventDefinition[];
	readonly names: ReadonlySet<string>;
	readonly phases: ReadonlySet<string>;
	readonly #find: Vocabulary["find"];
	readonly #globs = new Map<string, Selector | undefined>();

	constructor({ events, find }: Vocabulary) {
		this.events = events;
		this.names = new Set(events.map(({ name }) => name));
		this.phases = new Set(events.map(({ phase }) => phase));
		this.#find = find;
	}

	/** An event's own name goes before other spellings, and those before globs. Undefined if nothing is selected. */
	resolve(written: string): Selector | undefined {
		const event = this.#find(written);
		if (event !== undefined) return { kind: "event", event: event.name };
		if (written.startsWith(PHASE)) {
			const phase = written.slice(PHASE.length).trim();
			return this.phases.has(phase) ? { kind: "phase", phase } : undefined;
		}
		if (!written.includes("*")) return undefined;
		if (!this.#globs.has(written)) {
			const globs = [written, bare(written)].map((pattern): Selector => ({ kind: "glob", pattern }));
			const found = globs.find((selector) => this.events.some((event) => selects(selector, event)));
			this.#globs.set(written, found);
		}
		return this.#globs.get(written);
	}

	/** The selectors of a key; undefined if it is absent or not a list of texts. One that selects no event is an error. */
	read(fields: Fields, key: Key<readonly Text[]>): readonly Selector[] | undefined {
		const found = new Map<string, { readonly selector: Selector; readonly text: string }>();
		const written = key.read(fields);
		for (const { text, path } of written ?? []) {
			const wrong = (...problem: Explanation) => fields.problems.add("config_value", path, ...problem);
			const selector = this.resolve(text) ?? this.#barePhase(text);
			const shown = selector === undefined ? "" : showSelector(selector);
			const before = found.get(shown);
			if (selector === undefined) {
				wrong(...this.explain(text));
			} else if (before !== undefined) {
				const other = text === shown ? `before as ${quote(before.text)}` : `here as ${quote(text)}`;
				const label = fields.get(key.name)?.label;
				wrong(`${label} has ${quote(shown)} twice, ${other}`, "remove one of the two");
			} else {
				found.set(shown, { selector, text });
			}
		}
		return written && Array.from(found.values(), ({ selector }) => selector);
	}

	/**
	 * In a list, the name of a phase alone selects the phase, as in the API of ETL service hooks. In a header it may be the
	 * beginning of an event's name.
	 */
	#barePhase(written: string): Selector | undefined {
		return this.phases.has(written) ? { kind: "phase", phase: written } : undefined;
	}

	/** The error for a selector that selects nothing. */
	explain(name: string): Explanation {
		const several = name.includes("*") || name.startsWith(PHASE);
		return [several ? `${quote(name)} selects no event` : `unknown event ${quote(name)}`, () => this.#help(name)];
	}

	/** The selector that was probably meant. */
	near(name: string): string | undefined {
		if (name.startsWith(PHASE)) {
			const phase = closest(name.slice(PHASE.length), this.phases);
			return phase === undefined ? undefined : PHASE + phase;
		}
		return name.includes("*")
			? closest(bare(name), new Set([...this.names].flatMap(stems)))
			: nearestEvent(bare(name), this.names);
	}

	/** The events whose names begin with this one and a dot. */
	longer(name: string): readonly string[] {
		return this.events.flatMap((known) => (known.name.startsWith(`${bare(name)}.`) ? [known.name] : []));
	}

	#help(name: string): string {
		if (name.includes(",") && !/[{}]/.test(name)) {
			const items = name.split(",").map((item) => quote(item.trim()));
			return `a subscription takes a list: events = [${excerpt(items.join(", "), 200)}]`;
		}
		const longer = this.longer(name);
		if (longer.length > 0) return `say which: ${longer.join(", ")}, or ${quote(`${bare(name)}.*`)} for all of them`;
		const near = this.near(name);
		if (near !== undefined) return `did you mean ${quote(near)}?`;
		if (name.startsWith(PHASE) && this.phases.size < 50) return `phases are ${list([...this.phases].map(keyName))}`;
		if (isEventName(name)) return `declare an event of your own as [event.${keyName(name)}]`;
		return "`pipeline-hooks events` lists the known ones";
	}
}

/** Rocky's `on_<event>` means the event. */
export function bare(name: string): string {
	return name.startsWith("on_") ? name.slice(3) : name;
}

/** The globs that people write for a name: `job.*` and `*.failed` for `job.failed`. */
function stems(name: string): readonly string[] {
	return [...name.matchAll(/[._]|(?=[A-Z])/g)].flatMap(({ index, 0: { length } }) => [
		`${name.slice(0, index + length)}*`,
		`*${name.slice(index)}`,
	]);
}
