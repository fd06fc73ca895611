// What sends with undici: through proxies and in bulk. A bundle of its own, loaded only where one of them is needed.
import type { Http } from "../ports.ts";
import { bulkHttp } from "./bulk.ts";
import { proxiedHttp } from "./proxied.ts";

/** An {@link Http} for `proxied` and `bulk` routes. */
export function undiciHttp(): Http {
	const bulk = bulkHttp();
	const proxied = proxiedHttp();
	return {
		send: (request, signal) => (request.route.kind === "bulk" ? bulk : proxied).send(request, signal),
		close: () => {
			bulk.close();
			proxied.close();
		},
	};
}
