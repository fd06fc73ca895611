// The proxy that the environment names for a URL. Quotes no part of a variable's value: there may be a password in it.
import type { Env } from "../lib/env.ts";
import type { HttpProxy } from "../ports.ts";
import { isInRange, isLoopback } from "./address.ts";
import { isPercentEncoded } from "./url.ts";

/** What is wrong with the variable that names the proxy, as a reason that begins with its name. */
export interface BadProxy {
	readonly problem: string;
}

/**
 * The proxy for a URL, after `NO_PROXY`; undefined where the request goes straight to its host, as every one to this
 * machine does: a proxy would see its secret, and could respond in its place.
 */
export function proxyFor(url: URL, env: Env): HttpProxy | BadProxy | undefined {
	if (isLoopback(url)) return undefined;
	const scheme = url.protocol === "https:" ? "https" : "http";
	const names = [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`, "all_proxy", "ALL_PROXY"];
	const variable = names.find((name) => (env[name] ?? "").trim() !== "");
	if (variable === undefined) return undefined;
	const exempt = (env["no_proxy"] || env["NO_PROXY"] || "").split(/[,\s]+/).filter((entry) => entry !== "");
	if (exempt.some((entry) => isExempt(url, entry.toLowerCase()))) return undefined;
	const parsed = parseProxy(env[variable] ?? "");
	return "problem" in parsed ? { problem: `proxy (${variable}): ${parsed.problem}` } : { url: parsed.url, variable };
}

/** `*`, a host, a domain with or without its leading dot (or `*.`), each with an optional port; a range of addresses. */
function isExempt(url: URL, entry: string): boolean {
	if (entry === "*") return true;
	if (entry.includes("/")) return isInRange(url.hostname.replace(/^\[|\]$/g, ""), entry);
	const urlPort = url.port || (url.protocol === "https:" ? "443" : "80");
	// An IPv6 address without brackets does not match: all of it is the host.
	const [, host = entry, port = urlPort] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
	if (port !== urlPort) return false;
	// An address has no domains above it.
	if (/^(?:\[.*\]|[\d.]+)$/.test(url.hostname)) return url.hostname === spelledAsInUrls(host);
	const name = withoutRoot(url.hostname);
	const domain = withoutRoot(spelledAsInUrls(host.replace(/^\*?\./, "")));
	return name === domain || name.endsWith(`.${domain}`);
}

/** A name is the same with a dot at its end. */
function withoutRoot(name: string): string {
	return name.replace(/\.$/, "");
}

/** A host that may be written in another way than URLs do, which have one way for each. */
function spelledAsInUrls(host: string): string {
	const url = `http://${/^[^[].*:/.test(host) ? `[${host}]` : host}`;
	return URL.canParse(url) ? new URL(url).hostname : host;
}

/**
 * A value without a scheme means http, as for curl. White space around it and a slash at its end are passed over. What
 * the URL parser would silently read in another way is a problem: the request would go to another host.
 */
function parseProxy(value: string): { readonly url: URL } | BadProxy {
	const written = value.trim();
	if (/^["'`]|["'`]$/.test(written)) return { problem: "its value is in quotes; remove them" };
	if (/[\s\p{Cc}]/u.test(written)) return { problem: "its value has white space in it" };
	if (written.includes("\\")) return { problem: "its value has a backslash; write that of a domain user as %5C" };
	// The scheme would be read as the user, and sent as one.
	if (/^https?:(?!\/\/).*@/i.test(written))
		return { problem: "its scheme lacks the slashes; write http:// or https://" };
	const [, scheme = "http", rest = written] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(written) ?? [];
	if (!/^https?$/i.test(scheme)) return { problem: "the proxy must be http:// or https://" };
	const [, authority = "", tail = ""] = /^([^/?#]*)(.*)$/.exec(rest) ?? [];
	if (tail !== "" && tail !== "/") {
		return {
			problem: "its value has more than a host and a port; write /, ? and # of a user or password as %2F, %3F and %23",
		};
	}
	const text = `${scheme}://${authority}`;
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || url.port === "0" || !/^(?:\[.*\]|[a-z0-9._-]+)$/.test(url.hostname)) {
		return { problem: "its value is not a valid URL; write it as http://host:port" };
	}
	return isPercentEncoded(url) ? { url } : { problem: "its user or password is not percent-encoded; write % as %25" };
}
