// Every way in which sending fails before there is an answer, against real servers where there can be one.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsOptions } from "node:tls";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { directHttp } from "../../../src/deliver/http.ts";
import { describeError } from "../../../src/deliver/http-fault.ts";
import type { HttpRequest, HttpResult } from "../../../src/ports.ts";
import { certificate, listening, rawServer } from "../../helpers/net.ts";

const http = directHttp();
const never = new AbortController().signal;

function requestTo(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
	const body = Buffer.from("{}");
	return { method: "POST", url: new URL(url), headers: {}, body, timeoutMs: 5000, answerLimit: 1000, ...more };
}

function sent(server: Server, scheme: string, more: Partial<HttpRequest> = {}, signal = never): Promise<HttpResult> {
	const path = "secret-path?token=secret-query";
	return listening(server, (port) =>
		http.send(requestTo(`${scheme}://u:secret-pw@127.0.0.1:${port}/${path}`, more), signal),
	);
}

function fault(kind: string, detail: string) {
	return { kind: "fault", fault: kind, detail };
}

describe("over http", () => {
	it("a closed port is refused", async () => {
		const port = await listening(createServer(), async (free) => free);
		expect(await http.send(requestTo(`http://127.0.0.1:${port}/`), never)).toEqual(
			fault("refused", "connection refused"),
		);
		// Where the name has two addresses, both are told as one.
		expect(await http.send(requestTo(`http://localhost:${port}/`), never)).toEqual(
			fault("refused", "connection refused"),
		);
	});

	it("a name that cannot exist is not found", async () => {
		const result = await http.send(requestTo("http://hook.invalid/"), never);
		expect(result).toEqual(fault("name_not_found", "name not found"));
	});

	it.each([
		["silence", (_: Socket) => {}, "timeout", "no answer within 200 ms"],
		["an end without a word", "", "reset", "connection closed before an answer"],
		["a reset", (socket: Socket) => void socket.resetAndDestroy(), "reset", "connection reset"],
		["a status line that is none", "garbage\r\n\r\n", "protocol", "the answer is not HTTP (HPE_INVALID_CONSTANT)"],
		[
			"endless headers",
			`HTTP/1.1 200 OK\r\nX: ${"a".repeat(40_000)}\r\n\r\n`,
			"protocol",
			"the answer's headers are too large",
		],
		["half of the headers", "HTTP/1.1 200 OK\r\nX: 1\r\n", "reset", "connection closed before an answer"],
		[
			"a change of protocol",
			"HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
			"reset",
			"connection closed before an answer",
		],
		["a TLS alert", "\x15\x03\x01\x00\x02\x02\x46", "tls", "TLS: the server speaks TLS, the URL is http"],
	])("%s is a fault", async (_, answer, kind, detail) => {
		expect(await sent(rawServer(answer), "http", { timeoutMs: 200 })).toEqual(fault(kind, detail));
	});

	it("a cancellation ends it at once, also one from before", async () => {
		const controller = new AbortController();
		const started = performance.now();
		const server = rawServer(() => controller.abort());
		expect(await sent(server, "http", {}, controller.signal)).toEqual(fault("cancelled", "cancelled"));
		expect(await sent(server, "http", {}, controller.signal)).toEqual(fault("cancelled", "cancelled"));
		expect(performance.now() - started).toBeLessThan(2000);
	});

	it("an impossible request is a value too, and does not quote it", async () => {
		const result = await http.send(requestTo("http://127.0.0.1:1/", { headers: { "x-key": "secret\r\nx: y" } }), never);
		expect(result).toEqual(fault("protocol", "the request cannot be sent (ERR_INVALID_CHAR)"));
		const badUser = await http.send(requestTo("http://%zz@127.0.0.1:1/"), never);
		expect(badUser).toMatchObject({ kind: "fault", fault: "protocol" });
	});
});

describe("over https", () => {
	const OLD_TLS = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
	const selfSigned = certificate("IP:127.0.0.1");
	const secure = (options: TlsOptions) =>
		createHttpsServer({ ...selfSigned, ...options }, (_, response) => response.end("ok"));

	it.each<[string, () => Server, string]>([
		["a self-signed certificate", () => secure({}), "self-signed certificate"],
		["plain HTTP", () => createHttpServer(), "the server does not speak TLS"],
		[
			"another protocol",
			() => createServer((socket) => socket.on("error", () => {}).write("SSH-2.0-x\r\n")),
			"the server does not speak TLS",
		],
		["TLS 1.1", () => secure(OLD_TLS), "the server has no TLS version from 1.2 on"],
		[
			"no common cipher",
			() => secure({ maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" }),
			"handshake failed, no common cipher",
		],
	])("%s is a TLS fault", async (_, server, words) => {
		expect(await sent(server(), "https")).toEqual(fault("tls", `TLS: ${words}`));
	});

	it("a connection that ends or hangs in the handshake may be tried again", async () => {
		expect(await sent(rawServer(""), "https")).toEqual(fault("reset", "connection closed before an answer"));
		const hanging = await sent(
			rawServer(() => {}),
			"https",
			{ timeoutMs: 200 },
		);
		expect(hanging).toEqual(fault("timeout", "no answer within 200 ms"));
	});

	it("trusts added authorities, but no expired certificate, no other host's, and never everything", async () => {
		const folder = mkdtempSync(join(tmpdir(), "https-"));
		const expired = certificate("IP:127.0.0.1", -1);
		const other = certificate("DNS:other.example");
		const script = join(folder, "send.mjs");
		writeFileSync(join(folder, "ca.pem"), Buffer.concat([selfSigned.cert, expired.cert, other.cert]));
		writeFileSync(
			script,
			`import { directHttp } from ${JSON.stringify(new URL("../../../src/deliver/http.ts", import.meta.url).href)};
			const results = [];
			for (const port of process.argv.slice(2)) {
				const request = { method: "POST", url: new URL("https://127.0.0.1:" + port), headers: {}, timeoutMs: 5000, answerLimit: 99 };
				results.push(await directHttp().send(request, new AbortController().signal));
			}
			console.log(JSON.stringify(results));`,
		);
		const run = async (ports: readonly number[], env: Record<string, string>): Promise<unknown> => {
			const { stdout } = await promisify(execFile)(process.execPath, [script, ...ports.map(String)], { env });
			return JSON.parse(stdout);
		};
		try {
			await listening(secure({}), (good) =>
				listening(secure(expired), (late) =>
					listening(secure(other), async (wrong) => {
						expect(await run([good, late, wrong], { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") })).toMatchObject([
							{ kind: "answer", status: 200, body: "ok", read: "whole" },
							fault("tls", "TLS: certificate has expired"),
							fault("tls", "TLS: hostname mismatch, the certificate is for another host"),
						]);
						const careless = {
							NODE_TLS_REJECT_UNAUTHORIZED: "0",
							NODE_OPTIONS: "--tls-min-v1.0 --tls-cipher-list=DEFAULT@SECLEVEL=0",
						};
						expect(await run([good], careless)).toEqual([fault("tls", "TLS: self-signed certificate")]);
						await listening(secure(OLD_TLS), async (old) =>
							expect(await run([old], careless)).toEqual([
								fault("tls", "TLS: the server has no TLS version from 1.2 on"),
							]),
						);
					}),
				),
			);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

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
		["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls", "TLS: certificate of an unknown authority"],
		["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "tls", "TLS: certificate of an unknown authority"],
		["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tls", "TLS: the server asks for a client certificate"],
		["ERR_SSL_BAD_ECPOINT", "tls", "TLS: bad ecpoint"],
		["HPE_INVALID_VERSION", "protocol", "the answer is not HTTP (HPE_INVALID_VERSION)"],
		["", "protocol", "the request cannot be sent (unknown error)"],
	])("%s", (code, kind, detail) => {
		expect(describeError(raised(code))).toEqual(fault(kind, detail));
	});

	it("reads OpenSSL's words where the code says nothing", () => {
		const error = Object.assign(new Error("write EPROTO 00:SSL routines:ssl3_get_record:wrong version number:"), {
			code: "EPROTO",
		});
		expect(describeError(error)).toEqual(fault("tls", "TLS: the server does not speak TLS"));
	});

	it("prefers, of several addresses, an error that says more than a missing address family", () => {
		const errors = [raised("ENETUNREACH"), raised("ECONNREFUSED")];
		expect(describeError(new AggregateError(errors))).toMatchObject({ fault: "refused" });
		expect(describeError(new AggregateError(errors.slice(0, 1)))).toMatchObject({ fault: "unreachable" });
	});

	it.each(["__proto__", "constructor", "toString"])("knows no code %s", (code) => {
		expect(describeError(Object.assign(new Error("x"), { code })).fault).toBe("protocol");
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
