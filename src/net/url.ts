// Whether a text is a URL that a webhook may be sent to. Quotes no part of it: the whole URL may be the credential.

import { refusedHost } from "./address.ts";
import { isNatsUrl, parseNatsUrl, withTls } from "./nats-url.ts";

/** What a hook allows of its URL. */
export interface AllowedUrls {
	/** Plain http, and NATS without TLS, to other hosts than loopback. */
	readonly allowHttp: boolean;
	/** Private and loopback addresses. */
	readonly allowPrivate: boolean;
}

/** The URL, or what is wrong with the text as a phrase that follows `url`, and what to do about it. */
type CheckedUrl = { readonly url: URL } | { readonly problem: string; readonly remedy: string };

/** Schemes that people try; any other text before a colon may be a secret and is not named. */
const NAMED_SCHEME = /^(data|file|ftp|mailto|s3|ssh|unix|wss?):/;

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Checks a URL after its variables are put in. White space around it is trimmed, as secrets often end in a newline.
 * `http:` is for loopback hosts only, unless `allowHttp`, and so is `nats:`, which becomes `tls:` elsewhere. Of addresses only literal ones are known here; those of names
 * are judged when they are connected to.
 */
export function checkUrl(text: string, { allowHttp, allowPrivate }: AllowedUrls): CheckedUrl {
	const trimmed = text.trim();
	if (trimmed === "") return refused("is empty", "give the receiver's URL, beginning with https://");
	// The URL parser drops line breaks and tabs silently, which would hide a secret that was pasted badly.
	if (/\p{Cc}/u.test(trimmed)) {
		return refused("has a line break or control character in it", "write the URL on one line");
	}
	const [, scheme] = NAMED_SCHEME.exec(trimmed.toLowerCase()) ?? [];
	if (scheme !== undefined) {
		return refused(`has the scheme ${scheme}`, "webhooks are sent to https:// and nats:// URLs only");
	}
	const parsed = isNatsUrl(trimmed) ? parseNatsUrl(trimmed) : parseHttpUrl(trimmed);
	if ("what" in parsed) return refused(parsed.what, parsed.remedy);
	const { url } = parsed;
	if (!isPercentEncoded(url)) {
		const remedy = "write % as %25, and percent-encode all other characters that a URL cannot contain";
		return refused("has a user or password that is not percent-encoded properly", remedy);
	}
	if (url.protocol === "http:" && !allowHttp && !LOOPBACK.test(url.hostname)) {
		const remedy = "use https://, or set allow_http = true if the receiver really has no TLS";
		return refused("would be sent over http, without encryption", remedy);
	}
	const what = refusedHost(url, allowPrivate);
	if (what === undefined) return { url: allowHttp || LOOPBACK.test(url.hostname) ? url : withTls(url) };
	const isPrivate = refusedHost(url, true) === undefined;
	return refused(
		`has ${what}`,
		isPrivate
			? "give a public address, or set allow_private = true"
			: "no webhook is sent there; give the receiver's own address",
	);
}

function parseHttpUrl(text: string): { readonly url: URL } | { readonly what: string; readonly remedy: string } {
	if (/^https?:\/\/[^/\\]/i.test(text) && URL.canParse(text)) return { url: new URL(text) };
	const remedy = `write it as https://host/path, or \${VAR} to take it from an environment variable`;
	return { what: "is not an https URL", remedy };
}

function refused(problem: string, remedy: string): CheckedUrl {
	return { problem, remedy };
}

/** Whether the user and password of a URL can be decoded, which the URL parser does not ask for. */
export function isPercentEncoded(url: URL): boolean {
	try {
		authorizationOf(url);
		return true;
	} catch {
		return false;
	}
}

/** The authorization that a URL itself carries. Throws `URIError` where it is not percent-encoded. */
export function authorizationOf({ username, password }: URL): string | undefined {
	if (username === "" && password === "") return undefined;
	const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
	return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
