// The deliveries of one event: which were fired, which have no outcome yet, and which were not reached.

import type { Bag } from "../lib/bag.ts";
import type { Delivery, Outcome } from "../model/delivery.ts";

/** A delivery that follows several others is fired once, or skipped once as not reached. */
export class ChainState {
	readonly #fired: Set<string>;
	/** Those without an outcome, and whether they were begun. */
	readonly #unfinished = new Map<Delivery, boolean>();
	/** By the id of what was not reached. */
	readonly #missed = new Map<string, Outcome>();
	#inFlight = 0;
	readonly #leave: () => void;

	/** `first` are those that the event begins with. The state is `among` the others until its end. */
	constructor(first: readonly Delivery[], among: Bag<ChainState>) {
		this.#fired = new Set(first.map(({ id }) => id));
		this.plan(first);
		this.#leave = among.add(this);
	}

	/** From now on these need an outcome. */
	plan(deliveries: readonly Delivery[]): void {
		for (const delivery of deliveries) this.#unfinished.set(delivery, false);
	}

	markBegun(delivery: Delivery): void {
		if (this.#unfinished.has(delivery)) this.#unfinished.set(delivery, true);
	}

	/** The delivery has its outcome, or another one has it in its place. */
	finish(delivery: Delivery): void {
		this.#unfinished.delete(delivery);
	}

	/** Counts the delivery as fired. False if it was fired before. */
	add({ id }: Delivery): boolean {
		this.#missed.delete(id);
		return this.#fired.size < this.#fired.add(id).size;
	}

	has({ id }: Delivery): boolean {
		return this.#fired.has(id);
	}

	/** A delivery has not led to its follower; another one still may. */
	miss(outcome: Outcome): void {
		const { id } = outcome.delivery;
		if (!this.#missed.has(id)) this.#missed.set(id, outcome);
	}

	/** Something is in flight that may fire more deliveries. */
	begin(): void {
		this.#inFlight++;
	}

	/** It has ended. Gives what was not reached, as soon as nothing can reach it any more. */
	end(): readonly Outcome[] {
		this.#inFlight--;
		if (this.#inFlight > 0) return [];
		this.#leave();
		return this.notReached();
	}

	/** The deliveries without an outcome, and whether they were begun. */
	unfinished(): readonly (readonly [delivery: Delivery, isBegun: boolean])[] {
		return [...this.#unfinished];
	}

	/** The outcomes of what was not reached, each given once. */
	notReached(): readonly Outcome[] {
		const missed = [...this.#missed.values()];
		this.#missed.clear();
		return missed;
	}
}
