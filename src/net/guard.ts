// Keeps connections away from addresses that nothing is sent to, judged on the address that is really connected to.
import type { LookupFunction } from "node:net";
import { refusedAddress, refusedHost } from "./address.ts";
import { type Fault, fault } from "./fault.ts";

/** What a guarded lookup fails with. */
export class ForbiddenAddress extends Error {
	override readonly name = "ForbiddenAddress";
	readonly fault: Fault;

	constructor(address: string, what: string) {
		super(`${address} is ${what}`);
		this.fault = fault("forbidden", `the host's address ${address} is ${what}; nothing is sent there`);
	}
}

/**
 * Resolves a name for one connection, which is then made to one of these very addresses: a name cannot change its mind
 * in between. One address that is refused refuses the name, whatever others it has: it is not to be trusted.
 */
export function guardedLookup(allowPrivate: boolean): LookupFunction {
	return (hostname, options, callback) => {
		process.getBuiltinModule("node:dns").lookup(hostname, { ...options, all: true }, (error, addresses) => {
			if (error !== null) return callback(error, []);
			for (const { address } of addresses) {
				const what = refusedAddress(address, allowPrivate);
				if (what !== undefined) return callback(new ForbiddenAddress(address, what), []);
			}
			const [first] = addresses;
			if (options.all === true || first === undefined) return callback(null, addresses);
			callback(null, first.address, first.family);
		});
	};
}

/** The fault of a URL whose host is itself an address that is refused: no lookup ever sees such a one. */
export function refuseHost(url: URL, allowPrivate: boolean): Fault | undefined {
	const what = refusedHost(url, allowPrivate);
	return what === undefined ? undefined : new ForbiddenAddress(url.hostname, what).fault;
}
