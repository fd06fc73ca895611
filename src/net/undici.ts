// Sends many requests, and those that go through a proxy, with undici. A bundle of its own, loaded only when needed.
import { setMaxListeners } from "node:events";
import type { Dispatcher } from "undici";
import type { BodyRead, Http, HttpRequest, HttpResult } from "../ports.ts";
import { type Fault, fault } from "./fault.ts";
import { isEndProved } from "./proof.ts";
import { type Connecting, createSender, type Sender } from "./senders.ts";
import { describeUndiciError } from "./undici-fault.ts";

/**
 * An {@link Http} without redirects and decoding, over HTTP/1.1. Connections are kept until `close` or a few idle seconds,
 * and shared by requests that connect alike.
 */
export function undiciHttp(): Http {
	let senders: (Connecting & { readonly sender: Sender })[] = [];
	let closing = closable();
	const senderFor = (request: HttpRequest): Sender => {
		const { allowPrivate, authorities, proxy } = request;
		const known = senders.find(
			(each) =>
				each.allowPrivate === allowPrivate &&
				each.authorities === authorities &&
				each.proxy?.url.href === proxy?.url.href &&
				each.proxy?.variable === proxy?.variable,
		);
		if (known !== undefined) return known.sender;
		const sender = createSender(request, closing.signal);
		senders.push({ allowPrivate, authorities, proxy, sender });
		return sender;
	};
	return {
		send: (request, signal) => exchange(senderFor, request, signal),
		close: () => {
			for (const { sender } of senders) sender.destroy();
			senders = [];
			closing.abort();
			closing = closable();
		},
	};
}

/** Every connection that is being made listens to it, and Node 20 would warn of a leak from the eleventh on. */
function closable(): AbortController {
	const controller = new AbortController();
	setMaxListeners(0, controller.signal);
	return controller;
}

/** Never rejects. */
async function exchange(
	senderFor: (request: HttpRequest) => Sender,
	request: HttpRequest,
	signal: AbortSignal,
): Promise<HttpResult> {
	if (signal.aborted) return fault("cancelled", "cancelled");
	const controller = new AbortController();
	let stopped: Fault | undefined;
	const stop = (reason: Fault) => {
		stopped = reason;
		controller.abort();
	};
	const cancel = () => stop(fault("cancelled", "cancelled"));
	const through = request.proxy === undefined ? "" : `, through the proxy (${request.proxy.variable})`;
	const late = () => stop(fault("timeout", `no answer within ${request.timeoutMs} ms${through}`));
	const timer = setTimeout(late, request.timeoutMs);
	signal.addEventListener("abort", cancel, { once: true });
	// Undici itself notices an abort only once it has a connection.
	const stopping = new Promise<never>((_, reject) => {
		controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
	});
	try {
		const sending = senderFor(request).send(request, controller.signal);
		return await receive(await Promise.race([sending, stopping]), request);
	} catch (error) {
		return stopped ?? describeUndiciError(error);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", cancel);
	}
}

/** Never rejects: what was read before the end counts. Leaving the loop early closes the connection. */
async function receive(response: Dispatcher.ResponseData, { method, answerLimit }: HttpRequest): Promise<HttpResult> {
	const { statusCode: status, body } = response;
	const headers = joined(response.headers);
	const chunks: Uint8Array[] = [];
	let received = 0;
	const answer = (read: BodyRead): HttpResult => ({
		kind: "answer",
		status,
		headers,
		body: new TextDecoder().decode(Buffer.concat(chunks).subarray(0, answerLimit)),
		read,
	});
	body.on("error", () => {});
	try {
		for await (const chunk of body) {
			if (!(chunk instanceof Uint8Array)) continue;
			chunks.push(chunk);
			received += chunk.byteLength;
			if (received > answerLimit) return answer("over_limit");
		}
		return answer(isEndProved(method, status, headers, received) ? "whole" : "undelimited");
	} catch {
		return answer("cut");
	}
}

function joined(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
	const entries = Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")] as const);
	return Object.fromEntries(entries);
}
