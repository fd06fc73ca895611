// What undici raises on the way through a proxy, told as a fault that names the proxy where it is the culprit.
import { STATUS_CODES } from "node:http";
import { errorCode } from "../errors.ts";
import { type Fault, fault } from "./fault.ts";
import { causeOf, describeUndiciError } from "./undici-fault.ts";

/** What went wrong with the proxy itself; its cause is the error of the connection to it. */
export class ProxyFault extends Error {
	override readonly name = "ProxyFault";

	constructor(cause: unknown) {
		super("the proxy failed", { cause });
	}
}

/**
 * Turns an error of a request to `url` through the proxy of `variable` into a fault. Never quotes a message. Over plain
 * http all faults are told as the proxy's: there is no connection to anyone else.
 */
export function describeProxiedError(error: unknown, url: URL, variable: string): Fault {
	const named = ({ fault: kind, detail }: Fault) => fault(kind, `proxy (${variable}): ${detail}`);
	const status = refusedStatus(error);
	if (status !== undefined) {
		const told = `${status} ${STATUS_CODES[status] ?? ""}`.trim();
		return named(fault(isPassing(status) ? "unreachable" : "proxy", status === 407 ? told : `${told} on CONNECT`));
	}
	if (error instanceof ProxyFault) return named(describeUndiciError(error.cause));
	const code = errorCode(error) ?? "";
	if (code === "UND_ERR_PRX_TLS") return named(describeUndiciError(causeOf(error)));
	return code === "UND_ERR_PRX_CONN" || url.protocol === "http:"
		? named(describeUndiciError(error))
		: describeUndiciError(error);
}

/** Whether another attempt may meet a proxy in a better state. */
function isPassing(status: number): boolean {
	return status >= 500 || status === 408 || status === 429;
}

/** The status with which a proxy refused. Undici tells it in the message only. */
function refusedStatus(error: unknown): number | undefined {
	if (!(error instanceof Error)) return undefined;
	const status = /^Proxy response \((\d{3})\)|^Proxy Authentication Required \((407)\)/.exec(error.message);
	return status === null ? undefined : Number(status[1] ?? status[2]);
}
