// What kept an HTTP exchange from giving an answer, told in a short sentence that holds nothing of the URL.

import { excerpt } from "../lib/text.ts";
import type { HttpFault, HttpResult } from "../ports.ts";

export type Fault = Extract<HttpResult, { kind: "fault" }>;

/** Code points of a detail at most. */
const DETAIL_LIMIT = 200;

export function fault(kind: HttpFault, detail: string): Fault {
	return { kind: "fault", fault: kind, detail: excerpt(detail, DETAIL_LIMIT) };
}

/** System errors of sockets and name resolution (https://nodejs.org/api/errors.html#common-system-errors). */
const SYSTEM: ReadonlyMap<string, readonly [HttpFault, string]> = new Map([
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
	["ECONNRESET", ["reset", "connection reset"]],
	["ECONNABORTED", ["reset", "connection reset"]],
	["EPIPE", ["reset", "connection reset"]],
	["HPE_HEADER_OVERFLOW", ["protocol", "the response's headers are too large"]],
]);

/** Tested in order on the code and OpenSSL's own words, which differ between versions of Node. */
const TLS: readonly (readonly [RegExp, string])[] = [
	[/CERT_HAS_EXPIRED/, "certificate has expired"],
	[/CERT_NOT_YET_VALID/, "certificate is not yet valid"],
	[/CERT_REVOKED/, "certificate is revoked"],
	[/DEPTH_ZERO_SELF_SIGNED_CERT/, "self-signed certificate"],
	[/SELF_SIGNED_CERT_IN_CHAIN/, "self-signed certificate in the chain"],
	[/UNABLE_TO_/, "certificate of an unknown authority"],
	[/INVALID_PURPOSE/, "certificate is not one for servers"],
	[/key too (?:weak|small)/, "the key of a certificate is too weak"],
	[/digest algorithm too weak|md too weak/, "the signature of a certificate is too weak"],
	[/^UNSPECIFIED$/, "certificate is not accepted"],
	[/ALTNAME_INVALID|HOSTNAME_MISMATCH/, "hostname mismatch, the certificate is for another host"],
	[/wrong.version.number|packet.length.too.long|record.layer.failure/i, "the server does not speak TLS"],
	[/protocol.version|unsupported.protocol|version.too.low/i, "the server has no TLS version from 1.2 on"],
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

/** What is wrong with a request, by Node's codes and undici's. */
const IMPOSSIBLE: ReadonlyMap<string, string> = new Map([
	["ERR_INVALID_CHAR", "a header has a character that no header can carry"],
	["ERR_INVALID_HTTP_TOKEN", "its method or the name of a header is not valid"],
	["ERR_UNESCAPED_CHARACTERS", "its path has a character that no path can carry"],
	["UND_ERR_INVALID_ARG", "its method, path or a header is not valid"],
	["UND_ERR_NOT_SUPPORTED", "a header is not supported"],
]);

/** Turns what making a request throws into a fault: nothing was sent, nor can it be. Never quotes a message. */
export function describeImpossible(error: unknown): Fault {
	const told = describeError(error);
	if (told.fault !== "protocol") return told;
	const code = textOf(error, "code");
	const words = error instanceof URIError ? "its user or password is not percent-encoded" : IMPOSSIBLE.get(code);
	return fault("invalid", `the request cannot be made: ${words ?? nameOf(error, code)}`);
}

/** Turns what `node:http` and `node:https` raise before an answer's headers into a fault. Never quotes a message. */
export function describeError(error: unknown): Fault {
	const cause = firstUseful(error);
	const code = textOf(cause, "code");
	const system = SYSTEM.get(code);
	if (code === "ECONNRESET" && isUnexpectedEnd(cause)) return fault("reset", "connection closed before a response");
	if (system !== undefined) return fault(...system);
	if (code.startsWith("EAI_")) return fault("name_not_found", "name not found");
	if (TLS_CODE.test(code)) return fault("tls", `TLS: ${describeTls(cause, code)}`);
	if (code.startsWith("HPE_")) {
		return startsWithTls(firstByteOf(cause))
			? fault("tls", "TLS: the server speaks TLS, the URL is http")
			: fault("protocol", `the response is not HTTP (${code})`);
	}
	return fault("protocol", `the request cannot be sent (${nameOf(cause, code)})`);
}

/** What can be told of an error without its message. */
function nameOf(error: unknown, code: string): string {
	return code || (error instanceof Error && error.name !== "Error" ? error.name : "unknown error");
}

/** With several addresses each has an error; an address family that the machine lacks says the least. */
function firstUseful(error: unknown): unknown {
	if (!(error instanceof AggregateError)) return error;
	const errors: readonly unknown[] = error.errors;
	return errors.find((each) => SYSTEM.get(textOf(each, "code"))?.[0] !== "unreachable") ?? errors[0];
}

/** The other side ended in order, or during the TLS handshake: Node gives both the code of a reset. */
function isUnexpectedEnd(error: unknown): boolean {
	return /socket hang up|before secure TLS/.test(textOf(error, "message"));
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

/** Whether a byte is the first of a TLS alert or of a handshake record. */
export function startsWithTls(byte: number | undefined): boolean {
	return byte === 0x15 || byte === 0x16;
}

function firstByteOf(error: unknown): number | undefined {
	const packet = propertyOf(error, "rawPacket");
	return packet instanceof Uint8Array ? packet[0] : undefined;
}

function propertyOf(error: unknown, name: string): unknown {
	return typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
}

function textOf(error: unknown, name: string): string {
	const value = propertyOf(error, name);
	return typeof value === "string" ? value : "";
}
