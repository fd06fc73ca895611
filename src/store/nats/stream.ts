// One stream of NATS' JetStream as a store of texts by subject: the last text of each, changed by compare-and-swap.
import {
	AckPolicy,
	type Consumer,
	JetStreamApiError,
	type JetStreamClient,
	type JetStreamManager,
	type StreamInfo,
} from "@nats-io/jetstream";
import { errors, headers } from "@nats-io/transport-node";
import { within } from "../../lib/within.ts";

/** A text as it is in the stream. */
export interface Entry {
	readonly subject: string;
	/** Its place in the stream, which changes with each change of the text. */
	readonly sequence: number;
	readonly text: string;
	readonly headers: ReadonlyMap<string, string>;
}

/** What is written, and in the place of what. */
export interface Write {
	readonly subject: string;
	readonly text: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** The sequence that the subject must have now: 0 for none; absent where it does not matter. */
	readonly over?: number;
}

/** A stream that is open. All of it throws. */
export class NatsStream {
	readonly #name: string;
	readonly #client: JetStreamClient;
	readonly #manager: JetStreamManager;

	constructor(name: string, client: JetStreamClient, manager: JetStreamManager) {
		this.#name = name;
		this.#client = client;
		this.#manager = manager;
	}

	/** The new sequence; undefined where the subject has another one than it must have. */
	async write({ subject, text, headers: given = {}, over }: Write): Promise<number | undefined> {
		const options = {
			headers: headers(),
			...(over !== undefined && { expect: { lastSubjectSequence: over } }),
		};
		for (const [name, value] of Object.entries(given)) options.headers.set(name, value);
		return unless(isWrongSequence, async () => (await this.#client.publish(subject, text, options)).seq);
	}

	/** False where the text is not there any more, or was changed. */
	async remove(sequence: number): Promise<boolean> {
		const removed = () => this.#manager.streams.deleteMessage(this.#name, sequence, false);
		return (await unless(isGone, removed)) ?? false;
	}

	/** Removes all texts of the subjects that a filter matches. */
	async removeAll(filter: string): Promise<void> {
		await this.#manager.streams.purge(this.#name, { filter });
	}

	/** The newest text of the subjects that a filter matches. */
	async last(filter: string): Promise<Entry | undefined> {
		const get = () => this.#manager.streams.getMessage(this.#name, { last_by_subj: filter });
		const message = await unless(isGone, get);
		if (!message) return undefined;
		const { subject, seq, header } = message;
		return { subject, sequence: seq, text: message.string(), headers: flat(header) };
	}

	/**
	 * All texts of the subjects that a filter matches, the oldest change first. A consumer of their own reads them, without
	 * acknowledgements, so that no limit of pending ones holds any back.
	 */
	async all(filter: string): Promise<readonly Entry[]> {
		const { name, num_pending } = await this.#manager.consumers.add(this.#name, {
			ack_policy: AckPolicy.None,
			filter_subject: filter,
			mem_storage: true,
			inactive_threshold: 60e9,
		});
		const consumer = await this.#client.consumers.get(this.#name, name);
		const found: Entry[] = [];
		for (let left = num_pending; left > 0; ) left = await readPage(consumer, left, found);
		await this.#manager.consumers.delete(this.#name, name);
		return found;
	}
}

/** How many texts are asked for at once, and how many milliseconds the server waits for them. */
const PAGE = 1000;
const PAGE_MS = 2000;

/** Milliseconds without a text, after which the server is asked whether there is any more. */
const PAUSE_MS = 20;

/** Adds the next texts to those that were found; how many there are after them. */
async function readPage(consumer: Consumer, left: number, found: Entry[]): Promise<number> {
	const messages = await consumer.fetch({ max_messages: Math.min(left, PAGE), expires: PAGE_MS });
	const iterator = messages[Symbol.asyncIterator]();
	const before = found.length;
	let coming = iterator.next();
	for (;;) {
		const next = await within(coming, PAUSE_MS);
		if (next === undefined) {
			// Of those that were asked for, some may have been changed or removed meanwhile.
			const { num_pending, delivered } = await consumer.info();
			if (num_pending > 0 || delivered.consumer_seq > found.length) continue;
			messages.stop();
			return 0;
		}
		if (next.done === true) {
			if (found.length === before) throw new errors.TimeoutError();
			const { num_pending } = await consumer.info();
			return num_pending;
		}
		const { subject, seq, info, headers: header } = next.value;
		found.push({ subject, sequence: seq, text: next.value.string(), headers: flat(header) });
		if (info.pending === 0) {
			messages.stop();
			return 0;
		}
		coming = iterator.next();
	}
}

/** What a stream is; undefined where there is none of that name. */
export function streamNamed(streams: JetStreamManager["streams"], name: string): Promise<StreamInfo | undefined> {
	return unless(
		({ code }) => code === 10059,
		() => streams.info(name),
	);
}

type IsExpected = (error: JetStreamApiError) => boolean;

/** By the numbers in https://github.com/nats-io/nats-server/blob/main/server/errors.json. */
const isWrongSequence: IsExpected = ({ code }) => code === 10071 || code === 10164;
/** A deletion has several numbers, and one of them for all that can go wrong. */
const isGone: IsExpected = ({ code, message }) => {
	return code === 10037 || code === 10043 || (code === 10057 && /message found$/.test(message));
};

/** What the work gives; undefined where the server refuses it for the reason that is expected. */
export async function unless<T>(isExpected: IsExpected, work: () => Promise<T>): Promise<T | undefined> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof JetStreamApiError && isExpected(error)) return undefined;
		throw error;
	}
}

function flat(header: Iterable<[string, string[]]> | undefined): ReadonlyMap<string, string> {
	return new Map(Array.from(header ?? [], ([name, [value = ""]]) => [name, value]));
}

/** Requests that are on their way at once. */
const AT_ONCE = 500;

/** Does the work for each, so many at once, and gives the results in their order. */
export async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
	const results: R[] = [];
	for (let at = 0; at < items.length; at += AT_ONCE) {
		results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
	}
	return results;
}
