// What undici connects with: a proxy whose own faults can be told from the receiver's.
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import api from "undici/lib/api/index.js";
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
import Pool from "undici/lib/dispatcher/pool.js";
import ProxyAgent from "undici/lib/dispatcher/proxy-agent.js";
import { ProxyFault } from "./proxied-fault.ts";
import { tlsOptions } from "./tls.ts";
import { passOverContinue } from "./undici-continue.ts";

// As undici's index does, which would load its fetch, WebSocket, caches and mocks as well.
Object.assign(Dispatcher.prototype, api);

/** The request's own time limit covers everything; undici's, which know only parts of it, are off. */
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0, connectTimeout: 0 } as const;

/** Milliseconds for one address of several, as on the direct route. */
const ADDRESS_TIMEOUT_MS = 1000;

/** What requests through one proxy are sent with. */
export interface Proxied {
	readonly dispatcher: Dispatcher;
	/** Whether this origin, which has answered, is spoken to over HTTP/2. */
	readonly speaksHttp2: (origin: string) => boolean;
}

/**
 * A dispatcher for requests through this proxy to receivers of these authorities. `signal` ends connections that are
 * not made yet, which a dispatcher's own `destroy` leaves alone.
 */
export function createDispatcher(proxy: URL, authorities: string | undefined, signal: AbortSignal): Proxied {
	const tls = { ...tlsOptions(authorities), autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS, signal };
	const http2 = new Set<string>();
	const dispatcher = new ProxyAgent({
		...NO_TIMEOUTS,
		uri: proxy.href,
		requestTls: tls,
		proxyTls: { ...tls, allowH2: false },
		clientFactory: blamingProxy,
		// Plain http goes to the proxy itself; a tunnel has been through `clientFactory` before.
		factory: (target, options) => {
			const { origin } = new URL(target);
			if (origin === proxy.origin) return blamingProxy(target, options);
			return observedPool(target, options, (socket) => {
				if (socket instanceof TLSSocket && socket.alpnProtocol === "h2") http2.add(origin);
				else passOverContinue(socket);
			});
		},
	});
	return { dispatcher, speaksHttp2: (origin) => http2.has(origin) };
}

/** Connections to the proxy. Whatever goes wrong until a tunnel through them is open says so. */
function blamingProxy(origin: string | URL, options: object): Dispatcher {
	const pool = observedPool(origin, options, passOverContinue);
	const open = pool.connect.bind(pool);
	const blame = (error: unknown): never => {
		throw new ProxyFault(error);
	};
	return Object.assign(pool, { connect: (opening: Dispatcher.ConnectOptions) => open(opening).catch(blame) });
}

/** A pool whose connections are seen as they are made. */
function observedPool(origin: string | URL, options: object, see: (socket: Socket) => void): Pool {
	const given: Pool.Options = options;
	const { connect } = given;
	if (typeof connect !== "function") return new Pool(origin, given);
	return new Pool(origin, {
		...given,
		connect: (target, callback) =>
			connect(withoutAddress(target), (...[error, socket]) => {
				if (error !== null) return callback(error, null);
				see(socket);
				callback(null, socket);
			}),
	});
}

/**
 * TLS has no address for a server's name (RFC 6066, 3), and Node verifies the certificate of an address without one;
 * undici names the proxy in any case.
 */
function withoutAddress<T extends { readonly servername?: string | undefined }>(target: T): T {
	return /^(?:\[.*\]|[\d.]+)$/.test(target.servername ?? "") ? { ...target, servername: "" } : target;
}
