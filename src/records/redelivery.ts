// The redelivery of what a store has: what is obsolete or too old ends, and each receiver gets the rest when it answers.
import { count } from "../lib/text.ts";
import type { Delivery, Outcome } from "../model/delivery.ts";
import type { Webhook } from "../model/hook.ts";
import type { DeliveryRecord, RecordQuery, RecordState, StoredRecord, Wanted } from "../model/records.ts";
import type { Log } from "../ports.ts";
import { attemptsOf, isRecorded } from "./fate.ts";
import { Lane } from "./lane.ts";
import { receiverOf } from "./late.ts";
import { type Outbox, superseded } from "./outbox.ts";
import { type ReadEvent, type Ready, type Sifted, sift } from "./sift.ts";

/** Milliseconds in which what was claimed at once is settled. */
const CLAIM_MS = 30 * 60_000;

/** Records of one receiver that are claimed at once. */
const CLAIMED_AT_ONCE = 100;

const UNDELIVERED: readonly RecordState[] = ["waiting", "failed", "retry_limit_reached", "expired"];

/** The redelivery of one run. */
export class Redelivery {
	readonly #outbox: Outbox;
	readonly #wanted: Wanted;
	readonly #read: ReadEvent;
	readonly #log: Pick<Log, "info">;
	readonly #unreadable: (problem: string) => Error;
	readonly #taken = new Map<string, { readonly ready: Ready; readonly lane: Lane<Ready> }>();
	#settled = 0;
	#changed = () => {};

	/** `unreadable` makes the error that is thrown where the store cannot be read. */
	constructor(
		outbox: Outbox,
		wanted: Wanted,
		{
			read,
			log,
			unreadable,
		}: {
			readonly read: ReadEvent;
			readonly log: Pick<Log, "info">;
			readonly unreadable: (problem: string) => Error;
		},
	) {
		this.#outbox = outbox;
		this.#wanted = wanted;
		this.#read = read;
		this.#log = log;
		this.#unreadable = unreadable;
	}

	/** What would be done now; nothing is changed. Throws where the store cannot be read. */
	async plan(): Promise<Sifted> {
		return this.#sift(this.#query());
	}

	/** The deliveries, each when its receiver may get it; no more of them after `signal` aborts. */
	async *due(signal: AbortSignal): AsyncGenerator<Delivery<Webhook>, void, undefined> {
		const sifted = await this.plan();
		this.#tell(sifted);
		await this.#endObsolete(sifted);
		const lanes = lanesOf(sifted.ready);
		const whole = new Set<Lane<Ready>>();
		while (!signal.aborted && lanes.some((lane) => !lane.isDone)) {
			let isIdle = true;
			const before = this.#settled;
			for (const lane of lanes) {
				if (lane.isOpen && !whole.has(lane)) {
					whole.add(lane);
					await this.#addOthers(lane);
				}
				for (const ready of await this.#claim(lane)) {
					isIdle = false;
					yield { id: ready.id, hook: ready.hook, events: ready.events };
				}
			}
			if (isIdle && this.#settled === before && lanes.some((lane) => !lane.isDone)) await this.#change();
		}
	}

	/** Puts the outcome of a stored delivery on record; undefined for any other. */
	settle(outcome: Outcome): Outcome | undefined {
		const taken = this.#taken.get(outcome.delivery.id);
		if (taken === undefined || outcome.delivery.hook.name !== taken.ready.hook.name) return undefined;
		const { lane, ready } = taken;
		this.#taken.delete(ready.id);
		this.#outbox.noteOff(outcome);
		lane.settle(ready.id, hasAnswered(outcome));
		const to = isRecorded(outcome) ? this.#after(outcome, ready) : ready.from.record;
		this.#outbox.writer.change({ from: ready.from, to });
		this.#settled++;
		this.#changed();
		return this.#outbox.told(outcome, to);
	}

	/** Releases what was claimed and never sent. */
	end(): void {
		for (const { ready } of this.#taken.values()) {
			this.#outbox.writer.change({ from: ready.from, to: ready.from.record });
		}
		this.#taken.clear();
	}

	/** The record after a try. One that was not due, or had ended, keeps its place in the schedule if it fails again. */
	#after(outcome: Outcome, { from: { record }, hook }: Ready): DeliveryRecord {
		const now = this.#outbox.now();
		const attempts = [...record.attempts, ...attemptsOf(outcome, now, this.#outbox.options.mask)];
		const isByHand = record.state !== "waiting" || (record.due ?? 0) > now;
		if (outcome.status !== "delivered" && isByHand) return { ...record, attempts };
		const { due: _, ...rest } = record;
		return { ...rest, attempts, ...this.#outbox.fateOf(outcome, hook, record.failures, record.expires) };
	}

	#query(): RecordQuery {
		const { all, hook, id, since, until } = this.#wanted;
		if (id !== undefined) return { ids: [id] };
		const some = { ...(hook !== undefined && { hook }) };
		const times = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
		if (this.#isByHand || all === true) return { states: UNDELIVERED, ...some, ...times };
		return { states: ["waiting"], dueBy: this.#outbox.now(), ...some };
	}

	get #isByHand(): boolean {
		const { all, id, since, until } = this.#wanted;
		return all === true || id !== undefined || since !== undefined || until !== undefined;
	}

	async #sift(query: RecordQuery): Promise<Sifted> {
		const { config, ports, records } = this.#outbox.options;
		const found = await records.list(query);
		if ("problem" in found) throw this.#unreadable(found.problem);
		if (found.invalid > 0) this.#outbox.warn(`${count(found.invalid, "stored message")} cannot be read`);
		const keys = [...new Set(found.records.flatMap(({ record: { key } }) => key ?? []))];
		const rivals = await records.list({ keys, states: ["waiting", "delivered"] });
		if ("problem" in rivals) throw this.#unreadable(rivals.problem);
		const off = await records.disabled();
		if ("problem" in off) throw this.#unreadable(off.problem);
		return sift(found.records, this.#wanted.id === undefined ? rivals.records : [], {
			scope: this.#outbox.scope,
			hooks: config.hooks,
			env: ports.env,
			now: this.#outbox.now(),
			switchedOff: new Map(
				off.filter(({ scope }) => scope === this.#outbox.scope).map(({ hook, reason }) => [hook, reason]),
			),
			isByHand: this.#isByHand,
			read: this.#read,
		});
	}

	/** What waits for a receiver that answers is sent too, due or not. */
	async #addOthers(lane: Lane<Ready>): Promise<void> {
		const { config, ports } = this.#outbox.options;
		if (this.#wanted.id !== undefined) return;
		for (const hook of config.hooks) {
			if (hook.kind !== "webhook" || (this.#wanted.hook ?? hook.name) !== hook.name) continue;
			if (receiverOf(hook, ports.env) !== lane.receiver) continue;
			lane.add((await this.#sift({ states: ["waiting"], hook: hook.name })).ready);
		}
	}

	async #endObsolete({ expired, obsolete }: Sifted): Promise<void> {
		const by = new Map(obsolete.map(({ from, by }) => [from.record.id, by.id]));
		for (const from of await this.#take([...expired, ...obsolete.map(({ from }) => from)])) {
			const { due: _, ...record } = from.record;
			const id = by.get(record.id);
			this.#outbox.writer.change({
				from,
				to: id === undefined ? { ...record, state: "expired" } : superseded(record, id),
			});
		}
	}

	/** What may be sent now and is ours. What somebody else has claimed is theirs to send. */
	async #claim(lane: Lane<Ready>): Promise<readonly Ready[]> {
		const next = lane.next(CLAIMED_AT_ONCE);
		const ours = new Map((await this.#take(next.map(({ from }) => from))).map((from) => [from.record.id, from]));
		return next.flatMap((ready) => {
			const from = ours.get(ready.id);
			if (from === undefined) {
				lane.settle(ready.id, undefined);
				return [];
			}
			const claimed = { ...ready, from };
			this.#taken.set(ready.id, { ready: claimed, lane });
			return [claimed];
		});
	}

	async #take(records: readonly StoredRecord[]): Promise<readonly StoredRecord[]> {
		if (records.length === 0) return [];
		const now = this.#outbox.now();
		const claimed = await this.#outbox.options.records.claim(records, { now, until: now + CLAIM_MS });
		if (!("problem" in claimed)) return claimed;
		this.#outbox.warn(`stored messages are not sent: ${claimed.problem}`);
		return [];
	}

	#tell({ expired, obsolete, waiting }: Sifted): void {
		const say = (number: number, what: string) => {
			if (number > 0) this.#log.info(`${count(number, "stored message")} ${what}`);
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

/** A lane for each receiver. */
function lanesOf(all: readonly Ready[]): readonly Lane<Ready>[] {
	const receivers = [...new Set(all.map(({ receiver }) => receiver))];
	return receivers.map((receiver) => {
		const lane = new Lane<Ready>(receiver);
		lane.add(all.filter((ready) => ready.receiver === receiver));
		return lane;
	});
}

/** Whether the receiver has answered; undefined where it was not asked. */
function hasAnswered({ status, failure }: Outcome): boolean | undefined {
	if (status === "delivered") return true;
	return failure === undefined ? undefined : !failure.retryable;
}
