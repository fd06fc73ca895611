// Slots: how many things are in flight at once, and who waits for one of them to end.

/** If so many wait aside, nothing new gets a slot, because each of them keeps its message in memory. */
const MAX_ASIDE = 200;

/** A number of slots, each taken for the time of some work; those who wait are served in turn. */
export class Slots {
	#free: number;
	#aside = 0;
	readonly #waiting: (() => void)[] = [];
	readonly #returning: (() => void)[] = [];

	constructor(width: number) {
		this.#free = width;
	}

	/** Takes a slot if one is free. */
	take(): boolean {
		if (this.#free === 0 || this.#aside >= MAX_ASIDE) return false;
		this.#free--;
		return true;
	}

	/** Waits for a slot; it is given back by {@link leave}. */
	async enter(): Promise<void> {
		if (!this.take()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
	}

	/** Gives the slot back, to the first that waits. */
	leave(): void {
		this.#free++;
		this.#serve();
	}

	/** Gives the slot back while its work waits for something else, and takes one again before any that has not begun. */
	async aside<T>(waiting: Promise<T>): Promise<T> {
		this.#aside++;
		this.leave();
		try {
			return await waiting;
		} finally {
			this.#aside--;
			const back = new Promise<void>((resolve) => this.#returning.push(resolve));
			this.#serve();
			await back;
		}
	}

	#serve(): void {
		while (this.#free > 0) {
			const next = this.#returning.shift() ?? (this.#aside < MAX_ASIDE ? this.#waiting.shift() : undefined);
			if (next === undefined) return;
			this.#free--;
			next();
		}
	}
}
