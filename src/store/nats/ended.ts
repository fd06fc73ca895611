// Records that have ended where they waited, and are moved to where they belong.
import type { DeliveryRecord } from "../../model/records.ts";
import { writeRecord } from "../record-text.ts";
import type { NewestDelivered } from "./newest.ts";
import { eachOf, type NatsStream } from "./stream.ts";
import { PLACE_OF, type Place, type RecordSubjects } from "./subjects.ts";

export class EndedRecords {
	readonly #subjects: RecordSubjects;
	readonly #newest: NewestDelivered;
	/** By their sequence in the stream. */
	readonly #found = new Map<number, { readonly record: DeliveryRecord; readonly place: Place }>();

	constructor(subjects: RecordSubjects, newest: NewestDelivered) {
		this.#subjects = subjects;
		this.#newest = newest;
	}

	/** How many are to be moved. */
	get size(): number {
		return this.#found.size;
	}

	/** A record in a place, where it may not belong. */
	note(record: DeliveryRecord, place: Place, sequence: number): void {
		if (place !== PLACE_OF[record.state]) this.#found.set(sequence, { record, place });
	}

	/**
	 * Moves them. A server that is killed may forget that something was removed, which is why nothing is moved before it has
	 * ended.
	 */
	async move(stream: NatsStream): Promise<void> {
		const ended = [...this.#found];
		this.#found.clear();
		await this.#newest.note(
			stream,
			ended.map(([, { record }]) => record),
		);
		await eachOf(ended, async ([sequence, { record, place }]) => {
			// Somebody may have sent it again meanwhile.
			const there = await stream.last(this.#subjects.of(record, place));
			if (there?.sequence !== sequence) return;
			await stream.write({ subject: this.#subjects.of(record), text: writeRecord(record), headers: FREE, over: 0 });
			await stream.remove(sequence);
		});
	}
}

/** Headers of a record that nobody has claimed since it was changed. */
export const FREE = { "Claimed-Until": "0" };
