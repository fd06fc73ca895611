// Sends a request straight to its host, on Node's own HTTP client.
import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import type { AgentOptions } from "node:https";
import type { BodyRead, Http, HttpRequest, HttpResult } from "../ports.ts";
import { describeError, type Fault, fault } from "./fault.ts";
import { tellsItsEnd } from "./framing.ts";
import { ForbiddenAddress, guardedLookup } from "./guard.ts";
import { tlsOptions } from "./tls.ts";

/**
 * An {@link Http} for `direct` and `pooled` routes, without redirects. On a direct route every exchange has a connection
 * of its own, which ends with it: a reused one could have been closed by the receiver, and a lost request must not be
 * guessed at. Pooled ones are kept until `close`, and shared by requests that connect alike. Certificates are always
 * verified, from TLS 1.2 on; `NODE_EXTRA_CA_CERTS` and the request add authorities.
 */
export function directHttp(): Http {
	const agents = new Map<string, Agent>();
	const agentFor = (request: HttpRequest): Agent | false => {
		if (request.route.kind !== "pooled") return false;
		const { url, allowPrivate, authorities } = request;
		const key = `${url.protocol} ${allowPrivate} ${authorities}`;
		const agent = agents.get(key) ?? createAgent(request);
		agents.set(key, agent);
		return agent;
	};
	return {
		send: (request, signal) => send(request, agentFor(request), signal),
		close: () => {
			for (const agent of agents.values()) agent.destroy();
			agents.clear();
		},
	};
}

/** Milliseconds for one address of several. Node's own 250 gives up on receivers that are merely far away. */
const ADDRESS_TIMEOUT_MS = 1000;

const utf8 = new TextDecoder();

async function send(request: HttpRequest, agent: Agent | false, signal: AbortSignal): Promise<HttpResult> {
	if (signal.aborted) return fault("cancelled", "cancelled");
	let outgoing: ClientRequest | undefined;
	let stopped: Fault | undefined;
	const stop = (reason: Fault) => {
		stopped = reason;
		outgoing?.destroy();
	};
	const cancel = () => stop(fault("cancelled", "cancelled"));
	const late = () => stop(fault("timeout", `no answer within ${request.timeoutMs} ms`));
	const timer = setTimeout(late, request.timeoutMs);
	signal.addEventListener("abort", cancel, { once: true });
	try {
		outgoing = open(request, agent);
		return await receive(outgoing, await begin(outgoing, request.body), request);
	} catch (error) {
		if (error instanceof ForbiddenAddress) return error.fault;
		return stopped ?? describeError(error);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", cancel);
		outgoing?.destroy();
	}
}

/** Throws where the request itself is impossible, such as a line break in a header. */
function open(request: HttpRequest, agent: Agent | false): ClientRequest {
	const { url, method, headers, body } = request;
	const options = {
		method,
		headers: {
			...headers,
			"accept-encoding": "identity",
			...(body === undefined ? {} : { "content-length": String(body.byteLength) }),
		},
		agent,
		// An agent has them already.
		...(agent === false ? connecting(request) : {}),
	};
	return moduleOf(url).request(url, options);
}

function createAgent(request: HttpRequest): Agent {
	return new (moduleOf(request.url).Agent)({ keepAlive: true, ...connecting(request) });
}

/** Loaded when needed, and not by `import`: the ES module of node:http touches every export, which loads undici. */
function moduleOf({ protocol }: URL) {
	return process.getBuiltinModule(protocol === "http:" ? "node:http" : "node:https");
}

function connecting({ url, allowPrivate, authorities }: HttpRequest): AgentOptions {
	const lookup = guardedLookup(allowPrivate);
	const options = { lookup, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS };
	return url.protocol === "http:" ? options : { ...options, ...tlsOptions(authorities) };
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
	{ url, method, answerLimit }: HttpRequest,
): Promise<HttpResult> {
	return new Promise((resolve) => {
		const chunks: Uint8Array[] = [];
		let room = answerLimit;
		const settle = (read: BodyRead) =>
			resolve({
				kind: "answer",
				status: incoming.statusCode ?? 0,
				headers: headersOf(incoming),
				body: utf8.decode(Buffer.concat(chunks)),
				read,
			});
		// A body that only the end of the connection delimits looks whole to Node after a reset too.
		let reset = false;
		outgoing.once("error", () => {
			reset = !incoming.complete;
		});
		// Events, where a loop over the stream would cost each of a thousand webhooks a few kilobytes.
		incoming.on("data", (chunk: Uint8Array) => {
			if (room < 0) return;
			chunks.push(chunk.subarray(0, room));
			room -= chunk.byteLength;
			if (room < 0) settle("over_limit");
		});
		const hasEnd = url.protocol === "http:" || tellsItsEnd(method, incoming.statusCode ?? 0, incoming.headers);
		incoming.once("end", () => settle(reset ? "cut" : hasEnd ? "whole" : "undelimited"));
		incoming.once("close", () => settle("cut"));
		incoming.on("error", () => settle("cut"));
	});
}

function headersOf({ rawHeaders }: IncomingMessage): Record<string, string> {
	const headers: Record<string, string> = {};
	for (let index = 0; index < rawHeaders.length; index += 2) {
		const name = rawHeaders[index]?.toLowerCase() ?? "";
		const value = rawHeaders[index + 1] ?? "";
		headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
	}
	return headers;
}
