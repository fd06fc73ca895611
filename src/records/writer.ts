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

	add(record: DeliveryRecord): void {
		this.#added.push(record);
		if (this.#added.length >= MANY) this.#write();
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
		if (added.length > 0) this.#check(await this.#records.put(added));
		if (changes.length > 0) this.#check(await this.#records.settle(changes));
	}

	#check(result: Awaited<ReturnType<Records["put"] | Records["settle"]>>): void {
		if (result === undefined || !("problem" in result)) return;
		this.#hasFailed = true;
		this.#fail(result.problem);
	}
}
