// The hooks that are asked in the place of a gate, which has to be answered for each event: they never batch.

import type { Hook } from "../model/hook.ts";
import type { Chains } from "./chains.ts";
import type { NamedSelection } from "./names.ts";
import type { Problems } from "./problems.ts";
import { quote } from "./words.ts";

/** The hooks, of which stand-ins of gates do not take a default for `batch_size`; one of their own is noted. */
export function unbatchStandIns(
	hooks: readonly Hook[],
	chains: Chains,
	written: readonly NamedSelection[],
	problems: Problems,
): readonly Hook[] {
	const own = new Set(written.flatMap(({ name, selection }) => (selection.fields.has("batch_size") ? [name] : [])));
	const batching = new Set(hooks.flatMap((hook) => (hook.kind === "webhook" && hook.batchSize ? [hook.name] : [])));
	const standIns = new Set<string>();
	for (const name of asked(hooks, chains)) {
		const { fallback } = chains.of(name);
		if (fallback === undefined || !batching.has(fallback.text)) continue;
		standIns.add(fallback.text);
		if (!own.has(fallback.text)) continue;
		const message = `fallback names ${quote(fallback.text)}, which has a batch_size, and gates never batch`;
		problems.add("config_value", fallback.path, message, "name another hook, or take batch_size out of that one");
	}
	return hooks.map((hook) =>
		hook.kind === "webhook" && standIns.has(hook.name) ? { ...hook, batchSize: undefined } : hook,
	);
}

/** Notes each `require_allow` of a hook that no pipeline waits for: neither a gate nor asked in the place of one. */
export function refuseIdleRequireAllow(
	hooks: readonly Hook[],
	chains: Chains,
	written: readonly NamedSelection[],
): void {
	const waitedFor = asked(hooks, chains);
	const webhooks = new Set(hooks.flatMap(({ kind, name }) => (kind === "webhook" ? [name] : [])));
	for (const { name, selection } of written) {
		const isWritten = typeof selection.fields.table["require_allow"] === "boolean";
		if (!isWritten || !webhooks.has(name) || waitedFor.has(name)) continue;
		const message = "require_allow is for gates, and this hook is not a gate";
		selection.fields.wrong("require_allow", message, 'set on_failure = "abort", or take require_allow out');
	}
}

/** Gates, and the hooks that are asked in the place of one. */
function asked(hooks: readonly Hook[], chains: Chains): ReadonlySet<string> {
	const names = new Set<string>();
	for (const gate of hooks.filter(({ onFailure }) => onFailure === "abort")) {
		let next: string | undefined = gate.name;
		for (; next !== undefined && !names.has(next); next = chains.of(next).fallback?.text) names.add(next);
	}
	return names;
}
