// Sends a request straight to its host on a connection of its own, with Node's own HTTP client.
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Http, HttpRequest } from "../ports.ts";
import { Exchange, exchange } from "./exchange.ts";
import { describeError, httpFailure } from "./failure.ts";
import { guardedLookup } from "./guard.ts";
import { ADDRESS_TIMEOUT_MS, tlsOptions } from "./tls.ts";

/**
 * An {@link Http} without redirects and decoding. Every exchange has a connection of its own, which ends with it: a
 * reused one could have been closed by the receiver, and a lost request must not be guessed at. Certificates are always
 * verified, from TLS 1.2 on; `NODE_EXTRA_CA_CERTS` and the request add CA certificates.
 */
export function directHttp(): Http {
	return {
		send: (request, signal) => exchange(DirectExchange, request, signal, (begun) => begin(begun, request)),
		close: () => {},
	};
}

class DirectExchange extends Exchange {
	outgoing: ClientRequest | undefined;

	protected override close(): void {
		this.outgoing?.destroy();
	}
}

/** Throws where the request itself is impossible, such as a line break in a header. */
function begin(exchange: DirectExchange, request: HttpRequest): void {
	const outgoing = open(request);
	let incoming: IncomingMessage | undefined;
	let isReset = false;
	exchange.outgoing = outgoing;
	// A response that comes before all is sent counts.
	outgoing.once("response", (response) => {
		incoming = response;
		exchange.respond(response.statusCode ?? 0, headersOf(response));
		// Node shows `chunked` without the tab behind it, for which it does not take the body for chunked.
		let isEndedByConnection = false;
		response.socket.prependOnceListener("end", () => {
			isEndedByConnection = !response.complete;
		});
		const truncate = () => exchange.fail(CLOSED);
		response.on("data", (chunk: Uint8Array) => exchange.read(chunk));
		response.once("end", () => {
			if (isReset) truncate();
			else exchange.end(isEndedByConnection);
			outgoing.destroy();
		});
		response.once("close", truncate);
		response.on("error", truncate);
	});
	// Stays for good: an error after the response must find a listener, beside that of the body's reader.
	outgoing.on("error", (error) => {
		// A body that only the end of the connection delimits looks complete to Node after a reset too.
		if (incoming === undefined) exchange.fail(describeError(error));
		else isReset ||= !incoming.complete;
	});
	// The only sign of a response that switches protocols unasked.
	outgoing.once("close", () => {
		if (incoming === undefined) exchange.fail(CLOSED);
	});
	outgoing.end(request.body);
}

const CLOSED = httpFailure("reset", "connection closed before a response");

function open({ url, method, headers, body, allowPrivate, caCertificates }: HttpRequest): ClientRequest {
	// Not by `import`: the ES module of node:http touches every export, which loads Node's own undici.
	const { request } = process.getBuiltinModule(url.protocol === "http:" ? "node:http" : "node:https");
	const connecting = { lookup: guardedLookup(allowPrivate), autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS };
	const outgoing = request(url, {
		...(url.protocol === "http:" ? connecting : { ...connecting, ...tlsOptions(caCertificates) }),
		agent: false,
		// NODE_OPTIONS could allow what proves nothing: https://nodejs.org/api/cli.html#--insecure-http-parser
		insecureHTTPParser: false,
		method,
		headers: {
			...headers,
			"accept-encoding": "identity",
			...(body === undefined ? {} : { "content-length": String(body.byteLength) }),
		},
	});
	// All of them, where Node would silently drop what comes after a thousand: their size is limited anyway.
	outgoing.maxHeadersCount = 0;
	return outgoing;
}

/** By their names in lower case. Node's own `headersDistinct` throws for the name `__proto__` before Node 20.20.2. */
function headersOf({ rawHeaders }: IncomingMessage): Readonly<Record<string, readonly string[]>> {
	const headers = new Map<string, readonly string[]>();
	for (let index = 0; index < rawHeaders.length; index += 2) {
		const name = rawHeaders[index]?.toLowerCase() ?? "";
		headers.set(name, [...(headers.get(name) ?? []), rawHeaders[index + 1] ?? ""]);
	}
	return Object.fromEntries(headers);
}
