// Things that come and go in great numbers, in no order.

interface Item<T> {
	readonly value: T;
	place: number;
}

/**
 * A collection for values that stay a short while each. A `Set` or `Map` that outlives a garbage collection makes its
 * next table whenever one is full of deleted entries, and each old table keeps the next one, and all that was in it, in
 * memory until a full collection.
 */
export class Bag<T> {
	readonly #items: Item<T>[] = [];

	/** Adds a value; the function that is returned takes it out again. */
	add(value: T): () => void {
		const item = { value, place: this.#items.length };
		this.#items.push(item);
		return () => this.#remove(item);
	}

	/** All of them. */
	values(): readonly T[] {
		return this.#items.map(({ value }) => value);
	}

	/** Takes out any value; undefined where there is none. */
	take(): T | undefined {
		return this.#items.pop()?.value;
	}

	#remove(item: Item<T>): void {
		if (this.#items[item.place] !== item) return;
		const last = this.#items.pop();
		if (last === undefined || last === item) return;
		this.#items[item.place] = last;
		last.place = item.place;
	}
}
