// The newest delivered record of each key and hook, under a subject of its own: what makes an older one obsolete.
import type { About, DeliveryRecord, StoredRecord } from "../../model/records.ts";
import { readRecord, writeRecord } from "../record-text.ts";
import { eachOf, type NatsStream } from "./stream.ts";
import { type RecordSubjects, revisionOf } from "./subjects.ts";

/** Milliseconds that the clocks of two machines may differ: what is further ahead would hide all that happens meanwhile. */
const AHEAD_MS = 300_000;

/** How often another process may be quicker. */
const TRIES = 5;

export class NewestDelivered {
	readonly #subjects: RecordSubjects;

	constructor(subjects: RecordSubjects) {
		this.#subjects = subjects;
	}

	/** Undefined where nothing is known to be delivered. */
	async of(stream: NatsStream, { key, hook }: About): Promise<StoredRecord | undefined> {
		const subject = this.#subjects.newest({ key, hook });
		const found = await stream.last(subject);
		const record = found && readRecord(found.text);
		if (found === undefined || record === undefined || "problem" in record) return undefined;
		// Nor may a record take the place of another.
		const isIt = record.state === "delivered" && record.key === key && record.hook === hook;
		return isIt ? { record, revision: revisionOf("sent", found.sequence) } : undefined;
	}

	/** Forgets a record that is removed. */
	async forget(stream: NatsStream, { key, hook, id }: DeliveryRecord): Promise<void> {
		if (key === undefined) return;
		const found = await stream.last(this.#subjects.newest({ key, hook }));
		const record = found && readRecord(found.text);
		if (found === undefined || record === undefined || "problem" in record || record.id !== id) return;
		await stream.remove(found.sequence);
	}

	/** Keeps those of these that were delivered, and are newer than what is known. */
	async note(stream: NatsStream, records: readonly DeliveryRecord[]): Promise<void> {
		const newest = new Map<string, DeliveryRecord & About>();
		for (const record of records) {
			const { state, key, hook, eventTime } = record;
			if (state !== "delivered" || key === undefined || eventTime > Date.now() + AHEAD_MS) continue;
			const subject = this.#subjects.newest({ key, hook });
			if ((newest.get(subject)?.eventTime ?? Number.NEGATIVE_INFINITY) < eventTime)
				newest.set(subject, { ...record, key });
		}
		await eachOf([...newest], async ([subject, record]) => {
			for (let tries = 0; tries < TRIES; tries++) {
				const there = await stream.last(subject);
				const other = there && readRecord(there.text);
				const isKnown = other !== undefined && !("problem" in other) && other.eventTime >= record.eventTime;
				if (isKnown) return;
				const over = there?.sequence ?? 0;
				if ((await stream.write({ subject, text: writeRecord(record), over })) !== undefined) return;
			}
		});
	}
}
