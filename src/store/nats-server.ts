// The server that has the stream of a store: connected to when it is needed, and why it cannot be used.
import {
	DiscardPolicy,
	JetStreamApiError,
	type JetStreamManager,
	jetstream,
	jetstreamManager,
} from "@nats-io/jetstream";
import { errors, type NatsConnection } from "@nats-io/transport-node";
import type { StoreFailure } from "../model/store.ts";
import { innermost, natsFailure, openNats } from "../net/nats-connection.ts";
import { NatsStream, unless } from "./nats-stream.ts";

/** A newer layout writes another number into the stream's description, and this program then leaves it alone. */
const VERSION = 1;
const DESCRIPTION = "Records of pipeline-hooks, version ";

/** How a store is opened. */
export interface NatsOptions {
	/** Whether to make a stream that is missing. */
	readonly create: boolean;
	/** Milliseconds for a connection, and for each request. */
	readonly timeoutMs: number;
}

/** Opens the stream of a server when it is needed, and again after its connection has broken. */
export class NatsServer {
	readonly #url: URL;
	readonly #name: string;
	readonly #options: NatsOptions;
	/** Whether there is no stream, and none was to be made. */
	isMissing = false;
	#opening: Promise<{ readonly connection: NatsConnection; readonly stream: NatsStream }> | undefined;

	constructor(url: URL, name: string, options: NatsOptions) {
		this.#url = url;
		this.#name = name;
		this.#options = options;
	}

	/** What the work gives, or why the server or the network refuses it. */
	async attempt<T>(work: (stream: NatsStream) => Promise<T>): Promise<T | StoreFailure> {
		try {
			this.#opening ??= this.#open();
			return await work((await this.#opening).stream);
		} catch (error) {
			// Nobody may be at the other end any more.
			if (innermost(error) instanceof errors.TimeoutError) void this.close();
			return { problem: `${this.#url.protocol}//${this.#url.host}: ${describe(error)}` };
		}
	}

	async close(): Promise<void> {
		const opening = this.#opening;
		this.#forget();
		const opened = await opening?.catch(() => undefined);
		await opened?.connection.close();
	}

	async #open() {
		const { create, timeoutMs: timeout } = this.#options;
		const connecting = { url: this.#url, timeoutMs: timeout, allowPrivate: true, caCertificates: undefined };
		let connection: NatsConnection | undefined;
		try {
			connection = await openNats(connecting);
			void connection.closed().then(() => this.#forget());
			const manager = await jetstreamManager(connection, { timeout, checkAPI: false });
			this.isMissing = !(await prepare(manager, this.#name, create));
			if (this.isMissing) throw new UnusableStream(`it has no stream ${this.#name}`);
			const stream = new NatsStream(this.#name, jetstream(connection, { timeout }), manager);
			return { connection, stream };
		} catch (error) {
			this.#forget();
			await connection?.close();
			throw error;
		}
	}

	#forget(): void {
		this.#opening = undefined;
	}
}

/** Why a stream cannot be used, for people. */
class UnusableStream extends Error {
	override readonly name = "UnusableStream";
}

function describe(error: unknown): string {
	const cause = innermost(error);
	if (cause instanceof UnusableStream || cause instanceof JetStreamApiError) return cause.message;
	if (cause instanceof errors.NoRespondersError) return "JetStream is not enabled";
	if (cause instanceof errors.AuthorizationError) return "the user, password or token is wrong";
	if (cause instanceof errors.PermissionViolationError) return `the user has no permission: ${cause.message}`;
	if (cause instanceof errors.InvalidArgumentError) return "a record is larger than its max_payload";
	return natsFailure(cause).detail;
}

/**
 * Makes the stream where it is missing; false where that is not wanted. One of somebody else's making will do if it keeps
 * the last text of each subject.
 */
async function prepare({ streams }: JetStreamManager, name: string, create: boolean): Promise<boolean> {
	const subjects = [`${name}.>`];
	const found = await unless(
		({ code }) => code === 10059,
		() => streams.info(name),
	);
	if (found === undefined) {
		if (!create) return false;
		const description = `${DESCRIPTION}${VERSION}`;
		// Not the oldest is given up in a full stream.
		const limits = { max_msgs_per_subject: 1, discard: DiscardPolicy.New };
		await streams.add({ name, subjects, description, ...limits });
		return true;
	}
	const { config } = found;
	const version = Number(config.description?.split(DESCRIPTION)[1] ?? VERSION);
	if (version > VERSION) {
		throw new UnusableStream(
			`the version of its stream ${name} is ${version}, and this program supports versions up to ${VERSION}`,
		);
	}
	if (config.max_msgs_per_subject === 1 && config.subjects.includes(`${name}.>`)) return true;
	throw new UnusableStream(
		`its stream ${name} must have the subjects ${name}.> and a limit of 1 message for each subject`,
	);
}
