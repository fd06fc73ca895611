// The records of deliveries in a stream of NATS' JetStream, for fleets: each under a subject of its own.
import {
	type About,
	askedFor,
	type DeliveryRecord,
	type DisabledHook,
	isFree,
	LOST,
	type RecordChange,
	type RecordList,
	type RecordQuery,
	type Records,
	type StoredRecord,
	UNDELIVERED,
} from "../../model/records.ts";
import { isStreamName } from "../../model/relay.ts";
import type { StoreFailure } from "../../model/store.ts";
import { isNats, withSubject } from "../../net/nats-url.ts";
import { checkUrl } from "../../net/url.ts";
import { readDisabledHook, writeDisabledHook } from "../disabled-hook-text.ts";
import { NO_RECORDS } from "../no-records.ts";
import { writeRecord } from "../record-text.ts";
import { EndedRecords, FREE } from "./ended.ts";
import { NewestDelivered } from "./newest.ts";
import { recordsStream } from "./records-stream.ts";
import { NatsServer } from "./server.ts";
import { type Entry, eachOf, type NatsStream } from "./stream.ts";
import { PLACE_OF, PLACES, type Place, parseRevision, RecordSubjects, revisionOf } from "./subjects.ts";

/** How a store is opened. */
export interface NatsOptions {
	/** Whether to make a stream that is missing. */
	readonly create: boolean;
	/** Milliseconds for a connection, and for each request. */
	readonly timeoutMs: number;
}

const DEFAULT_NAME = "pipeline-hooks";

/** Until when a record is claimed; of one that was changed and is free, 0. */
const CLAIMED = "Claimed-Until";

/** More keys than these are looked for by reading all. */
const MOST_KEYS = 10;

/**
 * Opens the records of a server, and connects to it. Its URL may name their stream: `nats://user:password@host:4222/name`. A
 * stream that is missing is made, or without `create` left so: there are no records then.
 */
export async function openNatsRecords(
	text: string,
	{ create = true, timeoutMs = 5000 }: Partial<NatsOptions> = {},
): Promise<Records | StoreFailure> {
	const checked = checkUrl(withSubject(text, DEFAULT_NAME), { allowHttp: false, allowPrivate: true });
	if ("problem" in checked) return { problem: `the store's url ${checked.problem}; ${checked.remedy}` };
	const name = checked.url.pathname.slice(1);
	if (!isNats(checked.url) || !isStreamName(name)) {
		return { problem: "the store's url must be nats://host:4222/name, where the name has letters, digits, - and _" };
	}
	let isMissing = false;
	const onMissing = () => {
		isMissing = true;
	};
	const server = new NatsServer(checked.url, { prepare: recordsStream(name, create, onMissing), timeoutMs });
	const failure = await server.attempt(async () => undefined);
	if (failure === undefined) return new NatsRecords(server, name, create);
	return isMissing ? NO_RECORDS : failure;
}

class NatsRecords implements Records {
	readonly keepsAll = true;
	readonly #server: NatsServer<NatsStream>;
	readonly #subjects: RecordSubjects;
	readonly #isTidy: boolean;
	readonly #ended: EndedRecords;
	readonly #newest: NewestDelivered;

	/** `isTidy` is for who writes anyway: it moves what has ended. */
	constructor(server: NatsServer<NatsStream>, name: string, isTidy: boolean) {
		this.#server = server;
		this.#isTidy = isTidy;
		this.#subjects = new RecordSubjects(name);
		this.#newest = new NewestDelivered(this.#subjects);
		this.#ended = new EndedRecords(this.#subjects, this.#newest);
	}

	async put(records: readonly DeliveryRecord[]): Promise<StoreFailure | undefined> {
		return this.#server.attempt(async (stream) => {
			await eachOf(records, async (record) => {
				const sequence = await stream.write({ subject: this.#subjects.of(record), text: writeRecord(record), over: 0 });
				if (sequence === undefined) return;
				// Of two that were put into two places the first stays; what was changed since is not new.
				const others = PLACES.filter((place) => place !== PLACE_OF[record.state]);
				const found = await Promise.all(others.map((place) => stream.last(this.#subjects.of(record, place))));
				const isSecond = (other: Entry) => other.sequence < sequence || other.headers.has(CLAIMED);
				if (found.some((other) => other !== undefined && isSecond(other))) await stream.remove(sequence);
			});
			await this.#newest.note(stream, records);
			return undefined;
		});
	}

	async list(query: RecordQuery): Promise<RecordList | StoreFailure> {
		return this.#server.attempt(async (stream) => {
			const { records, invalid } = this.#read(await this.#entries(stream, query));
			return { records: askedFor(records, query), invalid };
		});
	}

	async rivals(keys: readonly string[], about: readonly About[]): Promise<RecordList | StoreFailure> {
		return this.#server.attempt(async (stream) => {
			// What is delivered and not moved yet is among them.
			const near = await this.#entries(stream, { keys, states: UNDELIVERED });
			const { records, invalid } = this.#read(near);
			const newest = await eachOf(about, (each) => this.#newest.of(stream, each));
			return { records: [...newest.flatMap((found) => found ?? []), ...askedFor(records, { keys })], invalid };
		});
	}

	#read(entries: readonly Entry[]): RecordList {
		const found = new Map<string, StoredRecord>();
		let invalid = 0;
		for (const entry of entries) {
			const { sequence, headers } = entry;
			const placed = this.#subjects.recordIn(entry);
			if (placed === undefined) {
				invalid++;
				continue;
			}
			const { record, place } = placed;
			// Whatever else others may have written claims nothing.
			const until = Number(headers.get(CLAIMED)) || 0;
			const claim = until === 0 ? {} : { claimedUntil: until };
			found.set(record.id, { record, revision: revisionOf(place, sequence), ...claim });
			if (until === 0) this.#ended.note(record, place, sequence);
		}
		return { records: [...found.values()], invalid };
	}

	async #entries(stream: NatsStream, { ids, keys, states }: RecordQuery): Promise<readonly Entry[]> {
		// In the first place there may be any.
		const isAsked = (place: Place) => place === "open" || states?.some((state) => PLACE_OF[state] === place) !== false;
		const places = PLACES.filter(isAsked);
		if (ids !== undefined) {
			const filters = places.flatMap((place) => ids.map((id) => this.#subjects.all(place, { id })));
			const found = await eachOf(filters, (each) => stream.last(each));
			return found.filter((entry) => entry !== undefined);
		}
		const some = keys === undefined || keys.length > MOST_KEYS ? [{}] : keys.map((key) => ({ key }));
		const found: (readonly Entry[])[] = [];
		for (const place of places) {
			for (const each of some) found.push(await stream.all(this.#subjects.all(place, each)));
		}
		return found.flat();
	}

	async claim(
		records: readonly StoredRecord[],
		{ now, until }: { readonly now: number; readonly until: number },
	): Promise<readonly StoredRecord[] | StoreFailure> {
		return this.#server.attempt(async (stream) => {
			const free = records.filter((record) => isFree(record, now));
			const claimed = await eachOf(free, async ({ record, revision }): Promise<StoredRecord[]> => {
				const { place, sequence } = parseRevision(revision);
				const given = { subject: this.#subjects.of(record, place), headers: { [CLAIMED]: String(until) } };
				const next = await stream.write({ ...given, text: writeRecord(record), over: sequence });
				return next === undefined ? [] : [{ record, revision: revisionOf(place, next), claimedUntil: until }];
			});
			return claimed.flat();
		});
	}

	async settle(changes: readonly RecordChange[]): Promise<readonly string[] | StoreFailure> {
		return this.#server.attempt(async (stream) => {
			const made = await eachOf(changes, (change) => this.#settle(stream, change));
			return changes.flatMap(({ from }, at) => (made[at] === true ? [] : [from.record.id]));
		});
	}

	async #settle(stream: NatsStream, { from: { record, revision }, to }: RecordChange): Promise<boolean> {
		const { place, sequence } = parseRevision(revision);
		if (to === undefined) {
			if (!(await stream.remove(sequence))) return false;
			if (LOST.includes(record.state)) await stream.removeAll(this.#subjects.dead("*", record));
			if (record.state === "delivered") await this.#newest.forget(stream, record);
			return true;
		}
		if (place !== "open" && to.state === "waiting") {
			const moved = { subject: this.#subjects.of(to), text: writeRecord(to), headers: FREE, over: 0 };
			return (await stream.write(moved)) !== undefined && (await stream.remove(sequence));
		}
		// The key is that of the subject, which finds the record, also where only a part of a batch is left.
		const { key: _, ...rest } = to;
		const kept = record.key === undefined ? rest : { ...rest, key: record.key };
		const write = { text: writeRecord(kept), headers: FREE, subject: this.#subjects.of(record, place) };
		const next = await stream.write({ ...write, over: sequence });
		if (next === undefined) return false;
		this.#ended.note(kept, place, next);
		if (to.state !== record.state && LOST.includes(to.state)) {
			const cause = to.attempts.at(-1)?.cause ?? to.state;
			const headers = { "Nats-Msg-Id": to.id, Cause: cause };
			await stream.write({ subject: this.#subjects.dead(to.state, to), text: write.text, headers });
		}
		return true;
	}

	async removeInvalid(): Promise<number | StoreFailure> {
		return this.#server.attempt(async (stream) => {
			const invalid = (await this.#entries(stream, {})).filter((entry) => this.#subjects.recordIn(entry) === undefined);
			const removed = await eachOf(invalid, ({ sequence }) => stream.remove(sequence));
			return removed.filter(Boolean).length;
		});
	}

	async disabled(): Promise<readonly DisabledHook[] | StoreFailure> {
		return this.#server.attempt(async (stream) => {
			const entries = await stream.all(this.#subjects.allDisabled);
			return entries.flatMap(({ subject, text }) => {
				const hook = readDisabledHook(text);
				return hook !== undefined && this.#subjects.disabled(hook) === subject ? [hook] : [];
			});
		});
	}

	async disable(hook: DisabledHook): Promise<StoreFailure | undefined> {
		return this.#server.attempt(async (stream) => {
			await stream.write({ subject: this.#subjects.disabled(hook), text: writeDisabledHook(hook), over: 0 });
			return undefined;
		});
	}

	async enable(hook: Pick<DisabledHook, "scope" | "hook">): Promise<boolean | StoreFailure> {
		return this.#server.attempt(async (stream) => {
			const found = await stream.last(this.#subjects.disabled(hook));
			return found !== undefined && stream.remove(found.sequence);
		});
	}

	async close(): Promise<void> {
		if (this.#isTidy && this.#ended.size > 0) await this.#server.attempt((stream) => this.#ended.move(stream));
		await this.#server.close();
	}
}
