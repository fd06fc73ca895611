// Sends each request by its route: straight, or with the transport that is loaded for proxies only.
import type { Http, HttpRequest, HttpResult } from "../ports.ts";
import { refuseHost } from "./guard.ts";
import { fault } from "./http-fault.ts";

/** An {@link Http} for every route. `loadProxied` rejects where this Node is too old for it. */
export function routedHttp(direct: Http, loadProxied: () => Promise<Http>): Http {
	let loading: Promise<Http | undefined> | undefined;
	let loaded: Http | undefined;
	const proxied = async (): Promise<Http | undefined> => {
		loading ??= loadProxied().catch(() => undefined);
		loaded = await loading;
		return loaded;
	};
	const send = async (request: HttpRequest, signal: AbortSignal): Promise<HttpResult> => {
		const refused = refuseHost(request.url, request.allowPrivate);
		if (refused !== undefined) return refused;
		const { route } = request;
		if (route.kind === "bulk") return direct.send({ ...request, route: { kind: "pooled" } }, signal);
		if (route.kind !== "proxied") return direct.send(request, signal);
		const transport = await proxied();
		if (transport !== undefined) return transport.send(request, signal);
		return fault(
			"proxy",
			`proxy (${route.variable}): what sends through proxies cannot be loaded by Node ${process.version}`,
		);
	};
	return {
		send,
		close: () => {
			direct.close();
			loaded?.close();
		},
	};
}

/** The bundle lies beside ours in dist/. The bundler must neither follow the import nor see the file as an asset. */
export async function loadProxied(): Promise<Http> {
	const ours = import.meta.url;
	const theirs = new URL("../proxied/index.js", ours).href;
	// The exports of a CommonJS bundle are the default export of its namespace.
	const bundle: { readonly default: { readonly proxiedHttp: () => Http } } = await import(
		/* webpackIgnore: true */ theirs
	);
	return bundle.default.proxiedHttp();
}
