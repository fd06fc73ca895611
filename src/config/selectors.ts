// Which tables of a config are hooks, of which kind and for which event: `[[hook.x]]` and `[[hook.webhooks.x]]`.
import type { Vocabulary } from "../event/catalog.ts";
import type { EventDefinition } from "../event/event.ts";
import { closest } from "../suggest.ts";
import { Fields, isTable } from "./fields.ts";
import type { Hook } from "./hook.ts";
import type { Path, Spot } from "./locate.ts";
import { keyName, typeName } from "./words.ts";

/** One hook's table and what its header says. */
export interface Selection {
	readonly kind: Hook["kind"];
	readonly event: EventDefinition;
	readonly fields: Fields;
	/** Of its header. */
	readonly spot: Spot;
}

/** A header with an event's name that is none. */
export interface UnknownEvent {
	readonly name: string;
	readonly path: Path;
	/** The events that it is the beginning of, as `generation` is of `generation.completed`. */
	readonly longer: readonly string[];
	/** The event that was probably meant. */
	readonly near: string | undefined;
}

/**
 * The hooks under `hook` and `hooks`, in the order of the file, and the events that there are not. Hooks of those are
 * among the first where `withUnknown`, so that their other mistakes are found as well.
 */
export function readSelections(
	root: Fields,
	vocabulary: Vocabulary,
	withUnknown: boolean,
): { readonly selections: readonly Selection[]; readonly unknown: readonly UnknownEvent[] } {
	const walk = new Walk(vocabulary, withUnknown);
	for (const key of ["hook", "hooks"]) {
		const table = root.nested(key, "write [[hook.<event>]], or [[hook.webhooks.<event>]] for a webhook");
		if (table === undefined) continue;
		walk.visitAll(table.only(table.keys().filter((event) => event !== "webhooks")), "shell");
		const webhooks = table.nested("webhooks", "write [[hook.webhooks.<event>]]");
		if (webhooks !== undefined) walk.visitAll(webhooks, "webhook");
	}
	return { selections: walk.selections.toSorted((a, b) => a.spot.offset - b.spot.offset), unknown: walk.unknown };
}

/** How a hook's header is written. */
export function header(kind: Hook["kind"], event: string): string {
	return kind === "shell" ? `[[hook.${keyName(event)}]]` : `[[hook.webhooks.${keyName(event)}]]`;
}

/** For more unknown names than anyone reads, looking for the one that was meant would only cost time. */
const MAX_GUESSED = 1000;

/** A way through nested tables, along the dots of event names. */
class Walk {
	readonly selections: Selection[] = [];
	readonly unknown: UnknownEvent[] = [];
	readonly #vocabulary: Vocabulary;
	/** What stands before a dot in an event's name: `generation`, of a bare `[[hook.generation.completed]]`. */
	readonly #beginnings: ReadonlySet<string>;

	readonly #withUnknown: boolean;

	constructor(vocabulary: Vocabulary, withUnknown: boolean) {
		this.#vocabulary = vocabulary;
		this.#withUnknown = withUnknown;
		this.#beginnings = new Set(
			vocabulary.events.flatMap(({ name }) => [...name.matchAll(/\./g)].map(({ index }) => name.slice(0, index))),
		);
	}

	/** Visits each key of a table; `prefix` is what the tables around it told of the event's name, with its dot. */
	visitAll(fields: Fields, kind: Hook["kind"], prefix = ""): void {
		for (const key of fields.keys()) this.#visit(fields, key, prefix + key, kind);
	}

	#visit(parent: Fields, key: string, name: string, kind: Hook["kind"]): void {
		const value = parent.table[key];
		const path = parent.at(key);
		if (!isContainer(value)) {
			const message = `${keyName(key)} is ${typeName(value)} where the hooks of an event belong`;
			parent.wrong(key, message, `name the event first, as in ${header(kind, "pipeline_start")}`, "config_shape");
			return;
		}
		const event = this.#vocabulary.find(name);
		if (event !== undefined) {
			this.#hooks(event, name, kind, value, path, parent);
		} else if (isTable(value) && this.#begins(name) && Object.values(value).every(isContainer)) {
			this.visitAll(new Fields(value, path, parent.problems), kind, `${name}.`);
		} else {
			const names = this.#vocabulary.events.map((known) => known.name);
			const longer = names.filter((known) => known.startsWith(`${bare(name)}.`));
			const near = this.unknown.length < MAX_GUESSED ? closest(bare(name), names) : undefined;
			this.unknown.push({ name, path, longer, near });
			const tables: readonly unknown[] = Array.isArray(value) ? value : [value];
			if (!this.#withUnknown || !tables.every(looksLikeHook)) return;
			this.#hooks({ name, phase: "", status: "info", title: name }, name, kind, value, path, parent);
		}
	}

	#hooks(event: EventDefinition, name: string, kind: Hook["kind"], value: unknown, path: Path, parent: Fields): void {
		if (!Array.isArray(value)) this.#hook(event, name, kind, value, path, parent);
		else for (const [index, table] of value.entries()) this.#hook(event, name, kind, table, [...path, index], parent);
	}

	#hook(event: EventDefinition, name: string, kind: Hook["kind"], table: unknown, path: Path, parent: Fields): void {
		const { problems } = parent;
		if (!isTable(table)) {
			const message = `a hook must be a table, not ${typeName(table)}`;
			problems.add("config_shape", path, message, `write it as ${header(kind, event.name)}`);
			return;
		}
		const fields = new Fields(table, path, problems);
		// Only where the config declares both `deploy` and `deploy.approved` can a hook's table hold another event's.
		const inner = new Set(this.#begins(name) ? fields.keys().filter((key) => this.#continues(`${name}.${key}`)) : []);
		const own = fields.keys().filter((key) => !inner.has(key));
		if (own.length > 0 || inner.size === 0) {
			this.selections.push({ kind, event, fields: fields.only(own), spot: problems.spot(path) });
		}
		this.visitAll(fields.only([...inner]), kind, `${name}.`);
	}

	#continues(name: string): boolean {
		return this.#vocabulary.find(name) !== undefined || this.#begins(name);
	}

	#begins(name: string): boolean {
		return this.#beginnings.has(bare(name));
	}
}

/** Rocky's `on_<event>` means the event. */
function bare(name: string): string {
	return name.startsWith("on_") ? name.slice(3) : name;
}

/** Whether a table under a name that is no event can be nothing but a hook: it has a key that only hooks have. */
function looksLikeHook(table: unknown): boolean {
	return isTable(table) && ["command", "url", "preset", "on_failure"].some((key) => Object.hasOwn(table, key));
}

function isContainer(value: unknown): value is readonly unknown[] | Readonly<Record<string, unknown>> {
	return Array.isArray(value) || isTable(value);
}
