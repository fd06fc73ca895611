// A bell: rung by who has brought something, heard by who waits, and seen by who looks later.

export class Bell {
	#rung = 0;
	readonly #listeners = new Set<{ readonly listener: () => void }>();

	/** How often it was rung. */
	get rung(): number {
		return this.#rung;
	}

	ring(): void {
		this.#rung++;
		// One of them may end another.
		for (const each of [...this.#listeners]) if (this.#listeners.has(each)) each.listener();
	}

	/** Calls `listener` at each ring, until the function that is returned is called. */
	onRing(listener: () => void): () => void {
		const entry = { listener };
		this.#listeners.add(entry);
		return () => this.#listeners.delete(entry);
	}
}
