// Sends many requests, and those that go through a proxy, with undici. A bundle of its own, loaded only when needed.
import { setMaxListeners } from "node:events";
import { type Dispatcher, errors } from "undici";
import type { Http, HttpRequest } from "../ports.ts";
import { Exchange, exchange } from "./exchange.ts";
import { describeError, proxyFailure, refusedByProxy } from "./failure.ts";
import { type Connecting, createSender, isTunnelled, type Sender } from "./senders.ts";

/**
 * An {@link Http} without redirects and decoding, over HTTP/1.1. Pooled connections are kept until `close` or a few idle seconds,
 * and shared by requests that connect alike.
 */
export function undiciHttp(): Http {
	let senders: (Connecting & { readonly sender: Sender })[] = [];
	let closing = closable();
	const senderFor = (request: HttpRequest): Sender => {
		const { allowPrivate, caCertificates, connections, proxy } = request;
		const known = senders.find(
			(each) =>
				each.allowPrivate === allowPrivate &&
				each.caCertificates === caCertificates &&
				each.connections === connections &&
				each.proxy?.url.href === proxy?.url.href &&
				each.proxy?.variable === proxy?.variable,
		);
		if (known !== undefined) return known.sender;
		const sender = createSender(request, closing.signal);
		senders.push({ allowPrivate, caCertificates, connections, proxy, sender });
		return sender;
	};
	return {
		send: (request, signal) =>
			exchange(UndiciExchange, request, signal, (begun) => senderFor(request).dispatch(request, begun)),
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

/** Called back by undici with what comes of a request. */
class UndiciExchange extends Exchange implements Dispatcher.DispatchHandler {
	#controller: Dispatcher.DispatchController | undefined;

	protected override close(): void {
		this.#controller?.abort(new errors.RequestAbortedError());
	}

	/** Only now is there a connection: the request may be over already. */
	onRequestStart(controller: Dispatcher.DispatchController): void {
		this.#controller = controller;
		if (this.isOver) this.close();
	}

	onResponseStart(_: unknown, status: number, headers: Parameters<Exchange["respond"]>[1]): void {
		// An interim one.
		if (status < 200) return;
		const proxy = this.#proxyInFront();
		if (proxy !== undefined && status === 407) this.stop(refusedByProxy(proxy, status));
		else this.respond(status, headers);
	}

	onResponseData(_: unknown, chunk: Uint8Array): void {
		this.read(chunk);
	}

	onResponseEnd(): void {
		this.end();
	}

	onResponseError(_: unknown, error: unknown): void {
		const failure = describeError(error);
		const proxy = this.#proxyInFront();
		this.fail(proxy === undefined ? failure : proxyFailure(proxy, failure));
	}

	/** The proxy where there is no connection to anyone else. */
	#proxyInFront() {
		return isTunnelled(this.request) ? undefined : this.request.proxy;
	}
}
