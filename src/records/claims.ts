// What a redelivery has claimed, so that nobody else sends it, and for how long.
import type { Events } from "../model/event.ts";
import type { StoredRecord } from "../model/records.ts";
import type { Log } from "../ports.ts";
import { type ClaimTimes, claimTimes } from "./claim-times.ts";
import type { Lane } from "./lane.ts";
import type { Outbox } from "./outbox.ts";
import type { Ready } from "./sift.ts";
import { eventsOf, type ReadEvent } from "./stored-events.ts";

/** What claims need of their run. */
export interface ClaimOptions {
	readonly read: ReadEvent;
	readonly log: Pick<Log, "info">;
}

/** A stored delivery that is ours for now. */
export interface Taken {
	readonly ready: Ready;
	readonly from: StoredRecord;
	readonly events: Events;
	readonly lane: Lane<Ready>;
}

/** The claims of one redelivery. */
export class Claims {
	readonly #outbox: Outbox;
	readonly #options: ClaimOptions;
	readonly #times: ClaimTimes;
	readonly #taken = new Map<string, Taken>();
	/** The ids of all that was claimed here; the store may still say so when they have ended. */
	readonly ids = new Set<string>();
	/** The store has failed: nothing more is claimed. */
	isBroken = false;

	constructor(outbox: Outbox, options: ClaimOptions) {
		this.#outbox = outbox;
		this.#options = options;
		this.#times = claimTimes(outbox.options.config.hooks);
	}

	/** How many are ours and have not ended. */
	get size(): number {
		return this.#taken.size;
	}

	/** Takes out the one of an id, if it is ours. */
	pull(id: string, hook: string): Taken | undefined {
		const taken = this.#taken.get(id);
		if (taken?.ready.hook.name !== hook) return undefined;
		this.#taken.delete(id);
		return taken;
	}

	/** What may be sent now and is ours. What somebody else has claimed is theirs to send. */
	async claim(next: readonly Ready[], lane: Lane<Ready>): Promise<readonly Taken[]> {
		const { config, rules } = this.#outbox.options;
		const read = next.flatMap((ready) => {
			const events = eventsOf(ready, config.hooks, this.#options.read, rules);
			if (!("problem" in events)) return [{ ready, events, lane }];
			this.#options.log.info(`1 stored message kept for ${ready.hook.name}: ${events.problem}`);
			lane.settle(ready.id, undefined);
			return [];
		});
		const ours = new Map((await this.take(read.map(({ ready }) => ready.from))).map((from) => [from.record.id, from]));
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

	/** False for one that has waited here for so long that somebody else may claim it before it has ended. */
	isInTime({ from, ready, lane }: Taken): boolean {
		const left = (from.claimedUntil ?? 0) - this.#outbox.now();
		if (left > this.#times.neededMs) return true;
		this.#taken.delete(ready.id);
		if (left > 0) this.#outbox.change(from, from.record);
		lane.lose(ready.id);
		return false;
	}

	/** Claims records; those that are ours now. */
	async take(records: readonly StoredRecord[]): Promise<readonly StoredRecord[]> {
		if (records.length === 0) return [];
		const now = this.#outbox.now();
		const claimed = await this.#outbox.options.records.claim(records, { now, until: now + this.#times.wholeMs });
		if (!("problem" in claimed)) {
			for (const { record } of claimed) this.ids.add(record.id);
			return claimed;
		}
		this.isBroken = true;
		this.#outbox.fail("stored messages are not sent", claimed.problem);
		return [];
	}

	/** Releases what was never sent. */
	release(): void {
		for (const { from } of this.#taken.values()) this.#outbox.change(from, from.record);
		this.#taken.clear();
	}
}
