// Chains: the hooks that another names as its `fallback` or in its `then`, found, and never in a circle.
import { closest } from "../lib/suggest.ts";
import type { ConfigWarning, Hook } from "../model/hook.ts";
import type { NamedSelection } from "./names.ts";
import type { Problems } from "./problems.ts";
import { readStrings, type Written } from "./strings.ts";
import { quote } from "./words.ts";

/** The hooks that one hook reaches, as they are written. */
interface Chain {
	readonly fallback: Written | undefined;
	readonly onSuccess: readonly Written[];
}

/** The chains of a config, by the names of hooks. */
export interface Chains {
	/** Of a hook; empty where it reaches none. */
	readonly of: (name: string) => Chain;
	/** Whether another hook reaches it. */
	readonly reaches: (name: string) => boolean;
}

const NONE: Chain = { fallback: undefined, onSuccess: [] };

/** Names compared in search of those that were meant; for more mistakes than anyone reads, it would only cost time. */
const MAX_COMPARED = 50_000;

/** Names of a circle that are told from its beginning and its end. */
const SHOWN = 5;

/** The chains as the hooks tell them; unknown names and circles are noted. */
export function readChains(hooks: readonly NamedSelection[], problems: Problems): Chains {
	const names = new Set(hooks.map(({ name }) => name));
	let room = MAX_COMPARED;
	const isHook = (key: string) => (written: Written) => {
		if (names.has(written.text)) return true;
		room -= names.size;
		const near = room < 0 ? undefined : closest(written.text, names);
		const remedy =
			near === undefined ? "`pipeline-hooks list` shows the names of hooks" : `did you mean ${quote(near)}?`;
		problems.add("config_value", written.path, `${key} names ${quote(written.text)}, which is no hook here`, remedy);
		return false;
	};
	const chains = new Map<string, Chain>();
	for (const { name, selection } of hooks) {
		const { fields } = selection;
		const text = fields.text("fallback")?.trim();
		const [fallback] = (text === undefined ? [] : [{ text, path: fields.at("fallback") }]).filter(isHook("fallback"));
		const onSuccess = (readStrings(fields, "then", '["name of a hook"]') ?? []).filter(isHook("then"));
		if (fallback !== undefined || onSuccess.length > 0) chains.set(name, { fallback, onSuccess });
	}
	refuseCircles(chains, problems);
	const reached = new Set([...chains.values()].flatMap(edges).map(({ text }) => text));
	return { of: (name) => chains.get(name) ?? NONE, reaches: (name) => reached.has(name) };
}

/** What only read hooks tell of their chains: notes gates that would follow another hook; gives what is disabled. */
export function checkTargets(hooks: readonly Hook[], chains: Chains, problems: Problems): readonly ConfigWarning[] {
	const byName = new Map(hooks.map((hook) => [hook.name, hook]));
	const warnings: ConfigWarning[] = [];
	for (const { name, enabled } of hooks) {
		for (const { key, text, path } of edges(chains.of(name))) {
			const target = byName.get(text);
			if (target === undefined) continue;
			if (key === "then" && target.onFailure === "abort") {
				const message = `then names ${quote(text)}, which is a gate, and gates are asked before anything runs`;
				problems.add("config_value", path, message, 'take it out, or set on_failure = "warn" in that hook');
			}
			if (enabled && !target.enabled) {
				const message = `${key} names ${quote(text)}, which is disabled`;
				warnings.push({ message, place: problems.place(problems.spot(path)) });
			}
		}
	}
	return warnings;
}

/** One hook reaching another, and where that is written. */
interface Edge extends Written {
	readonly key: "fallback" | "then";
}

function edges({ fallback, onSuccess }: Chain): readonly Edge[] {
	return [
		...(fallback === undefined ? [] : [{ ...fallback, key: "fallback" } as const]),
		...onSuccess.map((written) => ({ ...written, key: "then" }) as const),
	];
}

/** Notes each circle at the key that closes it. A stack of its own stands chains of any length. */
function refuseCircles(chains: ReadonlyMap<string, Chain>, problems: Problems): void {
	const done = new Set<string>();
	for (const start of chains.keys()) {
		const way: { readonly name: string; readonly left: Iterator<Edge> }[] = [];
		const steps = new Map<string, number>();
		const enter = (name: string) => {
			steps.set(name, way.length);
			way.push({ name, left: edges(chains.get(name) ?? NONE).values() });
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
