// Sends each request with the transport that suits it: Node's own client, or undici or NATS's, loaded only when needed.
import type { Http, HttpRequest, HttpResult } from "../ports.ts";
import { loadBundle } from "./bundle.ts";
import { httpFailure } from "./failure.ts";
import { refuseHost } from "./guard.ts";
import { isNats } from "./nats-url.ts";

/**
 * The {@link Http} of the real world. `direct` has a connection for each request and starts fastest; `loadUndici` gives
 * what keeps connections and speaks to proxies, and `loadNats` what publishes on NATS. Where undici cannot be loaded,
 * requests that would share connections go direct, and those through a proxy fail: they must not go another way.
 */
export function http(direct: Http, loadUndici: () => Promise<Http>, loadNats: () => Promise<Http>): Http {
	let loadingNats: Promise<Http | undefined> | undefined;
	let loading: Promise<Http | undefined> | undefined;
	let undici: Http | undefined;
	const sendByUndici = async (request: HttpRequest, signal: AbortSignal): Promise<HttpResult> => {
		loading ??= loadUndici().catch(() => undefined);
		undici = await loading;
		if (undici !== undefined) return undici.send(request, signal);
		const { proxy } = request;
		if (proxy === undefined) return direct.send(request, signal);
		return httpFailure(
			"proxy",
			`proxy (${proxy.variable}): Node ${process.version} cannot load dist/undici, which sends through proxies`,
		);
	};
	const publish = async (request: HttpRequest, signal: AbortSignal): Promise<HttpResult> => {
		loadingNats ??= loadNats().catch(() => undefined);
		const nats = await loadingNats;
		return nats === undefined ? httpFailure("invalid", WITHOUT_NATS) : nats.send(request, signal);
	};
	return {
		send: (request, signal) => {
			const refused = refuseHost(request.url, request.allowPrivate);
			if (refused !== undefined) return Promise.resolve(refused);
			const { url, connections, proxy } = request;
			if (isNats(url)) return publish(request, signal);
			if (connections === "single" && proxy === undefined) return direct.send(request, signal);
			return undici === undefined ? sendByUndici(request, signal) : undici.send(request, signal);
		},
		close: () => {
			direct.close();
			void loading?.then((transport) => transport?.close());
			void loadingNats?.then((transport) => transport?.close());
		},
	};
}

const WITHOUT_NATS = `Node ${process.version} cannot load dist/nats, which publishes on NATS`;

export async function loadUndici(): Promise<Http> {
	return (await loadBundle<{ readonly undiciHttp: () => Http }>("undici")).undiciHttp();
}

export async function loadNats(): Promise<Http> {
	return (await loadBundle<{ readonly natsHttp: () => Http }>("nats")).natsHttp();
}
