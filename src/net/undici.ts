// Sends many requests, and those that go through a proxy, with undici. A bundle of its own, loaded only when needed.
import { setMaxListeners } from "node:events";
import type { Http, HttpRequest } from "../ports.ts";
import { Exchange } from "./exchange.ts";
import { describeImpossible, fault } from "./fault.ts";
import { type Connecting, createSender, type Sender } from "./senders.ts";

/**
 * An {@link Http} without redirects and decoding, over HTTP/1.1. Pooled connections are kept until `close` or a few idle seconds,
 * and shared by requests that connect alike.
 */
export function undiciHttp(): Http {
	let senders: (Connecting & { readonly sender: Sender })[] = [];
	let closing = closable();
	const senderFor = (request: HttpRequest): Sender => {
		const { allowPrivate, authorities, connections, proxy } = request;
		const known = senders.find(
			(each) =>
				each.allowPrivate === allowPrivate &&
				each.authorities === authorities &&
				each.connections === connections &&
				each.proxy?.url.href === proxy?.url.href &&
				each.proxy?.variable === proxy?.variable,
		);
		if (known !== undefined) return known.sender;
		const sender = createSender(request, closing.signal);
		senders.push({ allowPrivate, authorities, connections, proxy, sender });
		return sender;
	};
	return {
		send: (request, signal) =>
			new Promise((resolve) => {
				if (signal.aborted) return resolve(fault("cancelled", "cancelled"));
				try {
					new Exchange(senderFor(request), request, signal, resolve);
				} catch (error) {
					// Certificates that cannot be used.
					resolve(describeImpossible(error));
				}
			}),
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
