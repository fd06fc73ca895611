// Sends each request by its route: with Node's own client, or with undici, which is loaded only where it is needed.
import type { Http, HttpRequest, HttpResult } from "../ports.ts";
import { fault } from "./fault.ts";
import { refuseHost } from "./guard.ts";

/**
 * An {@link Http} for every route. `loadUndici` gives one for proxied and bulk routes, and rejects where this Node is too
 * old for it; what is sent in bulk then goes on a pooled route.
 */
export function routedHttp(direct: Http, loadUndici: () => Promise<Http>): Http {
	let loading: Promise<void> | undefined;
	let loaded: Http | "unavailable" | undefined;
	const load = async (): Promise<void> => {
		loaded = await loadUndici().catch(() => "unavailable" as const);
	};
	const send = (request: HttpRequest, signal: AbortSignal): Promise<HttpResult> => {
		const { route } = request;
		if (route.kind === "direct" || route.kind === "pooled") return direct.send(request, signal);
		if (loaded === undefined) {
			loading ??= load();
			return loading.then(() => send(request, signal));
		}
		if (loaded !== "unavailable") return loaded.send(request, signal);
		if (route.kind === "bulk") return direct.send({ ...request, route: { kind: "pooled" } }, signal);
		const detail = `proxy (${route.variable}): what sends through proxies cannot be loaded by Node ${process.version}`;
		return Promise.resolve(fault("proxy", detail));
	};
	return {
		send: (request, signal) => {
			const refused = refuseHost(request.url, request.allowPrivate);
			return refused === undefined ? send(request, signal) : Promise.resolve(refused);
		},
		close: () => {
			direct.close();
			if (loaded !== "unavailable") loaded?.close();
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
