// Which deliveries of an event are fired: what follows several of them is fired once.
import type { Delivery } from "../delivery.ts";

/** The ids of an event's deliveries. Most events have nothing that follows, and nobody asks. */
export class Fired {
	readonly #first: () => readonly Delivery[];
	#ids: Set<string> | undefined;

	/** `first` gives those that the event begins with, when they are asked for. */
	constructor(first: () => readonly Delivery[]) {
		this.#first = first;
	}

	/** Whether the delivery is new; it counts as fired from then on. */
	add({ id }: Delivery): boolean {
		const ids = this.#known();
		return ids.size < ids.add(id).size;
	}

	has({ id }: Delivery): boolean {
		return this.#known().has(id);
	}

	#known(): Set<string> {
		this.#ids ??= new Set(this.#first().map(({ id }) => id));
		return this.#ids;
	}
}
