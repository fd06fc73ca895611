// A bell: rung by who has brought something, heard by who waits, and seen by who looks later.

export class Bell {
	#rung = 0;
	readonly #listeners = new Set<() => void>();

	/** How often it was rung. */
	get rung(): number {
		return this.#rung;
	}

	ring(): void {
		this.#rung++;
		for (const listener of [...this.#listeners]) listener();
	}

	/** Calls `listener` at each ring, until the function that is returned is called. */
	onRing(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}
