// Which tables of a config are hooks, of which kind and for which events: `[[hook.x]]` and `[[hook.webhooks.x]]`.
import { matchesGlob } from "../model/glob.ts";
import type { Hook } from "../model/hook.ts";
import { showSelector } from "../model/selector.ts";
import { Fields, isTable } from "./fields.ts";
import { gateIn } from "./gates.ts";
import type { Path } from "./locate.ts";
import { isHookKey } from "./own.ts";
import { bare, type Resolver, type UnknownEvent } from "./resolve.ts";
import { header, type Selection } from "./selection.ts";
import { keyName, typeName } from "./words.ts";

/**
 * The hooks under `hook` and `hooks`, table by table, and the headers that name no event. Hooks of those are among the
 * first where `withUnknown`, so that their other mistakes are found as well.
 */
export function readSelections(
	root: Fields,
	resolver: Resolver,
	withUnknown: boolean,
): { readonly selections: readonly Selection[]; readonly unknown: readonly UnknownHeader[] } {
	const walk = new Walk(resolver, withUnknown);
	for (const key of ["hook", "hooks"]) {
		const table = root.nested(key, "write [[hook.<event>]], or [[hook.webhooks.<event>]] for a webhook");
		if (table === undefined) continue;
		walk.visitAll(table.only(table.keys().filter((event) => event !== "webhooks")), "shell");
		const webhooks = table.nested("webhooks", "write [[hook.webhooks.<event>]]");
		if (webhooks !== undefined) walk.visitAll(webhooks, "webhook");
	}
	return walk;
}

/** A header that names no event, and the gate under it, if there is one. */
export interface UnknownHeader extends UnknownEvent {
	readonly gate: Path | undefined;
}

/** A way through nested tables, along the dots of event names. */
class Walk {
	readonly selections: Selection[] = [];
	readonly unknown: UnknownHeader[] = [];
	readonly #resolver: Resolver;
	readonly #withUnknown: boolean;
	/** What stands before a dot in an event's name: `generation`, of a bare `[[hook.generation.completed]]`. */
	readonly #beginnings: ReadonlySet<string>;

	constructor(resolver: Resolver, withUnknown: boolean) {
		this.#resolver = resolver;
		this.#withUnknown = withUnknown;
		this.#beginnings = new Set(
			resolver.events.flatMap(({ name }) => [...name.matchAll(/\./g)].map(({ index }) => name.slice(0, index))),
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
		const selector = this.#resolver.resolve(name);
		if (selector !== undefined) {
			this.#hooks({ event: showSelector(selector), selectors: [selector], kind }, name, value, path, parent);
		} else if (isTable(value) && this.#begins(name) && Object.values(value).every(isContainer)) {
			this.visitAll(new Fields(value, path, parent.problems), kind, `${name}.`);
		} else {
			this.unknown.push({ ...this.#resolver.unknown(name, path), gate: gateIn(value, path) });
			const tables: readonly unknown[] = Array.isArray(value) ? value : [value];
			if (!this.#withUnknown || !tables.every(looksLikeHook)) return;
			this.#hooks({ event: name, selectors: [], kind }, name, value, path, parent);
		}
	}

	#hooks(head: Header, name: string, value: unknown, path: Path, parent: Fields): void {
		if (!Array.isArray(value)) this.#hook(head, name, value, path, parent);
		else for (const [index, table] of value.entries()) this.#hook(head, name, table, [...path, index], parent);
	}

	#hook({ event, selectors, kind }: Header, name: string, table: unknown, path: Path, { problems }: Fields): void {
		if (!isTable(table)) {
			const message = `a hook must be a table, not ${typeName(table)}`;
			problems.add("config_shape", path, message, `write it as ${header(kind, event)}`);
			return;
		}
		const fields = new Fields(table, path, problems);
		const isInner = (key: string) => isContainer(table[key]) && this.#isInner(name, key);
		const inner = new Set(this.#begins(name) ? fields.keys().filter(isInner) : []);
		const own = fields.keys().filter((key) => !inner.has(key));
		if (own.length > 0 || inner.size === 0) {
			this.selections.push({ kind, event, selectors, fields: fields.only(own), spot: problems.spot(path) });
		}
		this.visitAll(fields.only([...inner]), kind, `${name}.`);
	}

	/**
	 * Whether a table in a hook's table is the rest of another event's name: of a glob, or where the config declares both
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

/** What a header says of the hooks under it. */
type Header = Pick<Selection, "selectors" | "kind"> & { readonly event: string };

/** Whether a table under a name that is no event can be nothing but a hook: it has a key that only hooks have. */
function looksLikeHook(table: unknown): boolean {
	return isTable(table) && ["command", "url", "preset", "on_failure"].some((key) => Object.hasOwn(table, key));
}

function isContainer(value: unknown): value is readonly unknown[] | Readonly<Record<string, unknown>> {
	return Array.isArray(value) || isTable(value);
}
