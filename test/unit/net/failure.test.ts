// The words for what Node raises before an answer, from codes and OpenSSL's reasons; real faults are in the transport suite.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeError } from "../../../src/net/failure.ts";

function fault(kind: string, detail: string) {
	return { kind: "failure", cause: kind, detail };
}

describe("describeError", () => {
	const raised = (code: string, more: object = {}) => Object.assign(new Error("secret message"), { code, ...more });

	it.each([
		["EAI_AGAIN", "name_not_found", "name not found"],
		["EHOSTUNREACH", "unreachable", "host unreachable"],
		["ENETUNREACH", "unreachable", "network unreachable"],
		["EADDRNOTAVAIL", "unreachable", "address not available"],
		["ETIMEDOUT", "timeout", "connection timed out"],
		["EPIPE", "reset", "connection reset"],
		["CERT_NOT_YET_VALID", "tls", "TLS: certificate is not yet valid"],
		["CERT_REVOKED", "tls", "TLS: certificate is revoked"],
		["SELF_SIGNED_CERT_IN_CHAIN", "tls", "TLS: self-signed certificate in the chain"],
		["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls", "TLS: certificate issued by an unknown CA"],
		["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "tls", "TLS: certificate issued by an unknown CA"],
		["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tls", "TLS: the server asks for a client certificate"],
		["ERR_SSL_BAD_ECPOINT", "tls", "TLS: bad ecpoint"],
		["INVALID_PURPOSE", "tls", "TLS: certificate is not valid for servers"],
		["UNSPECIFIED", "tls", "TLS: certificate is not accepted"],
		["HPE_INVALID_VERSION", "protocol", "the response is not HTTP (HPE_INVALID_VERSION)"],
		["", "protocol", "the request cannot be sent (unknown error)"],
	])("%s", (code, kind, detail) => {
		expect(describeError(raised(code))).toEqual(fault(kind, detail));
	});

	it.each([
		["EPROTO", ":SSL routines:ssl3_get_record:wrong version number:", "the server does not speak TLS"],
		["EPROTO", ":SSL routines:ssl3_read_bytes:tlsv1 alert internal error:../x.c:918", "tlsv1 alert internal error"],
		["EPROTO", ":SSL routines:f:tlsv1 unrecognized name:../x.c", "the server does not know the host's name"],
		["UNSPECIFIED", "EE certificate key too weak", "the key of a certificate is too weak"],
		["UNSPECIFIED", "CA signature digest algorithm too weak", "the signature of a certificate is too weak"],
	])("reads OpenSSL's words where the code %s says nothing: %s", (code, message, words) => {
		expect(describeError(Object.assign(new Error(`write ${message}`), { code }))).toEqual(
			fault("tls", `TLS: ${words}`),
		);
	});

	it("prefers, of several addresses, an error that says more than a missing address family", () => {
		const errors = [raised("ENETUNREACH"), raised("ECONNREFUSED")];
		expect(describeError(new AggregateError(errors))).toMatchObject({ cause: "refused" });
		expect(describeError(new AggregateError(errors.slice(0, 1)))).toMatchObject({ cause: "unreachable" });
	});

	it.each(["__proto__", "constructor", "toString"])("knows no code %s", (code) => {
		expect(describeError(Object.assign(new Error("x"), { code })).cause).toBe("protocol");
	});

	it("is one bounded line, never quotes the message, and takes anything", () => {
		const anything = fc.oneof(
			fc.anything(),
			fc.record({
				code: fc.oneof(
					fc.string(),
					fc.string().map((tail) => `ERR_SSL_${tail}`),
				),
				reason: fc.string({ maxLength: 999 }),
			}),
		);
		fc.assert(
			fc.property(anything, (error) => {
				const { detail } = describeError(error);
				expect(Array.from(detail).length).toBeLessThanOrEqual(200);
				expect(detail).not.toMatch(/\p{Cc}/u);
				expect(detail).not.toContain("secret");
			}),
		);
	});
});
