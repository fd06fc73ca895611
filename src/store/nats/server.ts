// A server that has a stream of ours: connected to when it is needed, and why it cannot be used.
import {
	JetStreamApiError,
	type JetStreamClient,
	JetStreamError,
	type JetStreamManager,
	jetstream,
	jetstreamManager,
} from "@nats-io/jetstream";
import { errors, type NatsConnection } from "@nats-io/transport-node";
import { within } from "../../lib/within.ts";
import type { StoreFailure } from "../../model/store.ts";
import { innermost, natsFailure, openNats } from "../../net/nats-connection.ts";

/** What is used of a server, once its stream is found to be as it must be. Throws {@link UnusableStream}, or what the client does. */
export type Prepare<T> = (manager: JetStreamManager, client: JetStreamClient) => Promise<T>;

/** How a server is used. */
export interface ServerOptions<T> {
	readonly prepare: Prepare<T>;
	/** Milliseconds for a connection, and for each request. */
	readonly timeoutMs: number;
	/** A PEM file's certificates to trust besides the usual ones. */
	readonly caCertificates?: string | undefined;
}

/** Connects to a server when it is needed, and again after its connection has broken. */
export class NatsServer<T> {
	readonly #url: URL;
	readonly #options: ServerOptions<T>;
	#opening: Promise<{ readonly connection: NatsConnection; readonly prepared: T }> | undefined;

	constructor(url: URL, options: ServerOptions<T>) {
		this.#url = url;
		this.#options = options;
	}

	/** What the work gives, or why the server or the network refuses it. */
	async attempt<R>(work: (prepared: T) => Promise<R>): Promise<R | StoreFailure> {
		try {
			this.#opening ??= this.#open();
			return await work((await this.#opening).prepared);
		} catch (error) {
			// Nobody may be at the other end any more.
			if (innermost(error) instanceof errors.TimeoutError) void this.close();
			const problem = `${this.#url.protocol}//${this.#url.host}: ${describe(error)}`;
			return { problem, ...(innermost(error) instanceof errors.InvalidArgumentError && { isTooLarge: true }) };
		}
	}

	async close(): Promise<void> {
		const opening = this.#opening;
		this.#forget();
		const opened = await opening?.catch(() => undefined);
		if (opened === undefined) return;
		// What was sent last must be written before: the client would throw where nobody can catch it.
		await within(opened.connection.flush(), this.#options.timeoutMs).catch(() => {});
		await opened.connection.close();
	}

	async #open() {
		const { prepare, timeoutMs: timeout, caCertificates } = this.#options;
		const connecting = { url: this.#url, timeoutMs: timeout, allowPrivate: true, caCertificates };
		let connection: NatsConnection | undefined;
		try {
			connection = await openNats(connecting);
			void connection.closed().then(() => this.#forget());
			const manager = await jetstreamManager(connection, { timeout, checkAPI: false });
			return { connection, prepared: await prepare(manager, jetstream(connection, { timeout })) };
		} catch (error) {
			this.#forget();
			await connection?.close();
			// Of a server with accounts, a request that nobody takes has no response at all.
			const isUnanswered = connection !== undefined && innermost(error) instanceof errors.TimeoutError;
			throw isUnanswered ? new UnusableStream(UNANSWERED) : error;
		}
	}

	#forget(): void {
		this.#opening = undefined;
	}
}

/** Why a stream cannot be used, for people. */
export class UnusableStream extends Error {
	override readonly name = "UnusableStream";
}

const UNANSWERED =
	"JetStream does not respond: the server's config needs jetstream {}, and the account of the user jetstream: enabled";

function describe(error: unknown): string {
	const cause = innermost(error);
	if (cause instanceof UnusableStream || cause instanceof JetStreamApiError) return cause.message;
	if (cause instanceof JetStreamError) {
		const isDeleted = /^(?:consumer|stream) deleted$/.test(cause.message);
		return isDeleted ? "its stream or consumer was deleted" : `the stream responded with ${cause.message}`;
	}
	if (cause instanceof errors.NoRespondersError)
		return "JetStream is not enabled: add jetstream {} to the server's config";
	if (cause instanceof errors.AuthorizationError) return "the user, password or token in the url is wrong";
	if (cause instanceof errors.PermissionViolationError) {
		return `the user has no permission, docs/nats.md and docs/fleet.md list what it needs: ${cause.message}`;
	}
	if (cause instanceof errors.InvalidArgumentError) return "a record is larger than its max_payload";
	return natsFailure(cause).detail;
}
