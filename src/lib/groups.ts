// Groups of what comes one after the other, of at most so many and so many bytes.

/** What one group has at most; what has more bytes by itself is a group of its own. */
export interface GroupLimits {
	readonly items: number;
	readonly bytes: number;
}

/** Groups that fill, in order. */
export class Groups<T> {
	readonly #limits: GroupLimits;
	#open: T[] = [];
	#bytes = 0;

	constructor(limits: GroupLimits) {
		this.#limits = limits;
	}

	/** Adds one; the groups that it fills, or finds no room in. */
	add(item: T, bytes: number): readonly (readonly T[])[] {
		const before = this.#bytes + bytes > this.#limits.bytes ? this.rest() : [];
		this.#open.push(item);
		this.#bytes += bytes;
		const isFull = this.#open.length >= this.#limits.items || this.#bytes >= this.#limits.bytes;
		return isFull ? [...before, ...this.rest()] : before;
	}

	/** The group that is not full; none where that is empty. */
	rest(): readonly (readonly T[])[] {
		const open = this.#open;
		this.#open = [];
		this.#bytes = 0;
		return open.length === 0 ? [] : [open];
	}
}
