// Writes records in few steps: what comes while one is written waits for the next.
import type { DeliveryRecord, RecordChange, Records } from "../model/records.ts";

/** So many new records are written before the end, so that a long run does not keep them all in memory. */
const MANY = 500;

/** Writes to a store of records. New ones wait until there are many or the end has come, changes are written at once. */
export class Writer {
	readonly #records: Records;
	readonly #fail: (problem: string) => void;
	#added: DeliveryRecord[] = [];
	#changes: RecordChange[] = [];
	#writing: Promise<void> | undefined;
	readonly #lost = new Set<string>();
	#hasFailed = false;

	/** `fail` is told what the store says, each time that something could not be written. */
	constructor(records: Records, fail: (problem: string) => void) {
		this.#records = records;
		this.#fail = fail;
	}

	/** Whether nothing has failed so far. */
	get isGood(): boolean {
		return !this.#hasFailed;
	}

	/** Whether a new record is not in the store, as far as it is known. */
	hasLost(id: string): boolean {
		return this.#lost.has(id);
	}

	/** `isUrgent` is for what others must know at once. */
	add(record: DeliveryRecord, isUrgent = false): void {
		this.#added.push(record);
		if (isUrgent || this.#added.length >= MANY) this.#write();
	}

	change(change: RecordChange): void {
		this.#changes.push(change);
		this.#write();
	}

	/** Waits until all is written. */
	async end(): Promise<void> {
		while (this.#writing !== undefined || this.#added.length > 0 || this.#changes.length > 0) {
			this.#write();
			await this.#writing;
		}
	}

	#write(): void {
		this.#writing ??= this.#writeAll().finally(() => {
			this.#writing = undefined;
			if (this.#changes.length > 0 || this.#added.length >= MANY) this.#write();
		});
	}

	async #writeAll(): Promise<void> {
		// What ends at about the same time goes into one write.
		await new Promise(setImmediate);
		const [added, changes] = [this.#added.splice(0), this.#changes.splice(0)];
		if (added.length > 0 && !this.#check(await this.#records.put(added))) {
			for (const { id } of added) this.#lost.add(id);
		}
		if (changes.length > 0) this.#check(await this.#records.settle(changes));
	}

	#check(result: Awaited<ReturnType<Records["put"] | Records["settle"]>>): boolean {
		if (result === undefined || !("problem" in result)) return true;
		this.#hasFailed = true;
		this.#fail(result.problem);
		return false;
	}
}
