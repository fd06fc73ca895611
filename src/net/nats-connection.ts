// Connections to servers of NATS, to addresses that were judged before, and why one cannot be made or broke.
import {
	connect,
	errors,
	jwtAuthenticator,
	type NatsConnection,
	nkeyAuthenticator,
	nkeys,
} from "@nats-io/transport-node";
import { VERSION } from "../lib/version.ts";
import type { HttpFailure, HttpRequest } from "../ports.ts";
import { ConnectError, describeError, httpFailure } from "./failure.ts";
import { guardedAddresses } from "./guard.ts";
import { tlsOptions } from "./tls.ts";

/** What an error of the client was made of. */
export function innermost(error: unknown): unknown {
	return error instanceof Error && error.cause !== undefined ? innermost(error.cause) : error;
}

/** The failure of a connection that could not be made, or broke. */
export function natsFailure(error: unknown): HttpFailure {
	if (error instanceof errors.TimeoutError) return httpFailure("timeout", "connection timed out");
	const isOurs = error instanceof errors.ConnectionError;
	if (isOurs && /'tls'/.test(error.message)) return httpFailure("tls", "TLS: the server offers none");
	// The client reads the settings of TLS although there are none.
	if (error instanceof TypeError) return httpFailure("tls", "TLS: the server requires it, write tls:// in the url");
	const isClosed = error instanceof errors.ClosedConnectionError || error instanceof errors.RequestError;
	if (isOurs || isClosed || error === undefined) return httpFailure("reset", "connection closed before a response");
	return describeError(error);
}

/**
 * Milliseconds between two pings. A connection is closed where two have no response when the next is due, which is later
 * than a server takes that has much to send before, and closes the connection itself.
 */
const PING_MS = 5000;

/** What decides how a connection is made, as a request has it. */
export type Connecting = Pick<HttpRequest, "url" | "timeoutMs" | "allowPrivate" | "caCertificates">;

/** Opens a connection to the addresses that were judged, one after the other; other servers of the cluster are not followed. */
export async function openNats({ url, timeoutMs, allowPrivate, caCertificates }: Connecting): Promise<NatsConnection> {
	const host = url.hostname.replace(/^\[|\]$/g, "");
	const addresses = await guardedAddresses(host, allowPrivate);
	const isAddress = addresses[0] === host;
	const identity = { handshakeFirst: false, ...(isAddress ? { host } : { servername: host }) };
	return connect({
		servers: addresses.map((address) => `${address.includes(":") ? `[${address}]` : address}:${url.port}`),
		tls: url.protocol === "tls:" ? { ...identity, ...tlsOptions(caCertificates) } : null,
		...loginOf(url),
		...inboxOf(url),
		name: `pipeline-hooks/${VERSION}`,
		timeout: Math.ceil(timeoutMs / addresses.length),
		// A worker waits for messages on a connection whose other end may be gone.
		pingInterval: PING_MS,
		// Making one for each request takes a fifth of a worker's time, and nobody sees it.
		noAsyncTraces: true,
		noRandomize: true,
		resolve: false,
		reconnect: false,
		ignoreClusterUpdates: true,
	});
}

/**
 * Replies come to an inbox of the user's own, so that a server can keep every other user from reading them:
 * https://docs.nats.io/running-a-nats-service/configuration/securing_nats/authorization
 */
function inboxOf({ username, password }: URL) {
	const user = decodeURIComponent(username);
	return password !== "" && /^[\w-]+$/.test(user) ? { inboxPrefix: `_INBOX_${user}` } : {};
}

/** The private key of a user: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth */
const SEED = /^SU[A-Z2-7]{56}$/;

/**
 * How to log in: with a user and its password, a token, or a seed, which signs for its own public key or for a JWT. Throws
 * {@link ConnectError} for a seed that is not valid.
 */
function loginOf({ username, password }: URL) {
	const [user = "", pass = ""] = [username, password].map(decodeURIComponent);
	if (user === "") return {};
	if (pass === "") return { token: user };
	if (!SEED.test(pass)) return { user, pass };
	const seed = new TextEncoder().encode(pass);
	try {
		nkeys.fromSeed(seed);
	} catch {
		throw new ConnectError(httpFailure("invalid", "the request cannot be made: the seed in its url is damaged"));
	}
	return { authenticator: user.startsWith("eyJ") ? jwtAuthenticator(user, seed) : nkeyAuthenticator(seed) };
}
