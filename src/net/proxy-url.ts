// What the value of a proxy variable means. Quotes no part of it: there may be a password in it.
import { isPercentEncoded } from "./url.ts";

/** The proxy's URL, or what is wrong with the value, as a phrase. */
export type ParsedProxy = { readonly url: URL } | { readonly problem: string };

/** A value without a scheme means http, as for curl. User and password stay in the URL, percent-encoded. */
export function parseProxy(value: string): ParsedProxy {
	const written = value.trim();
	const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written)?.[1]?.toLowerCase();
	const text = scheme === undefined ? `http://${written}` : written;
	if (scheme !== undefined && scheme !== "http" && scheme !== "https") {
		return { problem: "only http:// and https:// proxies are spoken to" };
	}
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined) return { problem: "its value is not a URL" };
	return isPercentEncoded(url.username) && isPercentEncoded(url.password)
		? { url }
		: { problem: "its user or password is not percent-encoded properly" };
}
