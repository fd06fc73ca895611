// Hooks and each other: their names, and the chains by which one names another as its `fallback` or in its `then`.
import type { ConfigWarning, Hook } from "../model/hook.ts";
import type { Text } from "./keys.ts";
import type { Problems } from "./problems.ts";
import { HOOK, WEBHOOK } from "./schema.ts";
import type { Selection } from "./selections.ts";
import { didYouMean, quote } from "./words.ts";

/** A hook with the name that it goes by. */
export interface NamedSelection {
	readonly selection: Selection;
	readonly name: string;
}

/** One hook reaching another, and where that is written. */
interface Edge extends Text {
	readonly key: "fallback" | "then";
}

/** The chains of a config, by the names of hooks. */
export interface Chains {
	/** The hooks that a hook reaches: its fallback first, if it has one. */
	readonly of: (name: string) => readonly Edge[];
	/** Whether another hook reaches it. */
	readonly reaches: (name: string) => boolean;
}

/** Names of a circle that are told from its beginning and its end. */
const SHOWN = 5;

/**
 * Names each hook: by its `name`, else `<event>-<kind>-<n>`, the n-th of its event and kind in the file from 1, or
 * `subscription-<n>`; a number is passed over where a hook has that name already. A name given twice is noted.
 */
export function nameHooks(selections: readonly Selection[], problems: Problems): readonly NamedSelection[] {
	const taken = new Map<string, Selection>();
	const own = selections.map((selection) => {
		const name = HOOK.name.read(selection.fields);
		if (name === undefined) return undefined;
		const twin = taken.get(name);
		if (twin === undefined) {
			taken.set(name, selection);
		} else {
			const { line } = problems.place(twin.fields.at("name"));
			const message = `name ${quote(name)} is that of the hook on line ${line} already`;
			selection.fields.wrong("name", message, "give each hook its own name");
		}
		return name;
	});
	const counts = new Map<string, number>();
	return selections.map((selection, index) => {
		const stem = selection.event === undefined ? "subscription" : `${selection.event}-${selection.kind}`;
		let count = (counts.get(stem) ?? 0) + 1;
		while (own[index] === undefined && taken.has(`${stem}-${count}`)) count++;
		counts.set(stem, count);
		return { selection, name: own[index] ?? `${stem}-${count}` };
	});
}

/** The chains as the hooks tell them; unknown names and circles are noted. */
export function readChains(hooks: readonly NamedSelection[], problems: Problems): Chains {
	const names = new Set(hooks.map(({ name }) => name));
	const chains = new Map<string, readonly Edge[]>();
	for (const { name, selection } of hooks) {
		const { fields } = selection;
		const fallback = HOOK.fallback.read(fields)?.trim();
		const edges: readonly Edge[] = [
			...(fallback === undefined ? [] : [{ key: "fallback", text: fallback, path: fields.at("fallback") } as const]),
			...(HOOK.onSuccess.read(fields) ?? []).map((written) => ({ key: "then", ...written }) as const),
		];
		const known = edges.filter(({ key, text, path }) => {
			if (names.has(text)) return true;
			const help = () => didYouMean(text, names, "`pipeline-hooks list` shows the names of hooks");
			problems.add("config_value", path, `${key} names ${quote(text)}, and no hook has that name`, help);
			return false;
		});
		if (known.length > 0) chains.set(name, known);
	}
	refuseCircles(chains, problems);
	const reached = new Set([...chains.values()].flat().map(({ text }) => text));
	return { of: (name) => chains.get(name) ?? [], reaches: (name) => reached.has(name) };
}

/** What only read hooks tell of their chains: notes gates that would follow another hook; gives what is disabled. */
export function checkTargets(hooks: readonly Hook[], chains: Chains, problems: Problems): readonly ConfigWarning[] {
	const byName = new Map(hooks.map((hook) => [hook.name, hook]));
	const warnings: ConfigWarning[] = [];
	for (const { name, enabled } of hooks) {
		for (const { key, text, path } of chains.of(name)) {
			const target = byName.get(text);
			if (key === "then" && target?.onFailure === "abort") {
				const message = `then names ${quote(text)}, which is a gate, and gates are asked before anything runs`;
				problems.add("config_value", path, message, 'take it out, or set on_failure = "warn" in that hook');
			}
			if (enabled && target?.enabled === false) {
				warnings.push({ message: `${key} names ${quote(text)}, which is disabled`, place: problems.place(path) });
			}
		}
	}
	return warnings;
}

/**
 * The hooks, of which those that are asked in the place of a gate do not take a default for `batch_size`, since gates
 * never batch; one of their own is noted, and so is each `require_allow` of a hook that no pipeline waits for.
 */
export function withoutBatchedGates(
	hooks: readonly Hook[],
	chains: Chains,
	written: readonly NamedSelection[],
	problems: Problems,
): readonly Hook[] {
	const asked = new Map<string, Edge | undefined>();
	for (const gate of hooks.filter(({ onFailure }) => onFailure === "abort")) {
		let [name, via]: [string, Edge | undefined] = [gate.name, undefined];
		while (!asked.has(name)) {
			asked.set(name, via);
			via = chains.of(name).find(({ key }) => key === "fallback");
			if (via === undefined) break;
			name = via.text;
		}
	}
	const fields = new Map(written.map(({ name, selection }) => [name, selection.fields]));
	return hooks.map((hook) => {
		if (hook.kind !== "webhook") return hook;
		const own = fields.get(hook.name);
		if (!asked.has(hook.name)) {
			if (own === undefined || WEBHOOK.requireAllow.read(own) === undefined) return hook;
			const message = "require_allow is for gates, and this hook is not a gate";
			own.wrong("require_allow", message, 'set on_failure = "abort", or take require_allow out');
			return hook;
		}
		const via = asked.get(hook.name);
		if (via !== undefined && own?.has("batch_size") && hook.batchSize !== undefined) {
			const message = `fallback names ${quote(hook.name)}, which has a batch_size, and gates never batch`;
			problems.add("config_value", via.path, message, "name another hook, or take batch_size out of that one");
		}
		return { ...hook, batchSize: undefined };
	});
}

/** Notes each circle at the key that closes it. A stack of its own takes chains of any length. */
function refuseCircles(chains: ReadonlyMap<string, readonly Edge[]>, problems: Problems): void {
	const done = new Set<string>();
	for (const start of chains.keys()) {
		const way: { readonly name: string; readonly left: Iterator<Edge> }[] = [];
		const steps = new Map<string, number>();
		const enter = (name: string) => {
			steps.set(name, way.length);
			way.push({ name, left: (chains.get(name) ?? []).values() });
		};
		if (!done.has(start)) enter(start);
		for (let here = way.at(-1); here !== undefined; here = way.at(-1)) {
			const edge = here.left.next();
			if (edge.done) {
				way.pop();
				steps.delete(here.name);
				done.add(here.name);
				continue;
			}
			const { key, text, path } = edge.value;
			const first = steps.get(text);
			if (first !== undefined) {
				const names = Array.from({ length: way.length - first }, (_, at) => way[first + at]?.name ?? "");
				problems.add("config_value", path, `${key} closes a circle: ${round(names)}`, "take one of its steps out");
			} else if (!done.has(text)) {
				enter(text);
			}
		}
	}
}

/** `a → b → a`. */
function round(names: readonly string[]): string {
	const all = [...names, ...names.slice(0, 1)];
	const shown = all.length > 2 * SHOWN ? [...all.slice(0, SHOWN), "…", ...all.slice(-SHOWN)] : all;
	return shown.join(" → ");
}
