// How long a worker leaves a receiver alone after it has failed, over several rounds.

/** Until when each receiver is left alone, in milliseconds since 1970. */
export class Pauses {
	readonly #until = new Map<string, number>();

	has(receiver: string, now: number): boolean {
		return (this.#until.get(receiver) ?? 0) > now;
	}

	/** Until then nothing is sent to it. */
	pause(receiver: string, until: number): void {
		this.#until.set(receiver, until);
	}

	/** It has answered. */
	end(receiver: string): void {
		this.#until.delete(receiver);
	}
}
