// Sends each request with the transport that suits it: Node's own client, or undici, which is loaded only when needed.
import type { Http, HttpRequest, HttpResult } from "../ports.ts";
import { httpFailure } from "./failure.ts";
import { refuseHost } from "./guard.ts";

/**
 * The {@link Http} of the real world. `direct` has a connection for each request and starts fastest; `loadUndici` gives
 * what keeps connections and speaks to proxies. Where that cannot be loaded, requests that would share connections go
 * direct, and those through a proxy fail: they must not go another way.
 */
export function http(direct: Http, loadUndici: () => Promise<Http>): Http {
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
	return {
		send: (request, signal) => {
			const refused = refuseHost(request.url, request.allowPrivate);
			if (refused !== undefined) return Promise.resolve(refused);
			const { connections, proxy } = request;
			if (connections === "single" && proxy === undefined) return direct.send(request, signal);
			return undici === undefined ? sendByUndici(request, signal) : undici.send(request, signal);
		},
		close: () => {
			direct.close();
			void loading?.then((transport) => transport?.close());
		},
	};
}

/** The bundle lies beside ours in dist/. The bundler must neither follow the import nor see the file as an asset. */
export async function loadUndici(): Promise<Http> {
	const ours = import.meta.url;
	const theirs = new URL("../undici/index.js", ours).href;
	// The exports of a CommonJS bundle are the default export of its namespace.
	const bundle: { readonly default: { readonly undiciHttp: () => Http } } = await import(
		/* webpackIgnore: true */ theirs
	);
	return bundle.default.undiciHttp();
}
