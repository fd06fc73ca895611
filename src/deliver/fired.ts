// The deliveries of one event: what follows several of them is fired once, or said once not to be reached.
import type { Delivery, Outcome } from "../delivery.ts";

/** The ids of an event's deliveries, and those that nothing has led to so far. */
export class Fired {
	readonly #ids: Set<string>;
	/** By the id of what was not reached. */
	readonly #missed = new Map<string, Outcome>();
	#underWay = 0;

	/** `first` are those that the event begins with. */
	constructor(first: readonly Delivery[]) {
		this.#ids = new Set(first.map(({ id }) => id));
	}

	/** Whether the delivery is new; it counts as fired from then on. */
	add({ id }: Delivery): boolean {
		this.#missed.delete(id);
		return this.#ids.size < this.#ids.add(id).size;
	}

	has({ id }: Delivery): boolean {
		return this.#ids.has(id);
	}

	/** Something has not led to what follows it; another may do so yet. */
	miss(outcome: Outcome): void {
		const { id } = outcome.delivery;
		if (!this.#missed.has(id)) this.#missed.set(id, outcome);
	}

	/** Something was begun that may fire more. */
	begin(): void {
		this.#underWay++;
	}

	/** It has ended: what was not reached, once nothing can reach it any more. */
	end(): readonly Outcome[] {
		this.#underWay--;
		return this.#underWay > 0 ? [] : this.notReached();
	}

	/** What was not reached, each once. */
	notReached(): readonly Outcome[] {
		const missed = [...this.#missed.values()];
		this.#missed.clear();
		return missed;
	}
}
