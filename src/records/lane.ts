// The stored deliveries for one receiver: one is sent first, and the others once the receiver has answered it.

/** What waits in a lane. */
export interface Waiting {
	readonly id: string;
	/** What it is about: two with the same are sent one after the other. */
	readonly key: string | undefined;
}

/** In how many places of a long queue somebody may begin. */
const PLACES = 10;

/** The part of what may be in flight at once that is for one receiver, if there are several. */
const SHARE = 0.75;

/** With its place among all that have ever waited. */
interface Placed<T> {
	readonly item: T;
	readonly place: number;
}

/** The deliveries of one receiver, the oldest first. A long queue is not walked through for each that is taken. */
export class Lane<T extends Waiting> {
	readonly receiver: string;
	/** What comes after nothing that waits or is in flight; the oldest last, since an array gives up its end at once. */
	#free: Placed<T>[] = [];
	/** For each key of what is free or in flight, what comes after it; the oldest last. */
	readonly #behind = new Map<string, Placed<T>[]>();
	#places = 0;
	#state: "new" | "probing" | "open" | "closed" = "new";
	readonly #inFlight = new Map<string, string | undefined>();
	/** What nothing is sent about in this run. */
	readonly #left = new Set<string>();

	constructor(receiver: string) {
		this.receiver = receiver;
	}

	/** Whether the receiver has answered, and is sent what waits. */
	get isOpen(): boolean {
		return this.#state === "open";
	}

	/** How many more may be in flight, at most so many, if a slow receiver is to leave room for others. */
	roomFor(most: number, concurrency: number | undefined): number {
		return concurrency === undefined ? most : Math.max(0, Math.ceil(SHARE * concurrency) - this.#inFlight.size);
	}

	/** Whether nothing is in flight, and nothing more will be sent. */
	get isDone(): boolean {
		return this.#inFlight.size === 0 && (this.#state === "closed" || this.#free.length === 0);
	}

	/** How many are not sent in this run, because their receiver has not answered. */
	get keptBack(): number {
		return this.#state === "closed" ? this.#waiting().length : 0;
	}

	/** Adds what waits for the same receiver; what is there already is left out. */
	add(items: readonly T[]): void {
		const waiting = this.#waiting();
		const known = new Set([...waiting.map(({ item }) => item.id), ...this.#inFlight.keys()]);
		const added = items.filter((item) => !known.has(item.id) && !this.#isLeft(item));
		this.#fill([...waiting, ...added.map((item) => ({ item, place: this.#places++ }))]);
	}

	/**
	 * Takes what may be sent now, at most so many. Each is in flight until it is settled. Of a long queue `random` chooses
	 * where to begin, since somebody else may be sending what is at its front.
	 */
	next(most: number, random: () => number = () => 0): readonly T[] {
		if (most < 1) return [];
		const sendable = this.#state === "new" ? Math.min(1, this.#free.length) : this.isOpen ? this.#free.length : 0;
		const places = Math.min(PLACES, Math.floor(sendable / most));
		const start = Math.floor(random() * Math.max(1, places)) * most;
		const count = Math.min(most, sendable);
		const placed = this.#free.splice(this.#free.length - start - count, count);
		const taken = placed.reverse().map(({ item }) => item);
		if (taken.length > 0 && this.#state === "new") this.#state = "probing";
		for (const { id, key } of taken) this.#inFlight.set(id, key);
		return taken;
	}

	/** Somebody else has it: what is about the same waits for another run, since it must come after it. */
	lose(id: string): void {
		const key = this.#inFlight.get(id);
		if (key !== undefined) {
			this.#left.add(key);
			this.#behind.set(key, []);
		}
		this.settle(id, undefined);
	}

	/** Takes out what has ended. */
	remove(ids: ReadonlySet<string>): void {
		this.pull(({ id }) => ids.has(id));
	}

	/** Takes out what waits and is so. */
	pull(is: (item: T) => boolean): readonly T[] {
		const all = this.#waiting();
		this.#fill(all.filter(({ item }) => !is(item)));
		return all.flatMap(({ item }) => (is(item) ? [item] : []));
	}

	/** Leaves what is about these for another run. */
	drop(keys: readonly string[]): void {
		for (const key of keys) this.#left.add(key);
		this.pull((item) => this.#isLeft(item));
	}

	/** What became of one: whether the receiver has answered at all. Undefined where it was not asked. */
	settle(id: string, hasAnswered: boolean | undefined): void {
		const key = this.#inFlight.get(id);
		this.#inFlight.delete(id);
		if (key !== undefined) this.#release(key);
		if (hasAnswered === undefined) this.#state = this.#state === "probing" ? "new" : this.#state;
		else if (!hasAnswered) this.#state = "closed";
		else if (this.#state === "probing") this.#state = "open";
	}

	#isLeft({ key }: T): boolean {
		return key !== undefined && this.#left.has(key);
	}

	/** All that waits, the oldest first. */
	#waiting(): readonly Placed<T>[] {
		return [...this.#free, ...[...this.#behind.values()].flat()].toSorted((one, other) => one.place - other.place);
	}

	/** Sorts out what waits, the oldest first. */
	#fill(waiting: readonly Placed<T>[]): void {
		this.#free = [];
		this.#behind.clear();
		for (const key of this.#inFlight.values()) if (key !== undefined) this.#behind.set(key, []);
		for (const placed of waiting) {
			const { key } = placed.item;
			const older = key === undefined ? undefined : this.#behind.get(key);
			(older ?? this.#free).push(placed);
			if (key !== undefined && older === undefined) this.#behind.set(key, []);
		}
		for (const list of [this.#free, ...this.#behind.values()]) list.reverse();
	}

	/** The next one with a key is free, in its place among the others. */
	#release(key: string): void {
		const next = this.#behind.get(key)?.pop();
		if (next === undefined) {
			this.#behind.delete(key);
			return;
		}
		let [low, high] = [0, this.#free.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#free[middle]?.place ?? 0) > next.place) low = middle + 1;
			else high = middle;
		}
		this.#free.splice(low, 0, next);
	}
}

/** A lane for each receiver. */
export function lanesOf<T extends Waiting & { readonly receiver: string }>(all: readonly T[]): readonly Lane<T>[] {
	const receivers = [...new Set(all.map(({ receiver }) => receiver))];
	return receivers.map((receiver) => {
		const lane = new Lane<T>(receiver);
		lane.add(all.filter((each) => each.receiver === receiver));
		return lane;
	});
}
