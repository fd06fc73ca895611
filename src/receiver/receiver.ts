// A local HTTP receiver: reads whole requests, checks their signatures and responds as configured.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { checkSignature, type SignatureVerdict, type SignedRequest } from "../signature/verify.ts";

/** Bytes of a body that are kept: 1 MiB. A larger one is read to its end, so that its sender gets the 413. */
export const BODY_LIMIT = 1024 * 1024;

/** Milliseconds in which responses in flight can still be sent when the receiver closes. */
const CLOSE_GRACE_MS = 1000;

/** How the receiver responds to one request. */
export interface ReceiverResponse {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	/** Empty if absent. */
	readonly body?: string;
}

/** One request as it came, with the status of its response. */
export interface Received {
	readonly method: string;
	/** With its query, as it was sent. */
	readonly path: string;
	/** The exact bytes; empty if there were more than {@link BODY_LIMIT}. */
	readonly body: Uint8Array;
	/** What `X-Rocky-Event` says. */
	readonly event: string | undefined;
	/** What `X-Rocky-Delivery` says: the same for each attempt of one delivery. */
	readonly deliveryId: string | undefined;
	/** `not checked` if there is no secret, or the body is too large. */
	readonly signature: SignatureVerdict | "not checked";
	readonly status: number;
}

export interface ReceiverOptions {
	readonly host: string;
	/** 0 takes any that is free. */
	readonly port: number;
	/** The secret that signs requests to this path, or several if any of them may match; undefined checks nothing. */
	readonly secret: (path: string) => SignedRequest["secret"] | undefined;
	/** How they are signed; by default as `rocky`, in its own header. */
	readonly signing?: Pick<SignedRequest, "scheme" | "header">;
	/** Not asked about a body that is too large: that is a 413. */
	readonly respond: (path: string) => ReceiverResponse;
	/** Called for each whole request, before its sender can have read the response. */
	readonly onRequest: (received: Received) => void;
}

export interface Receiver {
	readonly port: number;
	/** Waits for responses in flight, then ends every connection. */
	close(): Promise<void>;
}

/** Gives each of the responses in turn; the last one repeats. */
export function inTurn<T>(responses: readonly [T, ...T[]]): () => T {
	let asked = 0;
	return () => responses[Math.min(asked++, responses.length - 1)] ?? responses[0];
}

/** Starts a receiver. Rejects with the system's error (`EADDRINUSE`, …) where it cannot listen. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
	// Not by `import`: the ES module of node:http touches every export, which loads undici.
	const { createServer } = process.getBuiltinModule("node:http");
	const responding = new Set<ServerResponse>();
	const server = createServer(async (request, response) => {
		response.once("close", () => responding.delete(response));
		const whole = await readBody(request);
		if (whole === undefined) return;
		const { method = "", url: path = "", headersDistinct: headers } = request;
		const isTooLarge = whole === "too large";
		const body = isTooLarge ? new Uint8Array() : whole;
		const secret = isTooLarge ? undefined : options.secret(path);
		const signature =
			secret === undefined ? "not checked" : checkSignature({ ...options.signing, body, headers, secret });
		const given = isTooLarge ? { status: 413 } : options.respond(path);
		if (!response.destroyed) responding.add(response);
		response.writeHead(given.status, { ...given.headers, connection: "close" }).end(given.body);
		const event = headers["x-rocky-event"]?.join(", ");
		const deliveryId = headers["x-rocky-delivery"]?.join(", ");
		options.onRequest({ method, path, body, event, deliveryId, signature, status: given.status });
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject).listen(options.port, options.host, resolve);
	});
	return {
		port: portOf(server.address()),
		close: async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			const out = [...responding].map((response) => new Promise((resolve) => response.once("close", resolve)));
			await Promise.race([Promise.all(out), delay(CLOSE_GRACE_MS, undefined, { ref: false })]);
			server.closeAllConnections();
			await closed;
		},
	};
}

/** Undefined if the sender closed the connection early. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | "too large" | undefined> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	try {
		for await (const chunk of request) {
			if (!(chunk instanceof Uint8Array)) continue;
			size += chunk.byteLength;
			if (size <= BODY_LIMIT) chunks.push(chunk);
			else chunks.length = 0;
		}
	} catch {
		return undefined;
	}
	return size > BODY_LIMIT ? "too large" : Buffer.concat(chunks);
}

function portOf(address: AddressInfo | string | null): number {
	return typeof address === "object" && address !== null ? address.port : 0;
}
