// Keeps connections away from addresses that nothing is sent to, judged on the address that is really connected to.
import type { LookupFunction } from "node:net";
import type { HttpFailure } from "../ports.ts";
import { refusedAddress, refusedHost } from "./address.ts";
import { ConnectError, httpFailure } from "./failure.ts";

/**
 * Resolves a name for one connection, which is then made to one of these very addresses: a name cannot change its mind
 * in between. One address that is refused refuses the name, whatever others it has: it is not to be trusted. Fails with
 * {@link ConnectError}.
 */
export function guardedLookup(allowPrivate: boolean): LookupFunction {
	return (hostname, options, callback) => {
		process.getBuiltinModule("node:dns").lookup(hostname, { ...options, all: true }, (error, addresses) => {
			if (error !== null) return callback(error, []);
			for (const { address } of addresses) {
				const what = refusedAddress(address, allowPrivate);
				if (what !== undefined) return callback(new ConnectError(forbidden(address, what)), []);
			}
			const [first] = addresses;
			if (options.all === true || first === undefined) return callback(null, addresses);
			callback(null, first.address, first.family);
		});
	};
}

/** The addresses of a host, which may itself be one, by the same rules. Rejects as {@link guardedLookup} fails. */
export function guardedAddresses(host: string, allowPrivate: boolean): Promise<readonly string[]> {
	if (process.getBuiltinModule("node:net").isIP(host) !== 0) return Promise.resolve([host]);
	return new Promise((resolve, reject) => {
		guardedLookup(allowPrivate)(host, { all: true }, (error, addresses) => {
			if (error !== null) reject(error);
			else resolve(typeof addresses === "string" ? [addresses] : addresses.map(({ address }) => address));
		});
	});
}

/** The failure of a URL whose host is itself an address that is refused: no lookup ever sees such a one. */
export function refuseHost(url: URL, allowPrivate: boolean): HttpFailure | undefined {
	const what = refusedHost(url, allowPrivate);
	return what === undefined ? undefined : forbidden(url.hostname, what);
}

function forbidden(address: string, what: string): HttpFailure {
	return httpFailure("forbidden", `the host's address ${address} is ${what}; nothing is sent there`);
}
