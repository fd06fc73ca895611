// The relay on NATS: a stream of events, which a consumer that all workers share gives to one of them each.
import {
	AckPolicy,
	type Consumer,
	type ConsumerMessages,
	DiscardPolicy,
	type JetStreamClient,
	type JetStreamManager,
	type JsMsg,
	RetentionPolicy,
} from "@nats-io/jetstream";
import { headers, nanos } from "@nats-io/transport-node";
import { onAbort } from "../../lib/on-abort.ts";
import { excerpt } from "../../lib/text.ts";
import { DEAD, type Relay, type Relayed } from "../../model/relay.ts";
import type { StoreFailure } from "../../model/store.ts";
import { NatsServer, UnusableStream } from "./server.ts";
import { streamNamed, unless } from "./stream.ts";

/** The consumer of all workers. */
const CONSUMER = "pipeline-hooks";

/** Milliseconds in which a worker says what became of an event; longer than the store takes, and than one that fails. */
const ACK_WAIT_MS = 30_000;

/** Milliseconds after which a worker gets an event again that could not be stored. */
const RELEASED_MS = 10_000;

/** Bytes of events that wait in this process, and of those that are given at once; the server closes a connection that is too slow. */
const AHEAD = 16_000_000;
const AT_ONCE = 8_000_000;

/** Characters of what is put aside, and of each of its headers. */
const MOST_BURIED = 100_000;
const MOST_IN_HEADER = 500;

/** How a relay is opened. */
export interface RelayOptions {
	readonly caCertificates: string | undefined;
	/** Milliseconds for a connection, and for each request. */
	readonly timeoutMs?: number;
}

/** The relay at a URL whose path is its stream; connected to when it is first asked. */
export function openNatsRelay(url: URL, { caCertificates, timeoutMs = 5000 }: RelayOptions): Relay {
	const stream = url.pathname.slice(1);
	const prepare = async (manager: JetStreamManager, client: JetStreamClient) => {
		await prepareStream(manager, stream);
		await prepareConsumer(manager, stream);
		return { consumer: await client.consumers.get(stream, CONSUMER), client };
	};
	return new NatsRelay(stream, new NatsServer(url, { prepare, timeoutMs, caCertificates }));
}

interface Opened {
	readonly consumer: Consumer;
	readonly client: JetStreamClient;
}

class NatsRelay implements Relay {
	readonly stream: string;
	readonly #server: NatsServer<Opened>;
	#reading: Reading | undefined;

	constructor(stream: string, server: NatsServer<Opened>) {
		this.stream = stream;
		this.#server = server;
	}

	async next(most: number, signal: AbortSignal): Promise<readonly Relayed[] | StoreFailure> {
		const found: JsMsg[] = [];
		const failure = await this.#server.attempt(async ({ consumer }) => {
			this.#reading ??= readingOf(await consumer.consume({ max_bytes: AHEAD, abort_on_missing_resource: true }));
			const reading = this.#reading;
			let bytes = 0;
			while (found.length < most && bytes < AT_ONCE) {
				reading.coming ??= reading.iterator.next();
				// The first is waited for; the others are those that have come with it.
				const until = found.length === 0 ? aborted(signal) : immediate();
				const next = await Promise.race([reading.coming, until.promise]);
				until.forget();
				if (next === undefined) return undefined;
				reading.coming = undefined;
				if (next.done === true) throw new UnusableStream("the connection was closed");
				found.push(next.value);
				bytes += next.value.data.byteLength;
			}
			return undefined;
		});
		if (failure === undefined || found.length > 0) return found.map((message) => this.#relayed(message));
		this.#reading = undefined;
		// The stream or the consumer may be gone: they are made anew with the next connection.
		void this.#server.close();
		return failure;
	}

	async close(): Promise<void> {
		const reading = this.#reading;
		this.#reading = undefined;
		// Another worker need not wait until this one's time is over.
		if (reading !== undefined) await this.#server.attempt(() => handBack(reading));
		await this.#server.close();
	}

	#relayed(message: JsMsg): Relayed {
		const { subject } = message;
		return {
			subject,
			text: message.string(),
			at: message.time.getTime(),
			take: () => message.ack(),
			release: () => message.nak(RELEASED_MS),
			bury: (cause, text) =>
				this.#server.attempt(async ({ client }) => {
					const options = { headers: headers() };
					options.headers.set("Cause", excerpt(cause, MOST_IN_HEADER));
					options.headers.set("Subject", excerpt(subject, MOST_IN_HEADER));
					// A subject of ours, and a part of the text: what is too long would be refused again and again.
					await client.publish(`${DEAD}.${this.stream}.refused`, text.slice(0, MOST_BURIED), options);
					message.ack();
					return undefined;
				}),
		};
	}
}

/** What comes from the server, and is not returned yet. */
interface Reading {
	readonly messages: ConsumerMessages;
	readonly iterator: AsyncIterator<JsMsg>;
	/** A message that was waited for, and came too late for who did. */
	coming: Promise<IteratorResult<JsMsg>> | undefined;
}

function readingOf(messages: ConsumerMessages): Reading {
	return { messages, iterator: messages[Symbol.asyncIterator](), coming: undefined };
}

async function handBack({ messages, iterator, coming }: Reading): Promise<void> {
	messages.stop();
	for (let next = await (coming ?? iterator.next()); next.done !== true; next = await iterator.next()) next.value.nak();
}

/** A promise that is only waited for meanwhile. */
interface Until {
	readonly promise: Promise<undefined>;
	readonly forget: () => void;
}

function aborted(signal: AbortSignal): Until {
	let forget = () => {};
	const promise = new Promise<undefined>((resolve) => {
		if (signal.aborted) resolve(undefined);
		forget = onAbort(signal, () => resolve(undefined));
	});
	return { promise, forget };
}

/** What has come already is read before it resolves. */
function immediate(): Until {
	let timer: NodeJS.Immediate | undefined;
	const promise = new Promise<undefined>((resolve) => {
		timer = setImmediate(resolve, undefined);
	});
	return { promise, forget: () => clearImmediate(timer) };
}

/** Makes the stream where it is missing. One of somebody else's making will do if it takes the subjects. */
async function prepareStream({ streams }: JetStreamManager, name: string): Promise<void> {
	const subjects = [`${name}.>`, `${DEAD}.${name}.>`];
	const found = await streamNamed(streams, name);
	if (found === undefined) {
		const description = "Events that jobs hand to the workers of pipeline-hooks";
		// Each event is for one worker, and a full stream refuses what is new.
		const limits = { retention: RetentionPolicy.Workqueue, discard: DiscardPolicy.New };
		// Who publishes in the stream's own account could have the server's acknowledgement empty it: it is a valid request.
		const protection = { deny_delete: true, deny_purge: true };
		await streams.add({ name, subjects, description, ...limits, ...protection });
	} else if (!subjects.every((subject) => found.config.subjects.includes(subject))) {
		throw new UnusableStream(`its stream ${name} must have the subjects ${subjects.join(" and ")}`);
	}
}

/**
 * Makes the consumer where it is missing; who has changed it knows why. Without a limit of pending events: those that one
 * worker has would hold back what is new.
 */
async function prepareConsumer({ consumers }: JetStreamManager, stream: string): Promise<void> {
	const found = await unless(
		({ code }) => code === 10014,
		() => consumers.info(stream, CONSUMER),
	);
	if (found !== undefined) return;
	await consumers.add(stream, {
		durable_name: CONSUMER,
		filter_subject: `${stream}.>`,
		ack_policy: AckPolicy.Explicit,
		ack_wait: nanos(ACK_WAIT_MS),
		max_ack_pending: -1,
		max_deliver: -1,
	});
}
