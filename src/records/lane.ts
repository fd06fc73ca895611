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

/** The deliveries of one receiver, the oldest first. */
export class Lane<T extends Waiting> {
	readonly receiver: string;
	#queue: readonly T[] = [];
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
		return this.#inFlight.size === 0 && this.#sendable().length === 0;
	}

	/** Adds what waits for the same receiver; what is there already is left out. */
	add(items: readonly T[]): void {
		const known = new Set([...this.#queue.map(({ id }) => id), ...this.#inFlight.keys()]);
		this.#queue = [...this.#queue, ...items.filter((item) => !known.has(item.id) && !this.#isLeft(item))];
	}

	/**
	 * Takes what may be sent now, at most so many. Each is in flight until it is settled. Of a long queue `random` chooses
	 * where to begin, since somebody else may be sending what is at its front.
	 */
	next(most: number, random: () => number = () => 0): readonly T[] {
		if (most < 1) return [];
		const sendable = this.#sendable();
		const places = Math.min(PLACES, Math.floor(sendable.length / most));
		const start = Math.floor(random() * Math.max(1, places)) * most;
		const taken = sendable.slice(start, start + most);
		if (taken.length > 0 && this.#state === "new") this.#state = "probing";
		const ids = new Set(taken.map(({ id }) => id));
		this.#queue = this.#queue.filter(({ id }) => !ids.has(id));
		for (const { id, key } of taken) this.#inFlight.set(id, key);
		return taken;
	}

	/** Somebody else has it: what is about the same waits for another run, since it must come after it. */
	lose(id: string): void {
		const key = this.#inFlight.get(id);
		this.settle(id, undefined);
		if (key !== undefined) this.drop([key]);
	}

	/** Takes out what has ended. */
	remove(ids: ReadonlySet<string>): void {
		this.#queue = this.#queue.filter(({ id }) => !ids.has(id));
	}

	/** Takes out what waits and is so. */
	pull(is: (item: T) => boolean): readonly T[] {
		const pulled = this.#queue.filter(is);
		this.#queue = this.#queue.filter((item) => !pulled.includes(item));
		return pulled;
	}

	/** Leaves what is about these for another run. */
	drop(keys: readonly string[]): void {
		for (const key of keys) this.#left.add(key);
		this.#queue = this.#queue.filter((item) => !this.#isLeft(item));
	}

	/** What became of one: whether the receiver has answered at all. Undefined where it was not asked. */
	settle(id: string, hasAnswered: boolean | undefined): void {
		this.#inFlight.delete(id);
		if (hasAnswered === undefined) this.#state = this.#state === "probing" ? "new" : this.#state;
		else if (!hasAnswered) this.#state = "closed";
		else if (this.#state === "probing") this.#state = "open";
	}

	#isLeft({ key }: T): boolean {
		return key !== undefined && this.#left.has(key);
	}

	#sendable(): readonly T[] {
		if (this.#state === "new") return this.#queue.slice(0, 1);
		if (this.#state !== "open") return [];
		const keys = new Set([...this.#inFlight.values()].filter((key) => key !== undefined));
		return this.#queue.filter(({ key }) => {
			if (key === undefined) return true;
			const isFree = !keys.has(key);
			keys.add(key);
			return isFree;
		});
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
