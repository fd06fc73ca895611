// Sends many requests, and those that go through a proxy, with undici. A bundle of its own, loaded only when needed.
import { setMaxListeners } from "node:events";
import { type Dispatcher, errors } from "undici";
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
		send: async (request, signal) => {
			if (signal.aborted) return fault("cancelled", "cancelled");
			try {
				return await exchange(senderFor(request), request, signal);
			} catch (error) {
				// Certificates that cannot be used.
				return describeUndiciError(error);
			}
		},
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

/** One request and its response. Never rejects. */
function exchange(sender: Sender, request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
	const { method, answerLimit, timeoutMs, proxy } = request;
	return new Promise((resolve) => {
		let controller: Dispatcher.DispatchController | undefined;
		let isOver = false;
		let status = 0;
		let headers: Readonly<Record<string, string>> = {};
		const chunks: Uint8Array[] = [];
		let received = 0;

		const end = (result: HttpResult) => {
			isOver = true;
			clearTimeout(timer);
			signal.removeEventListener("abort", cancel);
			resolve(result);
		};
		const answer = (read: BodyRead): HttpResult => {
			const body = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, answerLimit));
			return { kind: "answer", status, headers, body, read };
		};
		/** Ends it before its time, with the connection: what was read until then counts. */
		const stop = (result: HttpResult) => {
			if (isOver) return;
			end(result);
			controller?.abort(new errors.RequestAbortedError());
		};
		const stopFor = (reason: Fault) => stop(status === 0 ? reason : answer("cut"));
		const cancel = () => stopFor(fault("cancelled", "cancelled"));
		const through = proxy === undefined ? "" : `, through the proxy (${proxy.variable})`;
		const timer = setTimeout(() => stopFor(fault("timeout", `no answer within ${timeoutMs} ms${through}`)), timeoutMs);
		signal.addEventListener("abort", cancel, { once: true });

		const handler: Dispatcher.DispatchHandler = {
			// Only now is there a connection: the request may be over already.
			onRequestStart: (given) => {
				controller = given;
				if (isOver) given.abort(new errors.RequestAbortedError());
			},
			onResponseStart: (_, code, fields) => {
				// An interim one.
				if (code < 200) return;
				const refused = sender.refused(code, request);
				if (refused !== undefined) return stop(refused);
				status = code;
				headers = joined(fields);
			},
			onResponseData: (_, chunk) => {
				if (isOver) return;
				chunks.push(chunk);
				received += chunk.byteLength;
				if (received > answerLimit) stop(answer("over_limit"));
			},
			onResponseEnd: () => {
				if (!isOver) end(answer(isEndProved(method, status, headers, received) ? "whole" : "undelimited"));
			},
			onResponseError: (_, error) => {
				if (!isOver) end(status === 0 ? sender.describe(error, request) : answer("cut"));
			},
		};
		try {
			sender.dispatch(request, handler);
		} catch (error) {
			if (!isOver) end(describeUndiciError(error));
		}
	});
}

/** Repeated headers joined; names come in lower case. */
function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
	const entries = Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")] as const);
	return Object.fromEntries(entries);
}
