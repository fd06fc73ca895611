// Why an HTTP exchange gave no response, in a short sentence without any part of the URL.

import { excerpt } from "../lib/text.ts";
import type { HttpCause } from "../model/failure.ts";
import { errorCode } from "../model/problem.ts";
import type { HttpFailure, HttpProxy } from "../ports.ts";

/** Code points of a detail at most. */
const DETAIL_LIMIT = 200;

export function httpFailure(cause: HttpCause, detail: string): HttpFailure {
	return { kind: "failure", cause, detail: excerpt(detail, DETAIL_LIMIT) };
}

/** A failure of the proxy, before the receiver had a say. */
export function proxyFailure({ variable }: HttpProxy, { cause, detail }: HttpFailure): HttpFailure {
	return httpFailure(cause, `proxy (${variable}): ${detail}`);
}

/** The failure of a status with which the proxy refused a request, or to open a tunnel. */
export function refusedByProxy(proxy: HttpProxy, status: number, method?: "CONNECT"): HttpFailure {
	const mayPass = status >= 500 || status === 408 || status === 429;
	const shown = showStatus(status);
	const detail = method === undefined || status === 407 ? shown : `${shown} on ${method}`;
	return proxyFailure(proxy, httpFailure(mayPass ? "unreachable" : "proxy", detail));
}

/** As RFC 9110 names them, where Node has their older names. */
const RENAMED: Readonly<Record<number, string>> = { 413: "Content Too Large", 422: "Unprocessable Content" };

/** `503 Service Unavailable`; only the number of a status that has no name. */
export function showStatus(status: number): string {
	const { STATUS_CODES } = process.getBuiltinModule("node:http");
	return `${status} ${RENAMED[status] ?? STATUS_CODES[status] ?? ""}`.trim();
}

/** Carries a failure that we found ourselves through a client that connects. */
export class ConnectError extends Error {
	override readonly name = "ConnectError";
	readonly failure: HttpFailure;

	constructor(failure: HttpFailure) {
		super(failure.cause);
		this.failure = failure;
	}
}

/**
 * By the code of an error: of the system (https://nodejs.org/api/errors.html#common-system-errors), of Node's own client
 * and of undici (https://undici.nodejs.org/#/docs/api/Errors).
 */
const CODES: ReadonlyMap<string, readonly [HttpCause, string]> = new Map([
	["ECONNREFUSED", ["refused", "connection refused"]],
	["ENOTFOUND", ["name_not_found", "name not found"]],
	["EHOSTUNREACH", ["unreachable", "host unreachable"]],
	["EHOSTDOWN", ["unreachable", "host unreachable"]],
	["ENETUNREACH", ["unreachable", "network unreachable"]],
	["ENETDOWN", ["unreachable", "network unreachable"]],
	["EADDRNOTAVAIL", ["unreachable", "address not available"]],
	["EACCES", ["unreachable", "connection not permitted"]],
	["EPERM", ["unreachable", "connection not permitted"]],
	["ETIMEDOUT", ["timeout", "connection timed out"]],
	["UND_ERR_CONNECT_TIMEOUT", ["timeout", "connection timed out"]],
	["UND_ERR_HEADERS_TIMEOUT", ["timeout", "no response in time"]],
	["ECONNRESET", ["reset", "connection reset"]],
	["ECONNABORTED", ["reset", "connection reset"]],
	["EPIPE", ["reset", "connection reset"]],
	["UND_ERR_SOCKET", ["reset", "connection closed before a response"]],
	["UND_ERR_ABORTED", ["reset", "connection closed before a response"]],
	["UND_ERR_INFO", ["reset", "connection closed before a response"]],
	["HPE_HEADER_OVERFLOW", ["protocol", "the response's headers are too large"]],
	["UND_ERR_HEADERS_OVERFLOW", ["protocol", "the response's headers are too large"]],
	["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", ["protocol", "the response has a length that is not valid"]],
	// How undici takes a status that does not exist.
	["ERR_ASSERTION", ["protocol", "the response is not HTTP"]],
	["UND_ERR_DESTROYED", ["cancelled", "cancelled"]],
	["UND_ERR_CLOSED", ["cancelled", "cancelled"]],
	["ERR_INVALID_CHAR", impossible("a header has a character that is not allowed in headers")],
	["ERR_INVALID_HTTP_TOKEN", impossible("its method or the name of a header is not valid")],
	["ERR_UNESCAPED_CHARACTERS", impossible("its path has a character that is not allowed in paths")],
	["UND_ERR_INVALID_ARG", impossible("its method, path or a header is not valid")],
	["UND_ERR_NOT_SUPPORTED", impossible("a header is not supported")],
]);

function impossible(why: string): readonly [HttpCause, string] {
	return ["invalid", `the request cannot be made: ${why}`];
}

/** Tested in order on the code and OpenSSL's own words, which differ between versions of Node. */
const TLS: readonly (readonly [RegExp, string])[] = [
	[/CERT_HAS_EXPIRED/, "certificate has expired"],
	[/CERT_NOT_YET_VALID/, "certificate is not yet valid"],
	[/CERT_REVOKED/, "certificate is revoked"],
	[/DEPTH_ZERO_SELF_SIGNED_CERT/, "self-signed certificate"],
	[/SELF_SIGNED_CERT_IN_CHAIN/, "self-signed certificate in the chain"],
	[/UNABLE_TO_/, "certificate issued by an unknown CA"],
	[/INVALID_PURPOSE/, "certificate is not valid for servers"],
	[/key too (?:weak|small)/, "the key of a certificate is too weak"],
	[/digest algorithm too weak|md too weak/, "the signature of a certificate is too weak"],
	[/^UNSPECIFIED$/, "certificate is not accepted"],
	[/ALTNAME_INVALID|HOSTNAME_MISMATCH/, "hostname mismatch, the certificate is for another host"],
	[/wrong.version.number|packet.length.too.long|record.layer.failure/i, "the server does not speak TLS"],
	[/protocol.version|unsupported.protocol|version.too.low/i, "the server supports no TLS version from 1.2 on"],
	[/certificate.required/i, "the server asks for a client certificate"],
	[/unrecognized.name/i, "the server does not know the host's name"],
	[
		/handshake.failure|no.shared.cipher/i,
		"the server refused the handshake: no common cipher, or it asks for a client certificate",
	],
];

/** The codes of OpenSSL's certificate checks have no prefix in common (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const TLS_CODE =
	/^(?:CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|UNSPECIFIED$|ERROR_IN_C|ERR_TLS_|ERR_SSL_|ERR_OSSL_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH|EPROTO$)/;

/** The failure of a request that could not even be begun. Never quotes a message. */
export function describeImpossible(error: unknown): HttpFailure {
	if (error instanceof URIError) return httpFailure(...impossible("its user or password is not percent-encoded"));
	const described = describeError(error);
	return described.cause === "protocol" ? httpFailure(...impossible(nameOf(error))) : described;
}

/** The failure of what a client raises before the headers of a response. Never quotes a message. */
export function describeError(error: unknown): HttpFailure {
	const cause = mostUseful(error);
	if (cause instanceof ConnectError) return cause.failure;
	const code = errorCode(cause) ?? "";
	const message = textOf(cause, "message");
	if (code === "UND_ERR_SOCKET" && message === "bad response") return httpFailure("protocol", UNASKED_CONTINUE);
	// The other side ended in order, or during the TLS handshake: Node gives both the code of a reset.
	const isEnd = code === "ECONNRESET" && /socket hang up|before secure TLS/.test(message);
	const known = CODES.get(isEnd ? "UND_ERR_SOCKET" : code);
	if (known !== undefined) return httpFailure(...known);
	if (code.startsWith("EAI_")) return httpFailure("name_not_found", "name not found");
	if (TLS_CODE.test(code)) return httpFailure("tls", `TLS: ${describeTls(cause, code)}`);
	// Of undici's parser, `data` is what it could not read; of Node's, `rawPacket`.
	const isUndici = cause instanceof Error && cause.name === "HTTPParserError";
	if (isUndici || code.startsWith("HPE_")) {
		const first = String(propertyOf(cause, isUndici ? "data" : "rawPacket")).charCodeAt(0);
		if (TLS_RECORDS.includes(first)) return httpFailure("tls", "TLS: the server speaks TLS, the URL is http");
		return httpFailure("protocol", isUndici ? "the response is not HTTP" : `the response is not HTTP (${code})`);
	}
	return httpFailure("protocol", `the request cannot be sent (${nameOf(cause)})`);
}

/** The first byte of a TLS alert and of a handshake. */
const TLS_RECORDS: readonly number[] = [0x15, 0x16];

/** RFC 9110, 15.2 wants clients to pass over `100 Continue`; undici takes it for a broken response. */
const UNASKED_CONTINUE = "unexpected 100 Continue, which is ignored only without a proxy and on a new connection";

/** What can be said of an error without its message. */
function nameOf(error: unknown): string {
	return errorCode(error) || (error instanceof Error && error.name !== "Error" ? error.name : "unknown error");
}

/**
 * The error that says most: of several addresses, not that of an address family that the machine lacks; of a connection
 * that was closed, what the system said.
 */
function mostUseful(error: unknown): unknown {
	if (error instanceof AggregateError) {
		const errors: readonly unknown[] = error.errors;
		return errors.find((each) => CODES.get(errorCode(each) ?? "")?.[0] !== "unreachable") ?? errors[0];
	}
	const cause = errorCode(error) === "UND_ERR_SOCKET" ? propertyOf(error, "cause") : undefined;
	return errorCode(cause) === undefined ? error : mostUseful(cause);
}

function describeTls(error: unknown, code: string): string {
	const message = textOf(error, "message");
	const reason = textOf(error, "reason") || (OPENSSL_REASON.exec(message)?.[1] ?? "");
	const known = TLS.find(([pattern]) => pattern.test(code) || pattern.test(reason || message));
	const words = code.replace(/^ERR_(?:OS)?(?:SSL|TLS)_/, "").replaceAll("_", " ");
	return known?.[1] ?? (reason || words.toLowerCase());
}

/** Where OpenSSL's error is but a text, which also has the place in its source. */
const OPENSSL_REASON = /:SSL routines:[^:]*:([^:]+):/;

function propertyOf(error: unknown, name: string): unknown {
	return typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
}

function textOf(error: unknown, name: string): string {
	const value = propertyOf(error, name);
	return typeof value === "string" ? value : "";
}
