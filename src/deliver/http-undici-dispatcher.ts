// What undici connects with: an agent with guarded addresses, or a proxy whose own faults can be told.
import { Agent, type Dispatcher, Pool, ProxyAgent } from "undici";
import type { HttpRequest } from "../ports.ts";
import { guardedLookup } from "./guard.ts";
import { type Fault, fault } from "./http-fault.ts";
import { tlsOptions } from "./http-trust.ts";
import { ProxyUnreachable } from "./http-undici-fault.ts";
import { parseProxy } from "./proxy-url.ts";

/** The request's own time limit covers everything; undici's, which know only parts of it, are off. */
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0, connectTimeout: 0 } as const;

/** Milliseconds for one address of several, as on the direct route. */
const ADDRESS_TIMEOUT_MS = 1000;

/**
 * The dispatcher for requests of this route, authorities and allowed addresses; a fault where the proxy's value is
 * none. `signal` ends connections that are not made yet, which a dispatcher's own `destroy` leaves alone.
 */
export function createDispatcher(
	{ route, allowPrivate, authorities }: HttpRequest,
	signal: AbortSignal,
): Dispatcher | Fault {
	const tls = { ...tlsOptions(authorities), autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS, signal };
	if (route.kind !== "proxied") {
		return new Agent({ ...NO_TIMEOUTS, connect: { ...tls, timeout: 0, lookup: guardedLookup(allowPrivate) } });
	}
	const proxy = parseProxy(route.proxy);
	if ("problem" in proxy) return fault("proxy", `proxy (${route.variable}): ${proxy.problem}`);
	const { origin } = proxy.url;
	return new ProxyAgent({
		...NO_TIMEOUTS,
		uri: proxy.url.href,
		requestTls: tls,
		proxyTls: { ...tls, allowH2: false },
		clientFactory: blamingProxy,
		// Plain http goes to the proxy itself; a tunnel has been through `clientFactory` before.
		factory: (target, options) =>
			new URL(target).origin === origin ? blamingProxy(target, options) : new Pool(target, options),
	});
}

/** Connections to the proxy, whose errors say so. */
function blamingProxy(origin: string | URL, options: object): Dispatcher {
	const given: Pool.Options = options;
	const { connect } = given;
	if (typeof connect !== "function") return new Pool(origin, given);
	return new Pool(origin, {
		...given,
		connect: (target, callback) =>
			connect(target, (...[error, socket]) => {
				if (error === null) callback(null, socket);
				else callback(new ProxyUnreachable(error), null);
			}),
	});
}
