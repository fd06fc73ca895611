// What undici sends with: connections that are kept, straight to a host or through a proxy.
import { type LookupFunction, Socket } from "node:net";
import { Agent, buildConnector, type Dispatcher, errors, Pool } from "undici";
import { mergeHeaders } from "../header.ts";
import type { HttpProxy, HttpRequest } from "../ports.ts";
import { authorizationOf } from "./authorization.ts";
import { guardedLookup } from "./guard.ts";
import { ProxyFault, refusedByProxy } from "./proxy-fault.ts";
import { ADDRESS_TIMEOUT_MS, tlsOptions } from "./tls.ts";
import { describeUndiciError } from "./undici-fault.ts";

/**
 * Milliseconds for a connection, whose request may have given up long before. The request's own time limit covers the
 * whole exchange; undici's other limits, which know only parts of it, are off.
 */
const CONNECT_TIMEOUT_MS = 30_000;
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 } as const;

/** What decides whether two requests may go over one connection. */
export type Connecting = Pick<HttpRequest, "allowPrivate" | "authorities" | "proxy">;

/** Sends requests that connect alike, and keeps their connections. */
export interface Sender {
	/** Rejects with undici's errors, with a `ForbiddenAddress` or with a `ProxyFault`. */
	send(request: HttpRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData>;
	/** Closes all connections, whatever they carry. */
	destroy(): void;
}

/** `closing` ends the connections that are not made yet, which undici's own `destroy` leaves alone. */
export function createSender(connecting: Connecting, closing: AbortSignal): Sender {
	const { proxy } = connecting;
	return proxy === undefined ? straightSender(connecting, closing) : proxiedSender(connecting, proxy, closing);
}

function straightSender({ allowPrivate, authorities }: Connecting, closing: AbortSignal): Sender {
	const connect = connector(authorities, closing, { lookup: guardedLookup(allowPrivate) });
	const agent = new Agent({ ...NO_TIMEOUTS, connect });
	return {
		send: (request, signal) => {
			const { origin, pathname, search } = request.url;
			return agent.request({ origin, path: `${pathname}${search}`, ...contentOf(request), signal });
		},
		destroy: () => void agent.destroy(),
	};
}

/**
 * An https receiver gets a tunnel (CONNECT, RFC 9110, 9.3.6), a plain http one is asked of the proxy by its whole URL
 * (RFC 9112, 3.2.2). The proxy resolves names, so that of addresses only literal ones can be judged, by the caller.
 */
function proxiedSender({ authorities }: Connecting, proxy: HttpProxy, closing: AbortSignal): Sender {
	const authorization = authorizationOf(proxy.url);
	const proxyHeaders = authorization === undefined ? {} : { "proxy-authorization": authorization };
	const connect = connector(authorities, closing);
	const toProxy = {
		...NO_TIMEOUTS,
		// Undici takes the server's name from the request's Host, which is the receiver.
		connect: (target: buildConnector.Options, done: buildConnector.Callback) =>
			connect({ ...target, servername: "" }, done),
	};
	const plain = new Pool(proxy.url.origin, toProxy);
	const tunnelling = new Pool(proxy.url.origin, { ...toProxy, headersTimeout: CONNECT_TIMEOUT_MS });
	const blame = (error: unknown): never => {
		throw new ProxyFault(describeUndiciError(error), proxy);
	};
	const openTunnel = async (host: string): Promise<Socket> => {
		const headers = { host, ...proxyHeaders };
		const { statusCode, socket } = await tunnelling.connect({ path: host, headers, signal: closing }).catch(blame);
		if (statusCode >= 200 && statusCode < 300 && socket instanceof Socket) return socket;
		socket.on("error", () => {}).destroy();
		throw refusedByProxy(proxy, statusCode, "CONNECT");
	};
	const tunnels = new Agent({
		...NO_TIMEOUTS,
		connect: (target, done) => {
			openTunnel(target.port === "" ? `${target.host}:443` : `${target.host}`).then(
				(httpSocket) => connect({ ...target, httpSocket }, done),
				(error: unknown) => done(error instanceof Error ? error : new Error("no tunnel"), null),
			);
		},
	});
	return {
		send: async (request, signal) => {
			const { origin, host, pathname, search, protocol } = request.url;
			const content = contentOf(request);
			const path = `${pathname}${search}`;
			if (protocol === "https:") return tunnels.request({ origin, path, ...content, signal });
			const headers = mergeHeaders(content.headers, { host, ...proxyHeaders });
			const response = await plain.request({ ...content, path: `${origin}${path}`, headers, signal }).catch(blame);
			if (response.statusCode !== 407) return response;
			response.body.on("error", () => {}).destroy();
			throw refusedByProxy(proxy, response.statusCode);
		},
		destroy: () => {
			void tunnels.destroy();
			void tunnelling.destroy();
			void plain.destroy();
		},
	};
}

function connector(
	authorities: string | undefined,
	closing: AbortSignal,
	more: { readonly lookup?: LookupFunction } = {},
): buildConnector.connector {
	const connect = buildConnector({
		...tlsOptions(authorities),
		...more,
		signal: closing,
		autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
		timeout: CONNECT_TIMEOUT_MS,
	});
	// A socket whose signal has aborted before is opened by Node all the same, and never closed.
	return (target, done) => (closing.aborted ? done(new errors.ClientDestroyedError(), null) : connect(target, done));
}

/** Throws for a user in the URL that is not percent-encoded. */
function contentOf({ url, method, headers, body }: HttpRequest) {
	const authorization = authorizationOf(url);
	return {
		method,
		headers: mergeHeaders(authorization === undefined ? {} : { authorization }, headers, {
			"accept-encoding": "identity",
		}),
		body: body ?? null,
	};
}
