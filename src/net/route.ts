// How a webhook gets to its host: straight, on shared connections, or through the proxy that the environment names.

import type { Env, Route } from "../ports.ts";
import { isInRange } from "./address.ts";

/** The ways without a proxy. */
export type Straight = Exclude<Route["kind"], "proxied">;

/** The route through the proxy for a URL; undefined where there is none. */
export function proxiedRoute(url: URL, env: Env): Route | undefined {
	const variable = proxyVariable(url, env);
	return variable === undefined ? undefined : { kind: "proxied", proxy: env[variable] ?? "", variable };
}

/** The variable that names a proxy for this URL, after `NO_PROXY`; undefined when the way is direct. */
export function proxyVariable(url: URL, env: Env): string | undefined {
	const scheme = url.protocol === "https:" ? "https" : "http";
	const names = [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`, "all_proxy", "ALL_PROXY"];
	const variable = names.find((name) => (env[name] ?? "").trim() !== "");
	if (variable === undefined) return undefined;
	const exempt = (env["no_proxy"] || env["NO_PROXY"] || "").split(/[,\s]+/).filter((entry) => entry !== "");
	return exempt.some((entry) => covers(entry.toLowerCase(), url)) ? undefined : variable;
}

/** `*`, a host, a domain with or without its leading dot (or `*.`), each with an optional port; a range of addresses. */
function covers(entry: string, url: URL): boolean {
	if (entry === "*") return true;
	if (entry.includes("/")) return isInRange(url.hostname.replace(/^\[|\]$/g, ""), entry);
	const urlPort = url.port || (url.protocol === "https:" ? "443" : "80");
	// An IPv6 address without brackets does not match: all of it is the host.
	const [, host = entry, port = urlPort] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
	if (port !== urlPort) return false;
	// An address has no domains above it.
	if (/^(?:\[.*\]|[\d.]+)$/.test(url.hostname)) return url.hostname === spelledAsInUrls(host);
	const domain = host.replace(/^\*?\./, "");
	return url.hostname === domain || url.hostname.endsWith(`.${domain}`);
}

/** An address that may be written in another way than URLs do, which have one way for each. */
function spelledAsInUrls(address: string): string {
	const url = `http://${/^[^[].*:/.test(address) ? `[${address}]` : address}`;
	return URL.canParse(url) ? new URL(url).hostname : address;
}
