// The redelivery of what a store has: what is obsolete or too old ends, and each receiver gets the rest when it answers.
import { count } from "../lib/text.ts";
import type { Delivery, Outcome } from "../model/delivery.ts";
import type { Events } from "../model/event.ts";
import type { Webhook } from "../model/hook.ts";
import type { DeliveryRecord, RecordQuery, StoredRecord, Wanted } from "../model/records.ts";
import { belongsTo } from "../model/scope.ts";
import type { Log } from "../ports.ts";
import { attemptsOf, hasAnswered, UNDELIVERED } from "./fate.ts";
import { type Lane, lanesOf } from "./lane.ts";
import { receiverOf } from "./late.ts";
import { type Outbox, superseded } from "./outbox.ts";
import { type Ready, type Sifted, sift } from "./sift.ts";
import { eventsOf, type ReadEvent } from "./stored-events.ts";
import { told } from "./told.ts";
import { isByHand, queryOf } from "./wanted.ts";

/** Milliseconds in which what was claimed at once is settled. */
const CLAIM_MS = 30 * 60_000;

/** Records of one receiver that are claimed at once. */
const CLAIMED_AT_ONCE = 100;

/** What a redelivery needs of its run. */
export interface RedeliveryOptions {
	readonly read: ReadEvent;
	readonly log: Pick<Log, "info">;
	/** Why nothing of a hook is to be sent for some time. */
	readonly muted: (hook: Webhook) => string | undefined;
	/** The error that is thrown where the store cannot be read. */
	readonly unreadable: (problem: string) => Error;
}

/** A stored delivery that is ours for now. */
interface Taken {
	readonly ready: Ready;
	readonly from: StoredRecord;
	readonly events: Events;
	readonly lane: Lane<Ready>;
}

/** The redelivery of one run. */
export class Redelivery {
	readonly #outbox: Outbox;
	readonly #wanted: Wanted;
	readonly #options: RedeliveryOptions;
	readonly #taken = new Map<string, Taken>();
	/** The ids of all that was claimed here; the store may still say so when they have ended. */
	readonly #ours = new Set<string>();
	/** The store has failed, or the run: nothing more is claimed. */
	#isBroken = false;
	#settled = 0;
	#changed = () => {};

	constructor(outbox: Outbox, wanted: Wanted, options: RedeliveryOptions) {
		this.#outbox = outbox;
		this.#wanted = wanted;
		this.#options = options;
	}

	/** What would be done now; nothing is changed. Throws where the store cannot be read. */
	async plan(): Promise<Sifted> {
		return this.#sift(queryOf(this.#wanted, this.#outbox.now()));
	}

	/** The deliveries, each when its receiver may get it; no more of them after `signal` aborts. */
	async *due(signal: AbortSignal): AsyncGenerator<Delivery<Webhook>, void, undefined> {
		const sifted = await this.plan();
		this.#tell(sifted);
		const lanes = lanesOf(sifted.ready);
		await this.#endObsolete(sifted, lanes);
		const whole = new Set<Lane<Ready>>();
		const isToFill = (lane: Lane<Ready>) => lane.isOpen && !whole.has(lane);
		while (!this.#isBroken && !signal.aborted && lanes.some((lane) => isToFill(lane) || !lane.isDone)) {
			let isIdle = true;
			const before = this.#settled;
			for (const lane of lanes) {
				if (isToFill(lane)) {
					whole.add(lane);
					await this.#addOthers(lane);
				}
				const next = lane.next(CLAIMED_AT_ONCE);
				if (next.length > 0) isIdle = false;
				for (const taken of await this.#claim(next, lane)) {
					// What is left is released at the end.
					if (signal.aborted) return;
					const { ready, events } = taken;
					if (this.#isOurs(taken)) yield { id: ready.id, hook: ready.hook, events };
				}
			}
			// Whatever is left comes after something that is in flight.
			if (isIdle && !this.#isBroken && this.#taken.size > 0 && this.#settled === before) await this.#change();
		}
	}

	/** Puts the outcome of a stored delivery on record; undefined for any other. */
	settle(outcome: Outcome): Outcome | undefined {
		const taken = this.#taken.get(outcome.delivery.id);
		if (taken === undefined || outcome.delivery.hook.name !== taken.ready.hook.name) return undefined;
		const { lane, ready, from } = taken;
		this.#taken.delete(ready.id);
		this.#outbox.noteOff(outcome);
		lane.settle(ready.id, hasAnswered(outcome));
		// What was not begun stays as it is, unless it can never be: its service takes nothing of it.
		const isSame = outcome.status === "skipped" && outcome.skipCause !== "nothing_to_send";
		const to = isSame ? from.record : this.#after(outcome, taken);
		this.#outbox.change(from, to);
		if (outcome.status === "delivered") this.#outbox.noteDelivered(to, ready.hook);
		this.#settled++;
		this.#changed();
		return told(outcome, to);
	}

	/** Takes nothing more, and waits for no outcome. */
	stop(): void {
		this.#isBroken = true;
		this.#changed();
	}

	/** Releases what was claimed and never sent. */
	end(): void {
		for (const { from } of this.#taken.values()) this.#outbox.change(from, from.record);
		this.#taken.clear();
	}

	/** The record after a try. One that was not due, or had ended, keeps its place in the schedule if it fails again. */
	#after(outcome: Outcome, { from: { record }, ready: { hook } }: Taken): DeliveryRecord {
		const now = this.#outbox.now();
		const attempts = [...record.attempts, ...attemptsOf(outcome, now, this.#outbox.options.mask)];
		const left = { ...record, ...this.#outbox.leftOf(outcome, hook), attempts };
		const isEarly = record.state !== "waiting" || (record.due ?? 0) > now;
		if (outcome.status !== "delivered" && isEarly) return left;
		const { due: _, ...rest } = left;
		return { ...rest, ...this.#outbox.fateOf(outcome, hook, record.failures, record.expires) };
	}

	async #sift(query: RecordQuery): Promise<Sifted> {
		const { config, ports, records } = this.#outbox.options;
		const found = await records.list(query);
		if ("problem" in found) throw this.#options.unreadable(found.problem);
		if (found.invalid > 0) this.#outbox.warn(`${count(found.invalid, "stored message")} cannot be read`);
		const keys = [...new Set(found.records.flatMap(({ record: { key } }) => key ?? []))];
		const rivals = await records.list({ keys, states: [...UNDELIVERED, "delivered"] });
		if ("problem" in rivals) throw this.#options.unreadable(rivals.problem);
		const off = await records.disabled();
		if ("problem" in off) throw this.#options.unreadable(off.problem);
		const { scope, switchedOff } = this.#outbox;
		const disabled = off.flatMap((each) => (belongsTo(each.scope, scope) ? [[each.hook, each.reason] as const] : []));
		return sift(found.records, this.#wanted.id === undefined ? rivals.records : [], {
			scope,
			hooks: config.hooks,
			env: ports.env,
			now: this.#outbox.now(),
			switchedOff: new Map([...disabled, ...switchedOff]),
			isByHand: isByHand(this.#wanted),
			muted: this.#options.muted,
			ours: this.#ours,
		});
	}

	/** What waits for a receiver that answers is sent too, due or not. */
	async #addOthers(lane: Lane<Ready>): Promise<void> {
		const { config, ports } = this.#outbox.options;
		if (isByHand(this.#wanted)) return;
		for (const hook of config.hooks) {
			if (hook.kind !== "webhook" || (this.#wanted.hook ?? hook.name) !== hook.name) continue;
			if (receiverOf(hook, ports.env) !== lane.receiver) continue;
			const sifted = await this.#sift({ states: ["waiting"], hook: hook.name });
			lane.add(sifted.ready.filter(({ id }) => !this.#ours.has(id)));
			await this.#endObsolete(sifted, [lane]);
		}
	}

	async #endObsolete({ expired, obsolete }: Sifted, lanes: readonly Lane<Ready>[]): Promise<void> {
		const by = new Map(obsolete.map(({ from, by }) => [from.record.id, by.id]));
		const taken = await this.#take([...expired, ...obsolete.map(({ from }) => from)]);
		for (const from of taken) {
			const { due: _, ...record } = from.record;
			const id = by.get(record.id);
			this.#outbox.change(from, id === undefined ? { ...record, state: "expired" } : superseded(record, id));
		}
		// Somebody else may be sending them, and what is newer has to come after them.
		const ended = new Set(taken.map(({ record }) => record.id));
		const others = obsolete.flatMap(({ from: { record } }) => (ended.has(record.id) ? [] : (record.key ?? [])));
		for (const lane of lanes) lane.drop(others);
	}

	/** What may be sent now and is ours. What somebody else has claimed is theirs to send. */
	async #claim(next: readonly Ready[], lane: Lane<Ready>): Promise<readonly Taken[]> {
		const read = next.flatMap((ready) => {
			const events = eventsOf(ready, this.#outbox.options.config.hooks, this.#options.read);
			if (!("problem" in events)) return [{ ready, events, lane }];
			this.#options.log.info(`1 stored message kept for ${ready.hook.name}: ${events.problem}`);
			lane.settle(ready.id, undefined);
			return [];
		});
		const ours = new Map((await this.#take(read.map(({ ready }) => ready.from))).map((from) => [from.record.id, from]));
		return read.flatMap((each) => {
			const { id } = each.ready;
			const from = ours.get(id);
			if (from === undefined) {
				lane.lose(id);
				return [];
			}
			const taken = { ...each, from };
			this.#taken.set(id, taken);
			return [taken];
		});
	}

	/** False for one that has waited here for so long that somebody else may have claimed it since. */
	#isOurs({ from: { claimedUntil = 0 }, ready, lane }: Taken): boolean {
		if (claimedUntil > this.#outbox.now()) return true;
		this.#taken.delete(ready.id);
		lane.lose(ready.id);
		return false;
	}

	async #take(records: readonly StoredRecord[]): Promise<readonly StoredRecord[]> {
		if (records.length === 0) return [];
		const now = this.#outbox.now();
		const claimed = await this.#outbox.options.records.claim(records, { now, until: now + CLAIM_MS });
		if (!("problem" in claimed)) {
			for (const { record } of claimed) this.#ours.add(record.id);
			return claimed;
		}
		this.#isBroken = true;
		this.#outbox.fail("stored messages are not sent", claimed.problem);
		return [];
	}

	#tell({ expired, obsolete, waiting }: Sifted): void {
		const say = (number: number, what: string) => {
			if (number > 0) this.#options.log.info(`${count(number, "stored message")} ${what}`);
		};
		say(expired.length, "expired: too old to be sent");
		say(obsolete.length, "superseded by newer ones");
		for (const why of new Set(waiting)) say(waiting.filter((other) => other === why).length, `kept for ${why}`);
	}

	#change(): Promise<void> {
		return new Promise((resolve) => {
			this.#changed = resolve;
		});
	}
}
