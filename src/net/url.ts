// Whether a text is a URL that a webhook may be sent to. Quotes no part of it: the whole URL may be the credential.

import { refusedHost } from "./address.ts";

/** What a hook allows of its URL. */
export interface AllowedUrls {
	/** Plain http to other hosts than loopback. */
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
 * `http:` is for loopback hosts only, unless `allowHttp`. Of addresses only literal ones are known here; those of names
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
		return refused(`has the scheme ${scheme}`, "webhooks are sent to https:// URLs only");
	}
	const url = /^https?:\/\/[^/\\]/i.test(trimmed) && URL.canParse(trimmed) ? new URL(trimmed) : undefined;
	if (url === undefined) {
		const remedy = `write it as https://host/path, or \${VAR} to take it from an environment variable`;
		return refused("is not an https URL", remedy);
	}
	if (!isPercentEncoded(url)) {
		const remedy = "write % as %25, and percent-encode all other characters that a URL cannot contain";
		return refused("has a user or password that is not percent-encoded properly", remedy);
	}
	if (url.protocol === "http:" && !allowHttp && !LOOPBACK.test(url.hostname)) {
		const remedy = "use https://, or set allow_http = true if the receiver really has no TLS";
		return refused("would be sent over http, without encryption", remedy);
	}
	const what = refusedHost(url, allowPrivate);
	if (what === undefined) return { url };
	const isPrivate = refusedHost(url, true) === undefined;
	return refused(
		`has ${what}`,
		isPrivate
			? "give a public address, or set allow_private = true"
			: "no webhook is sent there; give the receiver's own address",
	);
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
