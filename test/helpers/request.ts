// A request as transports are given it, for tests of sending.
import type { HttpRequest } from "../../src/ports.ts";

/** A POST to a URL on a connection of its own, changed as told. */
export function requestTo(url: string | URL, more: Partial<HttpRequest> = {}): HttpRequest {
	return {
		method: "POST",
		url: new URL(url),
		headers: {},
		body: Buffer.from("{}"),
		timeoutMs: 5000,
		responseLimit: 1000,
		connections: "single",
		proxy: undefined,
		allowPrivate: true,
		caCertificates: undefined,
		...more,
	};
}
