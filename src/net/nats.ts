// Publishes on NATS: what the JetStream stream that takes a subject says is the response. A bundle of its own.
import { errors, type Msg, headers as messageHeaders, type NatsConnection } from "@nats-io/transport-node";
import { isJsonObject, parseJson } from "../lib/json.ts";
import { NO_STREAM } from "../model/relay.ts";
import type { Http, HttpRequest } from "../ports.ts";
import { Exchange, exchange } from "./exchange.ts";
import { httpFailure } from "./failure.ts";
import { innermost, natsFailure, openNats } from "./nats-connection.ts";

/**
 * An {@link Http} for URLs of NATS. A message is delivered when a stream has stored it: core NATS keeps nothing, and does
 * not say whether anybody listened. Pooled connections are kept until `close`, and shared by requests that connect alike.
 */
export function natsHttp(): Http {
	/** Those that further requests may share, by what decides how they connect. */
	const shared = new Map<string, Promise<NatsConnection>>();
	const open = new Set<Promise<NatsConnection>>();
	const forget = (opening: Promise<NatsConnection> | undefined) => {
		for (const [key, each] of shared) if (each === opening) shared.delete(key);
	};
	const share = (request: HttpRequest): Promise<NatsConnection> => {
		const { url, allowPrivate, caCertificates = "" } = request;
		const key = [url.protocol, url.username, url.password, url.host, allowPrivate, caCertificates].join("\n");
		const known = shared.get(key);
		if (known !== undefined) return known;
		const opening = openNats(request);
		shared.set(key, opening);
		open.add(opening);
		const end = () => {
			forget(opening);
			open.delete(opening);
		};
		opening.then((connection) => connection.closed()).then(end, end);
		return opening;
	};
	return {
		send: async (request, signal) => {
			let opening: Promise<NatsConnection> | undefined;
			const result = await exchange(Publication, request, signal, (begun) => {
				opening = request.connections === "single" ? openNats(request) : share(request);
				void begun.publish(opening);
			});
			// Nobody may be at the other end any more.
			if (result.kind === "failure") forget(opening);
			return result;
		},
		close: () => {
			for (const opening of open) opening.then((connection) => connection.close()).catch(() => {});
			shared.clear();
		},
	};
}

/** What the server says outside of a stream's acknowledgement, told by HTTP's status of that meaning. */
const STATUS = { unauthorized: 401, forbidden: 403, tooLarge: 413, failed: 500, unavailable: 503 } as const;

/** One message, and what becomes of it. */
class Publication extends Exchange {
	/** The one that ends with this message. */
	#own: NatsConnection | undefined;

	protected override close(): void {
		void this.#own?.close();
	}

	/** Never rejects. */
	async publish(connecting: Promise<NatsConnection>): Promise<void> {
		const { url, headers, body = new Uint8Array(), timeoutMs, connections } = this.request;
		try {
			const connection = await connecting;
			if (connections === "single") this.#own = connection;
			const given = messageHeaders();
			for (const [name, value] of Object.entries(headers)) given.set(name, value);
			const size = body.byteLength + Buffer.byteLength(String(given));
			const most = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
			if (size > most) this.#respond(STATUS.tooLarge, `the message has ${size} bytes, and the server takes ${most}`);
			else if (!this.isOver) {
				this.#read(await connection.request(url.pathname.slice(1), body, { headers: given, timeout: timeoutMs }));
			}
		} catch (error) {
			this.#fail(error);
		}
		this.close();
	}

	/** https://docs.nats.io/reference/reference-protocols/nats_api_reference#publishing-messages-to-a-stream */
	#read(message: Msg): void {
		const text = message.string();
		const ack = parseJson(text);
		const error = isJsonObject(ack) ? ack["error"] : undefined;
		if (isJsonObject(error)) {
			const status = Number(error["code"]);
			const isKnown = Number.isInteger(status) && status >= 400 && status < 600;
			this.#respond(isKnown ? status : STATUS.failed, String(error["description"] ?? ""));
		} else if (isJsonObject(ack) && typeof ack["stream"] === "string" && typeof ack["seq"] === "number") {
			this.#respond(200, text);
		} else {
			this.fail(httpFailure("protocol", "the reply is not a stream's acknowledgement: another program replied to it"));
		}
	}

	#fail(error: unknown): void {
		const cause = innermost(error);
		if (cause instanceof errors.NoRespondersError) {
			this.#respond(STATUS.unavailable, NO_STREAM);
		} else if (cause instanceof errors.PermissionViolationError) {
			const may =
				cause.operation === "publish"
					? "publish to the subject"
					: "subscribe to its inbox, for acknowledgements: _INBOX_USER.>";
			this.#respond(STATUS.forbidden, `the user may not ${may}`);
		} else if (cause instanceof errors.AuthorizationError || cause instanceof errors.UserAuthenticationExpiredError) {
			this.#respond(STATUS.unauthorized, cause.message);
		} else {
			this.fail(natsFailure(cause));
		}
	}

	#respond(status: number, text: string): void {
		const bytes = Buffer.from(text);
		this.respond(status, { "content-length": String(bytes.byteLength) });
		this.read(bytes);
		this.end();
	}
}
