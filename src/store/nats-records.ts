// The records of deliveries in a stream of NATS' JetStream, for fleets: each under a subject of its own.
import {
	askedFor,
	type DeliveryRecord,
	type DisabledHook,
	isFree,
	LOST,
	type RecordChange,
	type RecordList,
	type RecordQuery,
	type RecordState,
	type Records,
	type StoredRecord,
} from "../model/records.ts";
import { isStreamName } from "../model/relay.ts";
import type { StoreFailure } from "../model/store.ts";
import { isNats, withSubject } from "../net/nats-url.ts";
import { checkUrl } from "../net/url.ts";
import { readDisabledHook, writeDisabledHook } from "./disabled-hook-text.ts";
import { recordsStream } from "./nats-records-stream.ts";
import { NatsServer } from "./nats-server.ts";
import type { Entry, NatsStream } from "./nats-stream.ts";
import { NO_RECORDS } from "./no-records.ts";
import { readRecord, writeRecord } from "./record-text.ts";

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
const FREE = { [CLAIMED]: "0" };

/**
 * Where a record is. Those that wait are `open`, and stay there whatever becomes of them; what was delivered at once is
 * `done`, however many there are, and who looks for what is due need not read it.
 */
type Place = "open" | "done";

/** More keys than these are looked for by reading all. */
const MOST_KEYS = 10;

/** Writes that are on their way at once. */
const AT_ONCE = 500;

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
	if (failure === undefined) return new NatsRecords(server, name);
	return isMissing ? NO_RECORDS : failure;
}

class NatsRecords implements Records {
	readonly keepsAll = true;
	readonly #server: NatsServer<NatsStream>;
	readonly #name: string;

	constructor(server: NatsServer<NatsStream>, name: string) {
		this.#server = server;
		this.#name = name;
	}

	async put(records: readonly DeliveryRecord[]): Promise<StoreFailure | undefined> {
		return this.#server.attempt(async (stream) => {
			await eachOf(records, async (record) => {
				const place: Place = record.state === "waiting" ? "open" : "done";
				const [subject, elsewhere] = [this.#subject(record, place), this.#subject(record, OTHER[place])];
				const sequence = await stream.write({ subject, text: writeRecord(record), over: 0 });
				if (sequence === undefined) return;
				// Of two that were put into both places, the first stays; what was changed since is no newcomer.
				const other = await stream.last(elsewhere);
				if (other === undefined) return;
				if (other.sequence < sequence || other.headers.has(CLAIMED)) await stream.remove(sequence);
			});
			return undefined;
		});
	}

	async list(query: RecordQuery): Promise<RecordList | StoreFailure> {
		return this.#server.attempt(async (stream) => {
			const entries = await this.#entries(stream, query);
			const found = new Map<string, StoredRecord>();
			let invalid = 0;
			for (const { subject, sequence, text, headers } of entries) {
				const record = readRecord(text);
				// Nor may a record take the place of another.
				const place = PLACES.find((each) => !("problem" in record) && this.#subject(record, each) === subject);
				if ("problem" in record || place === undefined) {
					invalid++;
					continue;
				}
				// Whatever else others may have written claims nothing.
				const until = Number(headers.get(CLAIMED)) || 0;
				const claim = until === 0 ? {} : { claimedUntil: until };
				found.set(record.id, { record, revision: `${place}.${sequence}`, ...claim });
			}
			return { records: askedFor([...found.values()], query), invalid };
		});
	}

	async #entries(stream: NatsStream, { ids, keys, states }: RecordQuery): Promise<readonly Entry[]> {
		const isOpen = states?.every((state) => state === "waiting");
		const places: readonly Place[] = isOpen ? ["open"] : PLACES;
		const filter = (place: Place, key: string, id: string) => `${this.#name}.record.${place}.${key}.${id}`;
		if (ids !== undefined) {
			const filters = places.flatMap((place) => ids.map((id) => filter(place, "*", token(id))));
			const found = await eachOf(filters, (each) => stream.last(each));
			return found.filter((entry) => entry !== undefined);
		}
		const tokens = keys === undefined || keys.length > MOST_KEYS ? ["*"] : keys.map(token);
		const filters = places.flatMap((place) => tokens.map((key) => filter(place, key, "*")));
		const found: Entry[] = [];
		for (const each of filters) found.push(...(await stream.all(each)));
		return found;
	}

	async claim(
		records: readonly StoredRecord[],
		{ now, until }: { readonly now: number; readonly until: number },
	): Promise<readonly StoredRecord[] | StoreFailure> {
		return this.#server.attempt(async (stream) => {
			const free = records.filter((record) => isFree(record, now));
			const claimed = await eachOf(free, async ({ record, revision }): Promise<StoredRecord[]> => {
				const { place, sequence } = parseRevision(revision);
				const given = { subject: this.#subject(record, place), headers: { [CLAIMED]: String(until) } };
				const next = await stream.write({ ...given, text: writeRecord(record), over: sequence });
				return next === undefined ? [] : [{ record, revision: `${place}.${next}`, claimedUntil: until }];
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
			if (LOST.includes(record.state)) await stream.removeAll(this.#deadSubject("*", record));
			return true;
		}
		// The key is that of the subject, which finds the record.
		const write = { text: writeRecord(to), headers: FREE, over: sequence, subject: this.#subject(record, place) };
		if (place === "done" && to.state === "waiting") {
			const moved = await stream.write({ ...write, over: 0, subject: this.#subject(record, "open") });
			return moved !== undefined && (await stream.remove(sequence));
		}
		if ((await stream.write(write)) === undefined) return false;
		if (to.state !== record.state && LOST.includes(to.state)) {
			const cause = to.attempts.at(-1)?.cause ?? to.state;
			const headers = { "Nats-Msg-Id": to.id, Cause: cause };
			await stream.write({ subject: this.#deadSubject(to.state, to), text: write.text, headers });
		}
		return true;
	}

	async disabled(): Promise<readonly DisabledHook[] | StoreFailure> {
		return this.#server.attempt(async (stream) => {
			const entries = await stream.all(`${this.#name}.disabled.>`);
			return entries.flatMap(({ subject, text }) => {
				const hook = readDisabledHook(text);
				return hook !== undefined && this.#hookSubject(hook) === subject ? [hook] : [];
			});
		});
	}

	async disable(hook: DisabledHook): Promise<StoreFailure | undefined> {
		return this.#server.attempt(async (stream) => {
			await stream.write({ subject: this.#hookSubject(hook), text: writeDisabledHook(hook), over: 0 });
			return undefined;
		});
	}

	async enable(hook: Pick<DisabledHook, "scope" | "hook">): Promise<boolean | StoreFailure> {
		return this.#server.attempt(async (stream) => {
			const found = await stream.last(this.#hookSubject(hook));
			return found !== undefined && stream.remove(found.sequence);
		});
	}

	close(): Promise<void> {
		return this.#server.close();
	}

	#subject({ key = "", id }: DeliveryRecord, place: Place): string {
		return `${this.#name}.record.${place}.${token(key)}.${token(id)}`;
	}

	#deadSubject(state: RecordState | "*", { id }: DeliveryRecord): string {
		return `${this.#name}.dead.${state}.${token(id)}`;
	}

	#hookSubject({ scope, hook }: Pick<DisabledHook, "scope" | "hook">): string {
		return `${this.#name}.disabled.${token(scope)}.${token(hook)}`;
	}
}

/** In the order in which records move: one that is in both is about to leave the first. */
const PLACES: readonly Place[] = ["done", "open"];
const OTHER: Readonly<Record<Place, Place>> = { open: "done", done: "open" };

/** A text as a token of a subject: as it is, or encoded behind a sign that no other has. */
function token(text: string): string {
	return /^[\w-]+$/.test(text) ? text : `=${Buffer.from(text).toString("base64url")}`;
}

function parseRevision(revision: string): { readonly place: Place; readonly sequence: number } {
	const [place, sequence] = revision.split(".");
	return { place: place === "done" ? "done" : "open", sequence: Number(sequence) };
}

/** Does the work for each, so many at once, and gives the results in their order. */
async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
	const results: R[] = [];
	for (let at = 0; at < items.length; at += AT_ONCE) {
		results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
	}
	return results;
}
