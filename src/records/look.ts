// A look into the store: what is asked for, sorted by what is to be done with it.

import { count } from "../lib/text.ts";
import type { Webhook } from "../model/hook.ts";
import type { About, RecordQuery, StoredRecord, Wanted } from "../model/records.ts";
import { belongsTo } from "../model/scope.ts";
import type { Outbox } from "./outbox.ts";
import { type Sifted, sift } from "./sift.ts";
import { isByHand } from "./wanted.ts";

/** What a look needs of its run. */
export interface LookOptions {
	/** Why nothing of a hook is to be sent for some time. */
	readonly muted: (hook: Webhook) => string | undefined;
	/** The error that is thrown where the store cannot be read. */
	readonly unreadable: (problem: string) => Error;
	/** The store could be read. */
	readonly onLook?: (() => void) | undefined;
}

/** Looks for what a query asks for; `ours` are the ids of what this run has claimed. Throws where the store cannot be read. */
export async function look(
	outbox: Outbox,
	{ query, wanted, ours }: { readonly query: RecordQuery; readonly wanted: Wanted; readonly ours: ReadonlySet<string> },
	{ muted, unreadable, onLook }: LookOptions,
): Promise<Sifted> {
	const { config, ports, records, rules } = outbox.options;
	const found = await records.list(query);
	if ("problem" in found) throw unreadable(found.problem);
	if (found.invalid > 0)
		outbox.warn(
			`${count(found.invalid, "stored message")} cannot be read: \`pipeline-hooks prune --unreadable\` removes them`,
			"unreadable_record",
		);
	const keys = [...new Set(found.records.flatMap(({ record: { key } }) => key ?? []))];
	const rivals = await records.rivals(keys, rivalsOf(found.records, outbox));
	if ("problem" in rivals) throw unreadable(rivals.problem);
	const off = await records.disabled();
	if ("problem" in off) throw unreadable(off.problem);
	onLook?.();
	const { scope, switchedOff } = outbox;
	const disabled = off.flatMap((each) => (belongsTo(each.scope, scope) ? [[each.hook, each.reason] as const] : []));
	return sift(found.records, wanted.id === undefined ? rivals.records : [], {
		scope,
		hooks: config.hooks,
		env: ports.env,
		rules,
		now: outbox.now(),
		switchedOff: new Map([...disabled, ...switchedOff]),
		isByHand: isByHand(wanted),
		muted,
		ours,
	});
}

/** What may make these obsolete: about the same, by any hook that reaches the same receiver. */
function rivalsOf(found: readonly StoredRecord[], { options }: Outbox): readonly About[] {
	const { config, ports, rules } = options;
	const receivers = new Map<string, string[]>();
	const receiver = new Map<string, string>();
	for (const hook of config.hooks) {
		if (hook.kind !== "webhook" || !rules.lateOf(hook).supersedes) continue;
		const name = rules.receiverOf(hook, ports.env);
		receiver.set(hook.name, name);
		receivers.set(name, [...(receivers.get(name) ?? []), hook.name]);
	}
	const about = new Map<string, About>();
	for (const {
		record: { key, hook: own },
	} of found) {
		if (key === undefined) continue;
		for (const hook of receivers.get(receiver.get(own) ?? "") ?? [])
			about.set(JSON.stringify([key, hook]), { key, hook });
	}
	return [...about.values()];
}
