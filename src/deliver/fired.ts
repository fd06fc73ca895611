// Which deliveries of an event are fired: what follows several of them is fired once, or said once not to be reached.
import type { Delivery, Outcome } from "../delivery.ts";

/** The ids of an event's deliveries. Most events have nothing that follows, and nobody asks. */
export class Fired {
	readonly #first: () => readonly Delivery[];
	#ids: Set<string> | undefined;
	/** By the id of what was not reached. */
	#missed: Map<string, Outcome> | undefined;
	#underWay = 0;

	/** `first` gives those that the event begins with, when they are asked for. */
	constructor(first: () => readonly Delivery[]) {
		this.#first = first;
	}

	/** Whether the delivery is new; it counts as fired from then on. */
	add({ id }: Delivery): boolean {
		const ids = this.#known();
		this.#missed?.delete(id);
		return ids.size < ids.add(id).size;
	}

	has({ id }: Delivery): boolean {
		return this.#known().has(id);
	}

	/** Something has not led to what follows it; another may do so yet. */
	miss(outcome: Outcome): void {
		this.#missed ??= new Map();
		const { id } = outcome.delivery;
		if (!this.#missed.has(id)) this.#missed.set(id, outcome);
	}

	/** Something was begun that may fire more. */
	begin(): void {
		this.#underWay++;
	}

	/** It has ended: what was not reached, once nothing can reach it any more. */
	end(): Iterable<Outcome> {
		this.#underWay--;
		if (this.#underWay > 0 || this.#missed === undefined) return NOTHING;
		const missed = this.#missed.values();
		this.#missed = undefined;
		return missed;
	}

	#known(): Set<string> {
		this.#ids ??= new Set(this.#first().map(({ id }) => id));
		return this.#ids;
	}
}

const NOTHING: readonly Outcome[] = [];
