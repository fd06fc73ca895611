// Finds the hooks of a config under `hook`, `hooks` and `subscription`, with their kinds and events.
import { closest } from "../lib/suggest.ts";
import type { Hook } from "../model/hook.ts";
import { matchesGlob, type Selector, showSelector } from "../model/selector.ts";
import { bare, type Resolver } from "./events.ts";
import { Fields, isContainer, isTable, type Table, type Value } from "./fields.ts";
import { header, isHookKey } from "./known.ts";
import { SUBSCRIPTION } from "./schema.ts";
import { type Explanation, keyName, quote, typeName } from "./words.ts";

/** One hook's table and its events. */
export interface Selection {
	readonly kind: Hook["kind"];
	/** As its header names it; undefined for a subscription. */
	readonly event: string | undefined;
	/** Empty if there are none, or if they are wrong. */
	readonly selectors: readonly Selector[];
	readonly fields: Fields;
}

/** A header that names no event, and what is below it. */
export interface UnknownHeader {
	readonly name: string;
	readonly value: Value;
	/** What is wrong with it, if not the name of the event. */
	readonly explanation?: Explanation;
}

/** What a header says about the hooks under it. */
type Header = Pick<Selection, "selectors" | "kind"> & { readonly event: string };

/**
 * The hooks under `hook` and `hooks`, and the headers that name no event. Except in `rocky.toml`, hooks under these are
 * read too, so that their other errors are found.
 */
export function readSelections(
	root: Fields,
	resolver: Resolver,
): { readonly selections: readonly Selection[]; readonly unknown: readonly UnknownHeader[] } {
	const walk = new Walk(resolver);
	for (const key of ["hook", "hooks"]) {
		const table = root.get(key)?.fields("write [[hook.<event>]], or [[hook.webhooks.<event>]] for a webhook");
		if (table === undefined) continue;
		const events = table.keys().filter((name) => name !== "webhooks" && !walk.visitMisnamed(name, table));
		walk.visitAll(table.only(events), "shell");
		const webhooks = table.get("webhooks")?.fields("write [[hook.webhooks.<event>]]");
		if (webhooks !== undefined) walk.visitAll(webhooks, "webhook");
	}
	return walk;
}

/** A walk through nested tables, along the dots of event names. */
class Walk {
	readonly selections: Selection[] = [];
	readonly unknown: UnknownHeader[] = [];
	readonly #resolver: Resolver;
	/** What comes before a dot in an event's name: `generation`, in a bare `[[hook.generation.completed]]`. */
	readonly #beginnings: ReadonlySet<string>;

	constructor(resolver: Resolver) {
		this.#resolver = resolver;
		this.#beginnings = new Set(
			resolver.events.flatMap(({ name }) => Array.from(name.matchAll(/\./g), ({ index }) => name.slice(0, index))),
		);
	}

	/** Whether a key is a wrong name for the table of a kind of hooks, and not an event. */
	visitMisnamed(name: string, table: Fields): boolean {
		const { problems } = table;
		const value = table.get(name);
		const isTableOfTables = isTable(value?.raw) && Object.values(value.raw).every(isContainer);
		const kind = kindCalled(name);
		if (kind === undefined || !isTableOfTables || this.#begins(name) || this.#resolver.resolve(name)) return false;
		const fields = new Fields(value.raw, value.path, problems);
		const [event = "pipeline_error"] = fields.keys();
		const help =
			kind === "webhook" ? 'did you mean "webhooks"? Write' : "shell hooks have no table of their own: write";
		const explanation = [`${keyName(name)} is not a table of hooks`, `${help} ${header(kind, event)}`] as const;
		this.unknown.push({ name, value, explanation });
		if (problems.dialect === "native") this.visitAll(fields, kind);
		return true;
	}

	/** Visits each key of a table; `prefix` is the beginning of the event's name, with its dot. */
	visitAll(fields: Fields, kind: Hook["kind"], prefix = ""): void {
		for (const [key, value] of fields.entries()) this.#visit(key, value, prefix + key, kind);
	}

	#visit(key: string, value: Value, name: string, kind: Hook["kind"]): void {
		const { raw, path, problems } = value;
		if (!isContainer(raw)) {
			const message = `${keyName(key)} is ${typeName(raw)} where the hooks of an event belong`;
			problems.add("config_shape", path, message, `name the event first, as in ${header(kind, "pipeline_start")}`);
			return;
		}
		const selector = this.#resolver.resolve(name);
		if (selector !== undefined) {
			this.#hooks({ event: showSelector(selector), selectors: [selector], kind }, name, value);
		} else if (isTable(raw) && this.#begins(name) && Object.values(raw).every(isContainer)) {
			this.visitAll(new Fields(raw, path, problems), kind, `${name}.`);
		} else {
			this.unknown.push({ name, value });
			if (problems.dialect === "rocky" || !value.items().every(looksLikeHook)) return;
			this.#hooks({ event: name, selectors: [], kind }, name, value);
		}
	}

	#hooks(head: Header, name: string, value: Value): void {
		for (const fields of value.tables("a hook", `write it as ${header(head.kind, head.event)}`)) {
			const isInner = (key: string) => isContainer(fields.table[key]) && this.#isInner(name, key);
			const inner = new Set(this.#begins(name) ? fields.keys().filter(isInner) : []);
			const own = fields.keys().filter((key) => !inner.has(key));
			if (own.length > 0 || inner.size === 0) this.selections.push({ ...head, fields: fields.only(own) });
			this.visitAll(fields.only([...inner]), head.kind, `${name}.`);
		}
	}

	/**
	 * Whether a table in a hook's table is the rest of another event's name: of a glob, or if the config declares both
	 * `deploy` and `deploy.approved`.
	 */
	#isInner(name: string, key: string): boolean {
		if (name.includes("*") && isHookKey(key)) return false;
		const longer = `${name}.${key}`;
		return this.#resolver.resolve(longer) !== undefined || this.#begins(longer);
	}

	#begins(written: string): boolean {
		const name = bare(written);
		if (!name.includes("*")) return this.#beginnings.has(name);
		return [...this.#beginnings].some((beginning) => matchesGlob(name, beginning));
	}
}

/** The kind of hooks that a table was probably meant for. */
function kindCalled(name: string): Hook["kind"] | undefined {
	if (/^(?:shells?|commands?|scripts?)$/i.test(name)) return "shell";
	return closest(name, ["webhooks"]) === undefined ? undefined : "webhook";
}

/** Whether a table under an unknown name is a hook: it has a key that only hooks have. */
function looksLikeHook({ raw }: Value): boolean {
	return isTable(raw) && ["command", "url", "preset", "on_failure"].some((key) => Object.hasOwn(raw, key));
}

/** The hooks under `subscription`, in their order. */
export function readSubscriptions(root: Fields, resolver: Resolver): readonly Selection[] {
	const value = root.get("subscription");
	if (value === undefined) return [];
	if (isNamed(value.raw)) {
		for (const [name, { path }] of value.fields()?.entries() ?? []) {
			const message = `subscription.${keyName(name)} is a table in a table, but subscriptions are a list`;
			root.problems.add("config_shape", path, message, `write [[subscription]] with name = ${quote(name)}`);
		}
		return [];
	}
	return value.tables("a subscription", "write it as [[subscription]]").map((fields) => ({
		kind: fields.has("command") ? "shell" : "webhook",
		event: undefined,
		selectors: resolver.read(fields, SUBSCRIPTION.events) ?? [],
		fields,
	}));
}

/** Whether it is `[subscription.a]`, a table in place of a key. */
function isNamed(value: unknown): value is Table {
	if (!isTable(value)) return false;
	const items = Object.entries(value).filter(([key]) => !isHookKey(key));
	return items.length > 0 && items.every(([, item]) => isTable(item) || (Array.isArray(item) && item.every(isTable)));
}
