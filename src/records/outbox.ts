// The outbox of a run: what became of its deliveries goes into a store, for later runs to try again.
import { compact } from "../lib/json.ts";
import { type Delivery, type Outcome, reasonOf, withReason } from "../model/delivery.ts";
import type { PipelineEvent } from "../model/event.ts";
import type { Config, Hook, Webhook } from "../model/hook.ts";
import type { Warning } from "../model/problem.ts";
import type { DeliveryRecord, Records, StoredRecord } from "../model/records.ts";
import type { Ports } from "../ports.ts";
import { shortHash } from "../presets/key-text.ts";
import { contextSecrets } from "../secrets/known.ts";
import type { Mask } from "../secrets/mask.ts";
import { attemptsOf, type Fate, fateOf, isRecorded, mayBeTriedAgain } from "./fate.ts";
import { keyOf, lateOf, receiverOf } from "./late.ts";
import { Writer } from "./writer.ts";

/** What an outbox needs of its run. */
export interface OutboxOptions {
	readonly records: Records;
	readonly config: Pick<Config, "file" | "hooks">;
	/** Milliseconds before each further try, where a hook has no schedule of its own. */
	readonly schedule: readonly number[];
	readonly ports: Pick<Ports, "clock" | "env">;
	readonly mask: Mask;
	/** An event as text. */
	readonly write: (event: PipelineEvent) => string;
}

/** Names a config file without showing it. */
export function scopeOf(file: string): string {
	return shortHash(file);
}

/** A newer delivery, which may make stored ones obsolete. */
type Newer = Pick<DeliveryRecord, "id" | "eventTime"> & { readonly hook: Webhook };

/** Milliseconds for which records are claimed that are only changed. */
const BRIEF_MS = 60_000;

/** The records of one run. */
export class Outbox {
	/** What could not be stored. */
	readonly warnings: Warning[] = [];
	readonly options: OutboxOptions;
	readonly writer: Writer;
	/** Names the config file without showing it. */
	readonly scope: string;
	readonly #delivered = new Map<string, Newer>();
	readonly #off = new Map<string, { readonly hook: Hook; readonly reason: string }>();

	constructor(options: OutboxOptions) {
		this.options = options;
		this.scope = scopeOf(options.config.file);
		this.writer = new Writer(options.records, (problem) => this.warn(`a delivery could not be stored: ${problem}`));
	}

	/** The hooks that their receivers have switched off, by name, and why. A store far away is not asked for it. */
	async switchedOff(): Promise<ReadonlyMap<string, string>> {
		const { records } = this.options;
		const found = records.keepsAll ? await records.disabled() : [];
		if ("problem" in found) {
			this.warn(`the store cannot be read: ${found.problem}`);
			return new Map();
		}
		return new Map(found.flatMap(({ scope, hook, reason }) => (scope === this.scope ? [[hook, reason]] : [])));
	}

	/** Puts an outcome on record, and gives it back with the time of its next try. */
	settle(outcome: Outcome): Outcome {
		this.noteOff(outcome);
		const { delivery } = outcome;
		if (!isRecorded(outcome) || delivery.hook.kind !== "webhook") return outcome;
		const { hook } = delivery;
		const { records } = this.options;
		if (!records.keepsAll && outcome.status !== "delivered" && !mayBeTriedAgain(outcome)) return outcome;
		if (delivery.events.some(({ context }) => contextSecrets(context).length > 0)) return notStored(outcome);
		const record = this.#recordOf(outcome, { ...leftOf(outcome), hook });
		if (outcome.status === "delivered") {
			if (record.key !== undefined && lateOf(hook).supersedes) this.#delivered.set(record.key, { ...record, hook });
			if (!records.keepsAll) return outcome;
		}
		this.writer.add(record);
		return this.told(outcome, record);
	}

	/** The outcome with what follows it. */
	told(outcome: Outcome, { state, due, expires }: DeliveryRecord): Outcome {
		if (state === "waiting" && due !== undefined) {
			const what =
				outcome.skipCause === "switched_off" ? "kept in the store" : `tried again by \`redeliver\` ${from(due)}`;
			return { ...withReason(outcome, `${reasonOf(outcome)}; ${what}`), nextAttempt: due };
		}
		if (state === "retry_limit_reached") return withReason(outcome, `${reasonOf(outcome)}; its schedule is over`);
		if (state !== "expired") return outcome;
		return withReason(
			outcome,
			`${reasonOf(outcome)}; not tried again, since it is worth sending only until ${iso(expires)}`,
		);
	}

	noteOff({ switchedOff, delivery: { hook } }: Outcome): void {
		if (switchedOff !== undefined) this.#off.set(hook.name, { hook, reason: switchedOff });
	}

	/** Milliseconds before each further try of a hook. */
	waitsOf(hook: Webhook): readonly number[] {
		return hook.schedule ?? this.options.schedule;
	}

	/** What follows a try, of which `failures` failed before. */
	fateOf(outcome: Outcome, hook: Webhook, failures: number, expires: number): Fate {
		return fateOf(outcome, failures, { waits: this.waitsOf(hook), now: this.now(), expires });
	}

	now(): number {
		return this.options.ports.clock.now().getTime();
	}

	warn(message: string): void {
		const place = { file: this.options.config.file, line: 1, column: 1 };
		if (this.warnings.some((warning) => warning.message === message)) return;
		this.warnings.push({ code: "not_stored", message, remedy: "", place });
	}

	/** Writes what is left, and closes the store. */
	async end(): Promise<void> {
		const { records } = this.options;
		await this.writer.end();
		await this.#supersede();
		for (const { hook, reason } of this.#off.values()) {
			const failure = await records.disable({ scope: this.scope, hook: hook.name, at: this.now(), reason });
			const how = `\`pipeline-hooks enable ${hook.name}\` switches it on`;
			this.warn(
				failure === undefined
					? `${hook.name} is switched off, since ${reason}; ${how}`
					: `${hook.name} could not be switched off: ${failure.problem}`,
			);
		}
		await records.close();
	}

	/** Ends the stored deliveries that those of this run have made obsolete. */
	async #supersede(): Promise<void> {
		if (this.#delivered.size === 0) return;
		const { records } = this.options;
		const found = await records.list({ states: ["waiting"], keys: [...this.#delivered.keys()] });
		if ("problem" in found) return this.warn(`what is stored and obsolete could not be ended: ${found.problem}`);
		const obsolete = found.records.flatMap((from) => {
			const newer = this.#delivered.get(from.record.key ?? "");
			return newer !== undefined && this.#isObsolete(from, newer) ? [from] : [];
		});
		if (obsolete.length === 0) return;
		const now = this.now();
		const claimed = await records.claim(obsolete, { now, until: now + BRIEF_MS });
		if ("problem" in claimed) return this.warn(`what is stored and obsolete could not be ended: ${claimed.problem}`);
		for (const from of claimed) {
			const by = this.#delivered.get(from.record.key ?? "")?.id;
			this.writer.change({ from, to: superseded(from.record, by) });
		}
		await this.writer.end();
	}

	#isObsolete({ record }: StoredRecord, { hook, eventTime, id }: Newer): boolean {
		if (record.scope !== this.scope || record.id === id || record.eventTime > eventTime) return false;
		const { config, ports } = this.options;
		const other = config.hooks.find(({ name }) => name === record.hook);
		if (other?.kind !== "webhook" || !lateOf(other).supersedes) return false;
		return receiverOf(other, ports.env) === receiverOf(hook, ports.env);
	}

	#recordOf(outcome: Outcome, delivery: Delivery<Webhook>): DeliveryRecord {
		const { mask, ports, write } = this.options;
		const { id, hook, events } = delivery;
		const now = this.now();
		const expires = now + lateOf(hook).maxAgeMs;
		return compact<DeliveryRecord>({
			id,
			scope: this.scope,
			hook: hook.name,
			key: keyOf(delivery, ports.env),
			eventTime: Math.max(...events.map(({ context }) => Date.parse(context.timestamp) || now)),
			created: now,
			runId: events[0].context.run_id,
			names: [...new Set(events.map(({ definition }) => definition.name))],
			events: events.map(write),
			attempts: attemptsOf(outcome, now, mask),
			...this.fateOf(outcome, hook, 0, expires),
			expires,
		});
	}
}

/** The delivery that is left to do: of a batch that a fallback delivered in part, that of the other events. */
function leftOf({ delivery, missed, status }: Outcome): Delivery {
	const [first, ...rest] = status === "failed" ? (missed ?? []).flatMap((at) => delivery.events[at] ?? []) : [];
	return first === undefined ? delivery : { ...delivery, events: [first, ...rest] };
}

function notStored(outcome: Outcome): Outcome {
	if (outcome.status === "delivered") return outcome;
	return withReason(outcome, `${reasonOf(outcome)}; not stored, since its event carries a secret in its metadata`);
}

/** The record of what a newer delivery has made obsolete. */
export function superseded({ due: _, ...record }: DeliveryRecord, by: string | undefined): DeliveryRecord {
	return { ...record, state: "superseded", ...(by !== undefined && { supersededBy: by }) };
}

function from(due: number): string {
	return `from ${iso(due)} on`;
}

/** To the second: `2026-04-02T14:30:00Z`. */
export function iso(time: number): string {
	return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
