// Sends thousands of requests, with the part of undici that costs the least for each.
import type { Http, HttpRequest } from "../ports.ts";
import { authorizationOf } from "./authorization.ts";
import { Connections } from "./bulk-connection.ts";
import { Exchange, UnderWay } from "./bulk-exchange.ts";
import { fault } from "./fault.ts";
import { describeUndiciError } from "./undici-fault.ts";

/**
 * An {@link Http} for `bulk` routes, which does all that a pooled route does for half the CPU: HTTP/1.1 without
 * pipelining, redirects and decoding, and as many connections as there are requests at once. They are kept until `close`
 * or a few idle seconds, and shared by requests that connect alike.
 */
export function bulkHttp(): Http {
	const byOrigin = new Map<string, readonly Connections[]>();
	/** Those that a URL's last request went by: a hook has one URL for all of its events. */
	let latest = new WeakMap<URL, Connections>();
	const exchanges = new WeakMap<AbortSignal, UnderWay>();

	const connectionsFor = (request: HttpRequest): Connections => {
		const before = latest.get(request.url);
		if (before?.suit(request)) return before;
		const connections = connectionsTo(request.url.origin, request);
		latest.set(request.url, connections);
		return connections;
	};

	const connectionsTo = (origin: string, request: HttpRequest): Connections => {
		const ofOrigin = byOrigin.get(origin) ?? [];
		const known = ofOrigin.find((each) => each.suit(request));
		if (known !== undefined) return known;
		const connections = new Connections(request);
		byOrigin.set(origin, [...ofOrigin, connections]);
		return connections;
	};

	/** The exchanges that a signal ends: to listen to it anew for each costs more than a small answer. */
	const endedBy = (signal: AbortSignal): UnderWay => {
		const known = exchanges.get(signal);
		if (known !== undefined) return known;
		const ended = new UnderWay();
		signal.addEventListener("abort", () => ended.stopAll(fault("cancelled", "cancelled")));
		exchanges.set(signal, ended);
		return ended;
	};

	return {
		send: (request, signal) =>
			new Promise((resolve) => {
				if (signal.aborted) return resolve(fault("cancelled", "cancelled"));
				try {
					new Exchange(request, headersOf(request), connectionsFor(request), endedBy(signal), resolve);
				} catch (error) {
					resolve(describeUndiciError(error));
				}
			}),
		close: () => {
			for (const connections of [...byOrigin.values()].flat()) connections.close();
			byOrigin.clear();
			latest = new WeakMap();
		},
	};
}

/** Names and values by turns, as undici takes them fastest. Throws for a user in the URL that is none. */
function headersOf({ url, headers }: HttpRequest): string[] {
	const list = ["accept-encoding", "identity"];
	let authorized = false;
	for (const name of Object.keys(headers)) {
		if (isNamed(name, "accept-encoding")) continue;
		authorized ||= isNamed(name, "authorization");
		list.push(name, headers[name] ?? "");
	}
	const authorization = authorized ? undefined : authorizationOf(url);
	if (authorization !== undefined) list.push("authorization", authorization);
	return list;
}

/** Compares by length first, which nearly always tells. */
function isNamed(name: string, lower: string): boolean {
	return name.length === lower.length && name.toLowerCase() === lower;
}
