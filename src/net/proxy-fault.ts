// What goes wrong with a proxy itself, told as a fault that names the variable.
import { STATUS_CODES } from "node:http";
import type { HttpProxy } from "../ports.ts";
import { type Fault, fault } from "./fault.ts";

/** The proxy failed before the receiver had a say. */
export class ProxyFault extends Error {
	override readonly name = "ProxyFault";
	readonly fault: Fault;

	constructor({ fault: kind, detail }: Fault, { variable }: HttpProxy) {
		super("the proxy failed");
		this.fault = fault(kind, `proxy (${variable}): ${detail}`);
	}
}

/** A status with which the proxy refused a request, or to open a tunnel. */
export function refusedByProxy(proxy: HttpProxy, status: number, method?: "CONNECT"): ProxyFault {
	const mayPass = status >= 500 || status === 408 || status === 429;
	const told = `${status} ${STATUS_CODES[status] ?? ""}`.trim();
	const detail = method === undefined || status === 407 ? told : `${told} on ${method}`;
	return new ProxyFault(fault(mayPass ? "unreachable" : "proxy", detail), proxy);
}
