// How hooks refer to each other: by their names, as a `fallback` or in `then`.
import { type Layers, setting, type Text } from "./keys.ts";
import type { Defaults } from "./known.ts";
import type { Path } from "./positions.ts";
import type { Problems } from "./problems.ts";
import { HOOK, SHELL } from "./schema.ts";
import type { Selection } from "./selections.ts";
import { didYouMean, quote } from "./words.ts";

/** A hook and its name. */
interface NamedHook {
	readonly selection: Selection;
	readonly layers: Layers;
	readonly name: string;
}

/** One hook naming another, and where that is written. */
interface Edge extends Text {
	readonly key: "fallback" | "then";
}

/** A hook, the hooks that it names, and how others refer to it. */
export interface Link extends NamedHook {
	readonly fallback: string | undefined;
	readonly onSuccess: readonly string[];
	/** Whether any hook names it. */
	readonly isReached: boolean;
	/** Whether a pipeline waits for it: a gate, or asked in the place of one. */
	readonly isAsked: boolean;
	/** Where it is named as the fallback of a gate, or of such a fallback. */
	readonly askedAt: Path | undefined;
}

/** How many names of a long circle are shown at its beginning, and at its end. */
const SHOWN = 5;

/**
 * Names each hook: by its `name`, else `<event>-<kind>-<n>`, the n-th of its event and kind in the file from 1, or
 * `subscription-<n>`; a number is skipped if a hook already has that name. A name given twice is an error.
 */
export function nameHooks(selections: readonly Selection[], defaults: Defaults): readonly NamedHook[] {
	const taken = new Map<string, Selection>();
	for (const selection of selections) {
		const { fields } = selection;
		const name = HOOK.name.read(fields);
		const twin = taken.get(name ?? "");
		if (twin !== undefined) {
			const { line } = fields.problems.place(twin.fields.at("name"));
			fields.wrong(
				"name",
				`name ${quote(name ?? "")} is already used by the hook on line ${line}`,
				"give each hook its own name",
			);
		} else if (name !== undefined) {
			taken.set(name, selection);
		}
	}
	const counts = new Map<string, number>();
	return selections.map((selection) => {
		const { event, kind, fields } = selection;
		const own = HOOK.name.read(fields);
		const stem = event === undefined ? "subscription" : `${event}-${kind}`;
		let count = (counts.get(stem) ?? 0) + 1;
		while (own === undefined && taken.has(`${stem}-${count}`)) count++;
		counts.set(stem, count);
		return { selection, name: own ?? `${stem}-${count}`, layers: [fields, ...defaults[kind]] };
	});
}

/** Links the hooks by name. Unknown names, circles, and gates that would follow another hook are errors. */
export function readChains(hooks: readonly NamedHook[], problems: Problems): readonly Link[] {
	const edges = new Map(hooks.map(({ name, selection }) => [name, edgesOf(selection)]));
	refuseCircles(edges, problems);
	const isGate = ({ layers }: NamedHook) => setting(SHELL.onFailure, layers) === "abort";
	const isEnabled = ({ selection }: NamedHook) => setting(HOOK.enabled, [selection.fields]);
	const byName = new Map(hooks.map((hook) => [hook.name, hook]));
	for (const hook of hooks) {
		for (const { key, text, path } of edges.get(hook.name) ?? []) {
			const target = byName.get(text);
			if (target === undefined) {
				const help = () => didYouMean(text, byName.keys(), "`pipeline-hooks list` shows the names of hooks");
				problems.add("config_value", path, `${key} names ${quote(text)}, and no hook has that name`, help);
			} else if (key === "then" && isGate(target)) {
				const message = `then names ${quote(text)}, which is a gate, and gates are asked before anything runs`;
				problems.add("config_value", path, message, 'remove it, or set on_failure = "warn" in that hook');
			} else if (isEnabled(hook) && !isEnabled(target)) {
				const message = `${key} names ${quote(text)}, which is disabled`;
				problems.warn("chain_disabled", path, message, "enable that hook, or remove its name here");
			}
		}
	}
	const asked = new Map<string, Edge | undefined>();
	for (const gate of hooks.filter(isGate)) {
		let [name, via]: [string | undefined, Edge | undefined] = [gate.name, undefined];
		while (name !== undefined && !asked.has(name)) {
			asked.set(name, via);
			via = edges.get(name)?.find(({ key }) => key === "fallback");
			name = via?.text;
		}
	}
	const reached = new Set([...edges.values()].flat().map(({ text }) => text));
	return hooks.map((hook): Link => {
		const { name } = hook;
		const named = edges.get(name) ?? [];
		return {
			...hook,
			fallback: named.find(({ key }) => key === "fallback")?.text,
			onSuccess: named.flatMap(({ key, text }) => (key === "then" ? [text] : [])),
			isReached: reached.has(name),
			isAsked: asked.has(name),
			askedAt: asked.get(name)?.path,
		};
	});
}

function edgesOf({ fields }: Selection): readonly Edge[] {
	const fallback = HOOK.fallback.read(fields)?.trim();
	const then = HOOK.onSuccess.read(fields) ?? [];
	return [
		...(fallback === undefined ? [] : [{ key: "fallback", text: fallback, path: fields.at("fallback") } as const]),
		...then.map((written) => ({ key: "then", ...written }) as const),
	];
}

/** Reports each circle at the key that closes it. Keeps its own stack, so that a chain may have any length. */
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
				problems.add("config_value", path, `${key} leads back to itself: ${round(names)}`, "remove one of its steps");
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
