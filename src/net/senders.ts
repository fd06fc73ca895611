// What undici sends with: connections that are kept, straight to a host or through a proxy.
import { type LookupFunction, Socket } from "node:net";
import { Agent, buildConnector, type Dispatcher, errors, Pool } from "undici";
import { mergeHeaders } from "../lib/header.ts";
import type { Connections, HttpProxy, HttpRequest } from "../ports.ts";
import { ConnectError, describeError, proxyFailure, refusedByProxy } from "./failure.ts";
import { guardedLookup } from "./guard.ts";
import { ADDRESS_TIMEOUT_MS, tlsOptions } from "./tls.ts";
import { authorizationOf } from "./url.ts";

/**
 * Milliseconds for a connection, whose request may have given up long before. The request's own time limit covers the
 * whole exchange; undici's other limits, which know only parts of it, are off.
 */
const CONNECT_TIMEOUT_MS = 30_000;
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 } as const;

/** Without pipelining, which begins at two, a connection is kept with 1, and closed after its request with 0. */
const PIPELINING: Readonly<Record<Connections, number>> = { pooled: 1, single: 0 };

/** What decides whether two requests may go over one connection. */
export type Connecting = Pick<HttpRequest, "allowPrivate" | "caCertificates" | "connections" | "proxy">;

/** Sends requests that connect alike, and keeps their connections where they may be shared. */
export interface Sender {
	/** Throws where the request itself is impossible; all else comes to the handler. */
	dispatch(request: HttpRequest, handler: Dispatcher.DispatchHandler): void;
	/** Closes all connections, whatever they carry. */
	destroy(): void;
}

/** Whether the proxy opens a tunnel, through which only the receiver responds. */
export function isTunnelled({ url }: HttpRequest): boolean {
	return url.protocol === "https:";
}

/** `closing` ends the connections that are not made yet, which undici's own `destroy` leaves alone. */
export function createSender(connecting: Connecting, closing: AbortSignal): Sender {
	const { proxy } = connecting;
	return proxy === undefined ? directSender(connecting, closing) : proxiedSender(connecting, proxy, closing);
}

function directSender({ allowPrivate, caCertificates, connections }: Connecting, closing: AbortSignal): Sender {
	const connect = connector(caCertificates, closing, guardedLookup(allowPrivate));
	const agent = new Agent({ ...NO_TIMEOUTS, pipelining: PIPELINING[connections], connect });
	return {
		dispatch: (request, handler) => {
			const { origin, pathname, search } = request.url;
			agent.dispatch({ origin, path: `${pathname}${search}`, ...contentOf(request) }, handler);
		},
		destroy: () => void agent.destroy(),
	};
}

/**
 * An https receiver gets a tunnel (CONNECT, RFC 9110, 9.3.6), a plain http one is asked of the proxy by its whole URL
 * (RFC 9112, 3.2.2). The proxy resolves names, so that of addresses only literal ones can be judged, by the caller.
 */
function proxiedSender({ caCertificates, connections }: Connecting, proxy: HttpProxy, closing: AbortSignal): Sender {
	const authorization = authorizationOf(proxy.url);
	const proxyHeaders = authorization === undefined ? {} : { "proxy-authorization": authorization };
	const connect = connector(caCertificates, closing);
	// Undici takes the server's name from the request's Host, which is the receiver.
	const toProxy: buildConnector.connector = (target, done) => connect({ ...target, servername: "" }, done);
	const pipelining = PIPELINING[connections];
	const plain = new Pool(proxy.url.origin, { ...NO_TIMEOUTS, connect: toProxy, pipelining });
	const tunnelling = new Pool(proxy.url.origin, { connect: toProxy, headersTimeout: CONNECT_TIMEOUT_MS });
	const openTunnel = async (host: string): Promise<Socket> => {
		const opening = tunnelling.connect({ path: host, headers: { host, ...proxyHeaders }, signal: closing });
		const { statusCode, socket } = await opening.catch((error: unknown) => {
			throw new ConnectError(proxyFailure(proxy, describeError(error)));
		});
		if (statusCode >= 200 && statusCode < 300 && socket instanceof Socket) return socket;
		socket.on("error", () => {}).destroy();
		throw new ConnectError(refusedByProxy(proxy, statusCode, "CONNECT"));
	};
	const tunnels = new Agent({
		...NO_TIMEOUTS,
		pipelining,
		connect: (target, done) => {
			openTunnel(target.port === "" ? `${target.host}:443` : `${target.host}`).then(
				(httpSocket) => connect({ ...target, httpSocket }, done),
				(error: unknown) => done(error instanceof Error ? error : new Error("no tunnel"), null),
			);
		},
	});
	return {
		dispatch: (request, handler) => {
			const { origin, host, pathname, search } = request.url;
			const path = `${pathname}${search}`;
			const content = contentOf(request);
			if (isTunnelled(request)) return void tunnels.dispatch({ origin, path, ...content }, handler);
			const headers = mergeHeaders(content.headers, { host, ...proxyHeaders });
			plain.dispatch({ ...content, path: `${origin}${path}`, headers }, handler);
		},
		destroy: () => {
			for (const each of [tunnels, tunnelling, plain]) void each.destroy();
		},
	};
}

function connector(
	caCertificates: string | undefined,
	closing: AbortSignal,
	lookup?: LookupFunction,
): buildConnector.connector {
	const connect = buildConnector({
		...tlsOptions(caCertificates),
		...(lookup === undefined ? {} : { lookup }),
		signal: closing,
		autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
		timeout: CONNECT_TIMEOUT_MS,
	});
	return (target, done) => {
		// A socket whose signal has aborted before is opened by Node all the same, and never closed.
		if (closing.aborted) return done(new errors.ClientDestroyedError(), null);
		connect(target, (...made) => {
			// An alert after the handshake leaves the socket open, and undici gives no reason for its end.
			const [, socket] = made;
			socket?.once("error", (error) => socket.destroy(error));
			done(...made);
		});
	};
}

/** Throws for a user in the URL that is not percent-encoded. */
function contentOf({ url, method, headers, body }: HttpRequest) {
	const authorization = authorizationOf(url);
	const own: Record<string, string> = authorization === undefined ? {} : { authorization };
	return {
		method,
		headers: mergeHeaders(own, headers, { "accept-encoding": "identity" }),
		body: body ?? null,
	};
}
