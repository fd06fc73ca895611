// The deliveries of one event: which were fired, which have no outcome yet, and which nothing has led to.

import type { Bag } from "../lib/bag.ts";
import type { Delivery, Outcome } from "../model/delivery.ts";

/** What follows several deliveries is fired once, or said once not to be reached. */
export class ChainState {
	readonly #fired: Set<string>;
	/** Those without an outcome, and whether they were begun. */
	readonly #unfinished = new Map<Delivery, boolean>();
	/** By the id of what was not reached. */
	readonly #missed = new Map<string, Outcome>();
	#inFlight = 0;
	readonly #leave: () => void;

	/** `first` are those that the event begins with. It is `among` the others until its end. */
	constructor(first: readonly Delivery[], among: Bag<ChainState>) {
		this.#fired = new Set(first.map(({ id }) => id));
		this.plan(first);
		this.#leave = among.add(this);
	}

	/** These are to have an outcome, of their own or of what ends the run. */
	plan(deliveries: readonly Delivery[]): void {
		for (const delivery of deliveries) this.#unfinished.set(delivery, false);
	}

	markBegun(delivery: Delivery): void {
		if (this.#unfinished.has(delivery)) this.#unfinished.set(delivery, true);
	}

	/** The delivery has its outcome, or another one has it. */
	finish(delivery: Delivery): void {
		this.#unfinished.delete(delivery);
	}

	/** Whether the delivery is new; it counts as fired from then on. */
	add({ id }: Delivery): boolean {
		this.#missed.delete(id);
		return this.#fired.size < this.#fired.add(id).size;
	}

	has({ id }: Delivery): boolean {
		return this.#fired.has(id);
	}

	/** Something has not led to what follows it; another may do so yet. */
	miss(outcome: Outcome): void {
		const { id } = outcome.delivery;
		if (!this.#missed.has(id)) this.#missed.set(id, outcome);
	}

	/** Something is in flight that may fire more. */
	begin(): void {
		this.#inFlight++;
	}

	/** It has ended: what was not reached, once nothing can reach it any more. */
	end(): readonly Outcome[] {
		this.#inFlight--;
		if (this.#inFlight > 0) return [];
		this.#leave();
		return this.notReached();
	}

	/** What has no outcome, and whether it was begun. */
	unfinished(): readonly (readonly [delivery: Delivery, isBegun: boolean])[] {
		return [...this.#unfinished];
	}

	/** What was not reached, each once. */
	notReached(): readonly Outcome[] {
		const missed = [...this.#missed.values()];
		this.#missed.clear();
		return missed;
	}
}
