// Slots: how many things are under way at once, and who waits for one of them to end.

/** A number of slots, each taken for as long as some work takes; whoever waits is served in turn. */
export class Slots {
	#free: number;
	readonly #waiting: (() => void)[] = [];

	constructor(width: number) {
		this.#free = width;
	}

	/** Takes a slot if one is free. */
	take(): boolean {
		if (this.#free === 0) return false;
		this.#free--;
		return true;
	}

	/** Waits for a slot; it is given back by {@link leave}. */
	async enter(): Promise<void> {
		if (!this.take()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
	}

	/** Hands the slot to the first that waits. */
	leave(): void {
		const next = this.#waiting.shift();
		if (next === undefined) this.#free++;
		else next();
	}

	/** Does the work in a slot. */
	async within<T>(work: () => Promise<T>): Promise<T> {
		await this.enter();
		try {
			return await work();
		} finally {
			this.leave();
		}
	}
}
