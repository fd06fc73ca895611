// The redelivery of what a store has: what is obsolete or too old ends, and each receiver gets the rest when it answers.
import type { Bell } from "../lib/bell.ts";
import type { Delivery, Outcome } from "../model/delivery.ts";
import type { Webhook } from "../model/hook.ts";
import type { DeliveryRecord, RecordQuery, StoredRecord, Wanted } from "../model/records.ts";
import type { Random } from "../ports.ts";
import { type ClaimOptions, Claims, type Taken } from "./claims.ts";
import { endObsolete } from "./end-obsolete.ts";
import { attemptsOf, hasAnswered, mayBeTriedAgain } from "./fate.ts";
import { type Lane, lanesOf } from "./lane.ts";
import { type LookOptions, look } from "./look.ts";
import type { Outbox } from "./outbox.ts";
import type { Pauses } from "./pauses.ts";
import type { Ready, Sifted } from "./sift.ts";
import { tellOf, tellOfKeptBack, told } from "./told.ts";
import { isByHand, queryOf } from "./wanted.ts";

/** Milliseconds in which a run also takes what arrives meanwhile; it would have no end otherwise. */
const ROUND_MS = 60_000;

/** Records of one receiver that are claimed at once. */
const CLAIMED_AT_ONCE = 100;

/** How many times longer a run sends what it has than it has looked for more. */
const LOOK_SHARE = 4;

/** A look for what is due. */
interface Looked {
	/** How often the bell had rung before. */
	readonly rung: number | undefined;
	/** When the next one is worth its time, while there is something to send. */
	readonly again: number;
}

interface Ended {
	readonly outcome: Outcome;
	readonly taken: Taken;
}

/** What a redelivery needs of its run. */
export interface RedeliveryOptions extends LookOptions, ClaimOptions {
	/** Rings when others have stored something, for a run that takes that too; undefined for one that takes what is there. */
	readonly arrivals?: Bell | undefined;
	/** Which receivers are left alone for now; for a worker, which has many rounds. */
	readonly pauses?: Pauses | undefined;
	/** How many deliveries may be in flight at once. */
	readonly concurrency?: number;
	/** Where to begin in a long queue, from 0 to 1; at its front without. */
	readonly random?: Random | undefined;
}

/** The redelivery of one run. */
export class Redelivery {
	readonly #outbox: Outbox;
	readonly #wanted: Wanted;
	readonly #options: RedeliveryOptions;
	readonly #claims: Claims;
	/** The run has failed: nothing more is claimed. */
	#isStopped = false;
	/** Failed tries of what was not due, and went first because it is older. */
	readonly #early: Ended[] = [];
	#settled = 0;
	#changed = () => {};

	constructor(outbox: Outbox, wanted: Wanted, options: RedeliveryOptions) {
		this.#outbox = outbox;
		this.#wanted = wanted;
		this.#options = options;
		this.#claims = new Claims(outbox, options);
	}

	/** The deliveries, each when its receiver may get it; no more of them after `signal` aborts. */
	async *due(signal: AbortSignal): AsyncGenerator<Delivery<Webhook>, void, undefined> {
		const forget = this.#options.arrivals?.onRing(() => this.#changed());
		try {
			yield* this.#inTurn(signal);
		} finally {
			forget?.();
		}
	}

	async *#inTurn(signal: AbortSignal): AsyncGenerator<Delivery<Webhook>, void, undefined> {
		const lanes: Lane<Ready>[] = [];
		const whole = new Set<Lane<Ready>>();
		const isToFill = (lane: Lane<Ready>) => lane.isOpen && !whole.has(lane);
		const { arrivals, concurrency, random } = this.#options;
		const until = this.#outbox.now() + ROUND_MS;
		// Nothing more is looked at after that, and what is new would wait for all that is old.
		const isOver = () => arrivals !== undefined && this.#outbox.now() >= until;
		let looked = await this.#addDue(lanes);
		let isIdle = false;
		while (!this.#isBroken && !signal.aborted && !isOver() && lanes.some((lane) => isToFill(lane) || !lane.isDone)) {
			const now = this.#outbox.now();
			const hasMore = () => arrivals?.rung !== looked.rung;
			if (hasMore() && (isIdle || now >= looked.again)) looked = await this.#addDue(lanes);
			isIdle = true;
			const before = this.#settled;
			await this.#postpone();
			for (const lane of lanes) {
				if (signal.aborted || isOver()) break;
				if (isToFill(lane)) {
					whole.add(lane);
					await this.#addOthers(lane);
				}
				const isAlone = arrivals === undefined || lanes.length === 1;
				const most = isAlone ? CLAIMED_AT_ONCE : lane.roomFor(CLAIMED_AT_ONCE, concurrency);
				const next = lane.next(most, random);
				if (next.length > 0) isIdle = false;
				for (const taken of await this.#claims.claim(next, lane)) {
					// What is left is released at the end.
					if (signal.aborted || isOver()) break;
					const { ready, events } = taken;
					if (this.#claims.isInTime(taken)) yield { id: ready.id, hook: ready.hook, events };
				}
			}
			// Whatever is left comes after something that is in flight.
			const isToWait = isIdle && this.#claims.size > 0 && this.#settled === before;
			if (isToWait && !this.#isBroken && !hasMore()) await this.#change();
		}
		await this.#postpone();
		// A worker has many rounds, and would say it in each.
		if (arrivals === undefined) tellOfKeptBack(lanes, this.#options.log);
		// The rest is for the next run, at once.
		else if (isOver()) arrivals.ring();
	}

	/** Adds what is due to the lanes. */
	async #addDue(lanes: Lane<Ready>[]): Promise<Looked> {
		const rung = this.#options.arrivals?.rung;
		const start = this.#outbox.now();
		const sifted = await this.#look(queryOf(this.#wanted, start));
		for (const lane of lanesOf(sifted.ready)) {
			const same = lanes.find(({ receiver }) => receiver === lane.receiver);
			if (same === undefined) lanes.push(lane);
			else same.add(sifted.ready.filter(({ receiver }) => receiver === lane.receiver));
		}
		const ended = await endObsolete(sifted, lanes, this.#claims, this.#outbox);
		tellOf({ ...sifted, ...ended }, this.#options.log);
		const end = this.#outbox.now();
		return { rung, again: end + LOOK_SHARE * (end - start) };
	}

	/** Puts the outcome of a stored delivery on record; undefined for any other. */
	settle(outcome: Outcome): Outcome | undefined {
		const taken = this.#claims.pull(outcome.delivery.id, outcome.delivery.hook.name);
		if (taken === undefined) return undefined;
		const { lane, ready, from } = taken;
		this.#outbox.noteOff(outcome);
		const answered = hasAnswered(outcome);
		lane.settle(ready.id, answered);
		this.#pause(answered, taken, outcome);
		// What was not begun stays as it is, unless it can never be: its service takes nothing of it.
		const isSame = outcome.status === "skipped" && outcome.skipCause !== "nothing_to_send";
		const to = isSame ? from.record : this.#after(outcome, taken);
		this.#outbox.change(from, to);
		if (outcome.status === "delivered") this.#outbox.noteDelivered(to, ready.hook);
		else if (this.#isEarly(from.record) && this.#isToWait(outcome)) this.#early.push({ outcome, taken });
		this.#settled++;
		this.#changed();
		return told(outcome, to);
	}

	/** A receiver that does not answer is asked again when it says, or after the first wait of the schedule. */
	#pause(answered: boolean | undefined, { lane, ready }: Taken, { failure }: Outcome): void {
		const { pauses } = this.#options;
		if (answered === true) pauses?.end(lane.receiver);
		if (answered !== false) return;
		const [first = 0] = this.#outbox.waitsOf(ready.hook);
		pauses?.pause(lane.receiver, failure?.retryAt ?? this.#outbox.now() + first);
	}

	/** Takes nothing more, and waits for no outcome. */
	stop(): void {
		this.#isStopped = true;
		this.#changed();
	}

	/** Releases what was claimed and never sent. */
	end(): void {
		this.#claims.release();
	}

	/** The record after a try. One that was not due, or had ended, keeps its place in the schedule if it fails again. */
	#after(outcome: Outcome, { from: { record }, ready: { hook } }: Taken): DeliveryRecord {
		const now = this.#outbox.now();
		const attempts = [...record.attempts, ...attemptsOf(outcome, now, this.#outbox.options.mask)];
		const { supersededBy: _by, ...known } = record;
		const left = { ...known, ...this.#outbox.leftOf(outcome, hook), attempts };
		const isOver = !isByHand(this.#wanted) && !mayBeTriedAgain(outcome);
		if (outcome.status !== "delivered" && this.#isEarly(record) && !isOver) return left;
		const { due: _, ...rest } = left;
		return { ...rest, ...this.#outbox.fateOf(outcome, hook, record.failures, record.expires) };
	}

	/** Whether what comes after it has to wait too. */
	#isToWait(outcome: Outcome): boolean {
		return !isByHand(this.#wanted) && outcome.status === "failed" && mayBeTriedAgain(outcome);
	}

	#isEarly({ state, due = 0 }: DeliveryRecord): boolean {
		return state !== "waiting" || due > this.#outbox.now();
	}

	/** What was due and stays behind an older one that has failed has used up its try; it would be due in every run otherwise. */
	async #postpone(): Promise<void> {
		for (const { outcome, taken } of this.#early.splice(0)) {
			if (taken.ready.key === undefined) continue;
			const due = taken.lane.pull(({ key, from: { record } }) => key === taken.ready.key && !this.#isEarly(record));
			const hooks = new Map(due.map(({ id, hook }) => [id, hook]));
			for (const from of await this.#claims.take(due.map((each) => each.from))) {
				const { due: _, ...record } = from.record;
				const hook = hooks.get(record.id) ?? taken.ready.hook;
				this.#outbox.change(from, {
					...record,
					...this.#outbox.fateOf(outcome, hook, record.failures, record.expires),
				});
			}
		}
	}

	/** What was claimed here keeps its turn: what makes it obsolete comes after it. */
	async #look(query: RecordQuery): Promise<Sifted> {
		const { ids: ours } = this.#claims;
		const found = await look(this.#outbox, { query, wanted: this.#wanted, ours }, this.#options);
		const isOurs = ({ record: { id } }: StoredRecord) => ours.has(id);
		const now = this.#outbox.now();
		const isPaused = ({ receiver }: Ready) => this.#options.pauses?.has(receiver, now) === true;
		return {
			...found,
			ready: found.ready.filter((ready) => !isOurs(ready.from) && !isPaused(ready)),
			expired: found.expired.filter((from) => !isOurs(from)),
			obsolete: found.obsolete.filter(({ from }) => !isOurs(from)),
		};
	}

	/** What waits for a receiver that answers is sent too, due or not. */
	async #addOthers(lane: Lane<Ready>): Promise<void> {
		const { config, ports, rules } = this.#outbox.options;
		if (isByHand(this.#wanted)) return;
		for (const hook of config.hooks) {
			if (hook.kind !== "webhook" || (this.#wanted.hook ?? hook.name) !== hook.name) continue;
			if (rules.receiverOf(hook, ports.env) !== lane.receiver) continue;
			const sifted = await this.#look({ states: ["waiting"], hook: hook.name });
			lane.add(sifted.ready);
			await endObsolete(sifted, [lane], this.#claims, this.#outbox);
		}
	}

	get #isBroken(): boolean {
		return this.#isStopped || this.#claims.isBroken;
	}

	#change(): Promise<void> {
		return new Promise((resolve) => {
			this.#changed = resolve;
		});
	}
}
