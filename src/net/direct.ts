// Sends a request straight to its host on a connection of its own, with Node's own HTTP client.
import type { ClientRequest, IncomingMessage } from "node:http";
import { onAbort } from "../lib/on-abort.ts";
import type { BodyRead, Http, HttpRequest, HttpResult } from "../ports.ts";
import { describeError, describeImpossible, type Fault, fault } from "./fault.ts";
import { ForbiddenAddress, guardedLookup } from "./guard.ts";
import { isEndProved } from "./proof.ts";
import { ADDRESS_TIMEOUT_MS, tlsOptions } from "./tls.ts";

/**
 * An {@link Http} without redirects and decoding. Every exchange has a connection of its own, which ends with it: a
 * reused one could have been closed by the receiver, and a lost request must not be guessed at. Certificates are always
 * verified, from TLS 1.2 on; `NODE_EXTRA_CA_CERTS` and the request add authorities.
 */
export function directHttp(): Http {
	return { send, close: () => {} };
}

const utf8 = new TextDecoder();

/** Never rejects. */
async function send(request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
	if (signal.aborted) return fault("cancelled", "cancelled");
	let outgoing: ClientRequest;
	try {
		outgoing = open(request);
	} catch (error) {
		return describeImpossible(error);
	}
	let stopped: Fault | undefined;
	const stop = (reason: Fault) => {
		stopped = reason;
		outgoing.destroy();
	};
	const cancel = () => stop(fault("cancelled", "cancelled"));
	const late = () => stop(fault("timeout", `no response within ${request.timeoutMs} ms`));
	const timer = setTimeout(late, request.timeoutMs);
	const unlisten = onAbort(signal, cancel);
	try {
		return await receive(outgoing, await begin(outgoing, request.body), request);
	} catch (error) {
		if (error instanceof ForbiddenAddress) return error.fault;
		return stopped ?? describeError(error);
	} finally {
		clearTimeout(timer);
		unlisten();
		outgoing.destroy();
	}
}

/** Throws where the request itself is impossible, such as a line break in a header. */
function open({ url, method, headers, body, allowPrivate, authorities }: HttpRequest): ClientRequest {
	// Not by `import`: the ES module of node:http touches every export, which loads Node's own undici.
	const { request } = process.getBuiltinModule(url.protocol === "http:" ? "node:http" : "node:https");
	const connecting = { lookup: guardedLookup(allowPrivate), autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS };
	return request(url, {
		...(url.protocol === "http:" ? connecting : { ...connecting, ...tlsOptions(authorities) }),
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
}

/** Sends everything and resolves with the headers; an answer that comes before all is sent counts. */
function begin(outgoing: ClientRequest, body: Uint8Array | undefined): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		let answered = false;
		outgoing.once("response", (incoming) => {
			answered = true;
			resolve(incoming);
		});
		// Stays for good: an error after the answer must find a listener, beside that of the body's reader.
		outgoing.on("error", reject);
		// The only sign of an answer that switches protocols unasked.
		outgoing.once("close", () => {
			// Each exchange ends with it, and an error that nobody reads costs more than a small answer.
			if (!answered) reject(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
		});
		outgoing.end(body);
	});
}

/** Never rejects: what was read before the end counts. The caller closes what is left of the connection. */
function receive(
	outgoing: ClientRequest,
	incoming: IncomingMessage,
	{ method, responseLimit }: HttpRequest,
): Promise<HttpResult> {
	return new Promise((resolve) => {
		const status = incoming.statusCode ?? 0;
		const headers = headersOf(incoming);
		const chunks: Uint8Array[] = [];
		let received = 0;
		const settle = (read: BodyRead) => {
			const body = utf8.decode(Buffer.concat(chunks).subarray(0, responseLimit));
			resolve({ kind: "response", status, headers, body, read });
		};
		// A body that only the end of the connection delimits looks complete to Node after a reset too.
		let reset = false;
		outgoing.once("error", () => {
			reset = !incoming.complete;
		});
		// Node shows `chunked` without the tab behind it, for which it does not take the body for chunked.
		let isEndedByConnection = false;
		incoming.socket.prependOnceListener("end", () => {
			isEndedByConnection = !incoming.complete;
		});
		incoming.on("data", (chunk: Uint8Array) => {
			if (received > responseLimit) return;
			chunks.push(chunk);
			received += chunk.byteLength;
			if (received > responseLimit) settle("over_limit");
		});
		incoming.once("end", () => {
			if (reset) settle("cut");
			else settle(!isEndedByConnection && isEndProved(method, status, headers, received) ? "whole" : "undelimited");
		});
		incoming.once("close", () => settle("cut"));
		incoming.on("error", () => settle("cut"));
	});
}

/** Names in lower case, repeated headers joined. */
function headersOf({ rawHeaders }: IncomingMessage): Record<string, string> {
	const headers: Record<string, string> = {};
	for (let index = 0; index < rawHeaders.length; index += 2) {
		const name = rawHeaders[index]?.toLowerCase() ?? "";
		const value = rawHeaders[index + 1] ?? "";
		headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
	}
	return headers;
}
