// Sorts stored deliveries: what can be sent, what is obsolete or too old, and what has to wait, and for what.

import type { Env } from "../lib/env.ts";
import { excerpt } from "../lib/text.ts";
import { moment } from "../lib/times.ts";
import { isGate } from "../model/delivery.ts";
import type { Hook, Webhook } from "../model/hook.ts";
import { unsetReason, unsetVariables } from "../model/hook-references.ts";
import type { MessageRules } from "../model/message-rules.ts";
import { type DeliveryRecord, isFree, type StoredRecord } from "../model/records.ts";
import { belongsTo } from "../model/scope.ts";
import { isNewer } from "./newer.ts";

/** Milliseconds that the clocks of two machines may differ. */
export const CLOCKS_APART_MS = 300_000;

/** A stored delivery that can be sent. */
export interface Ready {
	readonly id: string;
	readonly key: string | undefined;
	readonly from: StoredRecord;
	readonly hook: Webhook;
	readonly receiver: string;
}

/** Stored deliveries, by what is to be done with them. */
export interface Sifted {
	/** The oldest first. */
	readonly ready: readonly Ready[];
	readonly expired: readonly StoredRecord[];
	readonly obsolete: readonly { readonly from: StoredRecord; readonly by: DeliveryRecord }[];
	/** Why others wait, each a phrase that begins with the hook's name. */
	readonly waiting: readonly string[];
}

/** What is looked at to sort them. */
export interface SiftOptions {
	readonly scope: string;
	readonly hooks: readonly Hook[];
	readonly env: Env;
	readonly rules: MessageRules;
	readonly now: number;
	/** Hooks that their receivers have switched off, by name, and why. */
	readonly switchedOff: ReadonlyMap<string, string>;
	/** A person has asked for these and for no others, however old they are. */
	readonly isByHand: boolean;
	/** Why nothing of a hook is to be sent for some time, as `PIPELINE_HOOKS_MUTE` says. */
	readonly muted: (hook: Webhook) => string | undefined;
	/** The ids of what this run has claimed. */
	readonly ours: ReadonlySet<string>;
}

/**
 * Sorts them; `rivals` are all with the same keys that are not superseded, these among them. What waits for the same
 * receiver with the same key and is older comes before it, so it is sorted too.
 */
export function sift(found: readonly StoredRecord[], rivals: readonly StoredRecord[], options: SiftOptions): Sifted {
	const { scope, now, isByHand, rules } = options;
	const hooks = new Map(options.hooks.map((hook) => [hook.name, factsOf(hook, options)]));
	const newest = newestOf(rivals, hooks, options);
	const busy = busyWith(rivals, hooks, options);
	const ready: Ready[] = [];
	const expired: StoredRecord[] = [];
	const obsolete: { from: StoredRecord; by: DeliveryRecord }[] = [];
	const waiting: string[] = [];
	for (const from of isByHand ? found : withOlder(found, rivals, hooks, scope)) {
		const { record } = from;
		const { hook, receiver, problem } = hooks.get(record.hook) ?? GONE;
		const about = aboutOf(record, receiver);
		const by = newest.get(about);
		const name = excerpt(record.hook, 80);
		if (!belongsTo(record.scope, scope)) waiting.push(`${name}: it belongs to another project or config file`);
		else if (hook === undefined || problem !== undefined) waiting.push(`${name}: ${problem}`);
		else if (by !== undefined && rules.lateOf(hook).supersedes && isNewer(by, record)) obsolete.push({ from, by });
		else if (record.expires <= now && !isByHand) expired.push(from);
		else if (isOthers(from, options)) waiting.push(`${name}: another redelivery has it until ${until(from)}`);
		else if (busy.has(about)) waiting.push(`${name}: another redelivery is sending what is about the same`);
		else ready.push({ id: record.id, key: record.key, from, hook, receiver });
	}
	const inTurn = ready.toSorted(byAge);
	return { ready: isByHand ? triedLastFirst(inTurn) : inTurn, expired, obsolete, waiting };
}

/** What is the same for all that is stored for a hook. */
interface HookFacts {
	/** Undefined for one that is not a webhook. */
	readonly hook: Webhook | undefined;
	readonly receiver: string;
	/** Why nothing can be sent now. */
	readonly problem: string | undefined;
}

const GONE: HookFacts = { hook: undefined, receiver: "", problem: "the config no longer has it" };

type Hooks = ReadonlyMap<string, HookFacts>;

function factsOf(hook: Hook, options: SiftOptions): HookFacts {
	const problem = problemOf(hook, options);
	if (hook.kind === "shell") return { hook: undefined, receiver: "", problem };
	return { hook, receiver: options.rules.receiverOf(hook, options.env), problem };
}

function problemOf(hook: Hook, { switchedOff, muted, env }: SiftOptions): string | undefined {
	if (hook.kind === "shell") return "it has become a shell hook, which is never redelivered";
	if (isGate(hook)) return "it has become a gate, which is never redelivered";
	if (!hook.enabled) return "it is disabled";
	const off = switchedOff.get(hook.name);
	if (off !== undefined)
		return `it was switched off by its receiver (${off}); \`pipeline-hooks enable ${hook.name}\` switches it on`;
	const why = muted(hook);
	if (why !== undefined) return `it is ${why}`;
	const [unset] = unsetVariables(hook, env);
	return unset === undefined ? undefined : unsetReason(unset);
}

/** What messages to the same receiver about the same thing have in common. */
function aboutOf({ key }: DeliveryRecord, receiver: string): string {
	return `${receiver} ${key}`;
}

/** The newest of each receiver and key, where newer messages make older ones obsolete. */
function newestOf(
	rivals: readonly StoredRecord[],
	hooks: Hooks,
	{ scope, now, rules }: SiftOptions,
): ReadonlyMap<string, DeliveryRecord> {
	const newest = new Map<string, DeliveryRecord>();
	for (const { record } of rivals) {
		const { hook, receiver } = hooks.get(record.hook) ?? GONE;
		if (
			!belongsTo(record.scope, scope) ||
			record.key === undefined ||
			hook === undefined ||
			!rules.lateOf(hook).supersedes
		)
			continue;
		if (record.state !== "waiting" && record.state !== "delivered") continue;
		// One that has not happened yet would silence all that does.
		if (record.eventTime > now + CLOCKS_APART_MS) continue;
		const about = aboutOf(record, receiver);
		const other = newest.get(about);
		if (other === undefined || isNewer(record, other)) newest.set(about, record);
	}
	return newest;
}

/** Whether somebody else is sending it. One that was killed lets go of it at the end of its claim. */
function isOthers(from: StoredRecord, { now, ours }: SiftOptions): boolean {
	return !isFree(from, now) && !ours.has(from.record.id);
}

function until({ claimedUntil = 0 }: StoredRecord): string {
	return moment(claimedUntil);
}

/** What somebody else is sending about: nothing about the same may overtake it, or come after what is newer. */
function busyWith(rivals: readonly StoredRecord[], hooks: Hooks, options: SiftOptions): ReadonlySet<string> {
	const claimed = rivals.filter((from) => belongsTo(from.record.scope, options.scope) && isOthers(from, options));
	return new Set(claimed.map(({ record }) => aboutOf(record, hooks.get(record.hook)?.receiver ?? "")));
}

/** With what is older, has the same key and receiver, and waits for its own time. */
function withOlder(
	found: readonly StoredRecord[],
	rivals: readonly StoredRecord[],
	hooks: Hooks,
	scope: string,
): readonly StoredRecord[] {
	const last = new Map<string, DeliveryRecord>();
	const ids = new Set<string>();
	const about = (record: DeliveryRecord) => aboutOf(record, hooks.get(record.hook)?.receiver ?? "");
	for (const { record } of found) {
		ids.add(record.id);
		if (record.key === undefined || !belongsTo(record.scope, scope)) continue;
		const other = last.get(about(record));
		if (other === undefined || isNewer(record, other)) last.set(about(record), record);
	}
	const isFirst = ({ record }: StoredRecord) => {
		const newer = record.state === "waiting" && belongsTo(record.scope, scope) ? last.get(about(record)) : undefined;
		return newer !== undefined && isNewer(newer, record) && !ids.has(record.id);
	};
	return [...found, ...rivals.filter(isFirst)];
}

function byAge({ from: { record: one } }: Ready, { from: { record: other } }: Ready): number {
	return one.eventTime - other.eventTime || (one.line ?? 0) - (other.line ?? 0) || one.created - other.created;
}

/**
 * Where a person asks, a try that fails moves nothing, and the same message would be the first one each time: so it is
 * for each receiver the one that was tried the longest time ago, if nothing older is about the same.
 */
function triedLastFirst(ready: readonly Ready[]): readonly Ready[] {
	const seen = new Set<string>();
	const first = new Map<string, Ready>();
	for (const each of ready) {
		const { key, receiver } = each;
		const about = `${receiver} ${key}`;
		const isBehind = key !== undefined && seen.has(about);
		seen.add(about);
		const other = first.get(receiver);
		if (!isBehind && (other === undefined || lastTry(each) < lastTry(other))) first.set(receiver, each);
	}
	const probes = new Set(first.values());
	return [...probes, ...ready.filter((each) => !probes.has(each))];
}

function lastTry({ from }: Ready): number {
	return from.record.attempts.at(-1)?.at ?? 0;
}
