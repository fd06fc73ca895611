// Sorts stored deliveries: what can be sent, what is obsolete or too old, and what has to wait, and for what.

import type { Env } from "../lib/env.ts";
import { isGate } from "../model/delivery.ts";
import type { Events, PipelineEvent } from "../model/event.ts";
import type { Hook, Webhook } from "../model/hook.ts";
import { unsetReason, unsetVariables } from "../model/hook-references.ts";
import type { DeliveryRecord, StoredRecord } from "../model/records.ts";
import { lateOf, receiverOf } from "./late.ts";

/** A stored delivery that can be sent. */
export interface Ready {
	readonly id: string;
	readonly key: string | undefined;
	readonly from: StoredRecord;
	readonly hook: Webhook;
	readonly receiver: string;
	readonly events: Events;
}

/** Stored deliveries, by what is to be done with them. */
export interface Sifted {
	readonly ready: readonly Ready[];
	readonly expired: readonly StoredRecord[];
	readonly obsolete: readonly { readonly from: StoredRecord; readonly by: DeliveryRecord }[];
	/** Why others wait, each a phrase that begins with the hook's name. */
	readonly waiting: readonly string[];
}

/** A stored event, or as a phrase what is wrong with it. */
export type ReadEvent = (text: string) => { readonly event: PipelineEvent } | { readonly problem: string };

/** What is looked at to sort them. */
export interface SiftOptions {
	readonly scope: string;
	readonly hooks: readonly Hook[];
	readonly env: Env;
	readonly now: number;
	/** Hooks that their receivers have switched off, by name. */
	readonly switchedOff: ReadonlyMap<string, string>;
	/** A person has asked for them: no age matters. */
	readonly isByHand: boolean;
	readonly read: ReadEvent;
}

/** Sorts them; `rivals` are all that wait or were delivered with the same keys, these among them. */
export function sift(found: readonly StoredRecord[], rivals: readonly StoredRecord[], options: SiftOptions): Sifted {
	const { scope, hooks, env, now, isByHand, read } = options;
	const byName = new Map(hooks.map((hook) => [hook.name, hook]));
	const newest = newestOf(rivals, byName, options);
	const ready: Ready[] = [];
	const expired: StoredRecord[] = [];
	const obsolete: { from: StoredRecord; by: DeliveryRecord }[] = [];
	const waiting: string[] = [];
	for (const from of found) {
		const { record } = from;
		if (record.scope !== scope) {
			waiting.push(`${record.hook}: it belongs to another config file`);
			continue;
		}
		const hook = byName.get(record.hook);
		const problem = problemOf(record.hook, hook, options);
		if (problem !== undefined || hook?.kind !== "webhook") {
			waiting.push(`${record.hook}: ${problem}`);
			continue;
		}
		const receiver = receiverOf(hook, env);
		const by = newest.get(`${receiver} ${record.key}`);
		if (by !== undefined && by.id !== record.id && lateOf(hook).supersedes && isNewer(by, record)) {
			obsolete.push({ from, by });
		} else if (record.expires <= now && !isByHand) {
			expired.push(from);
		} else {
			const events = eventsOf(record, read);
			if (typeof events === "string") waiting.push(`${record.hook}: its event cannot be read: ${events}`);
			else ready.push({ id: record.id, key: record.key, from, hook, receiver, events });
		}
	}
	return { ready, expired, obsolete, waiting };
}

/** Why nothing that is stored for a hook can be sent now; undefined if it can. */
function problemOf(name: string, hook: Hook | undefined, { switchedOff, env }: SiftOptions): string | undefined {
	if (hook === undefined) return "the config no longer has it";
	if (hook.kind === "shell") return "it has become a shell hook, which is never redelivered";
	if (isGate(hook)) return "it has become a gate, which is never redelivered";
	if (!hook.enabled) return "it is disabled";
	const off = switchedOff.get(name);
	if (off !== undefined)
		return `it was switched off by its receiver (${off}); \`pipeline-hooks enable ${name}\` switches it on`;
	const [unset] = unsetVariables(hook, env);
	return unset === undefined ? undefined : unsetReason(unset);
}

/** The newest of each receiver and key, where newer messages make older ones obsolete. */
function newestOf(
	rivals: readonly StoredRecord[],
	byName: ReadonlyMap<string, Hook>,
	{ scope, env }: SiftOptions,
): ReadonlyMap<string, DeliveryRecord> {
	const newest = new Map<string, DeliveryRecord>();
	for (const { record } of rivals) {
		const hook = byName.get(record.hook);
		if (record.scope !== scope || record.key === undefined || hook?.kind !== "webhook") continue;
		if (!lateOf(hook).supersedes || (record.state !== "waiting" && record.state !== "delivered")) continue;
		const name = `${receiverOf(hook, env)} ${record.key}`;
		const other = newest.get(name);
		if (other === undefined || isNewer(record, other)) newest.set(name, record);
	}
	return newest;
}

/** By the time of the event, then by when it was recorded; two of one moment keep any fixed order. */
function isNewer(one: DeliveryRecord, other: DeliveryRecord): boolean {
	const later = one.eventTime - other.eventTime || one.created - other.created;
	return later === 0 ? one.id > other.id : later > 0;
}

function eventsOf({ events }: DeliveryRecord, read: ReadEvent): Events | string {
	const all = events.map(read);
	const problem = all.find((each) => "problem" in each);
	if (problem !== undefined && "problem" in problem) return problem.problem;
	const [first, ...rest] = all.flatMap((each) => ("event" in each ? [each.event] : []));
	return first === undefined ? "it has none" : [first, ...rest];
}
