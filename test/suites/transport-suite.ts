// What every transport must do: what is sent, how answers are read and where reading stops, and how it fails.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsOptions } from "node:tls";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import type { Connections, Http, HttpProxy, HttpRequest, HttpResult } from "../../src/ports.ts";
import { certificate, listening, rawServer } from "../helpers/net.ts";

/** A transport, and how a module of its own makes one. */
export interface Transport {
	readonly http: Http;
	readonly connections: Connections;
	readonly proxy?: HttpProxy;
	/** What the servers speak. Over a proxy that is https: in a tunnel every fault comes through as it is. */
	readonly scheme: "http" | "https";
	/** The module below src/net and the function that makes the transport. */
	readonly module: readonly [file: string, name: string];
}

/** Runs the suite over one transport. */
export function transportSuite(name: string, { http, connections, proxy, scheme, module }: Transport): void {
	describe(name, () => {
		afterAll(() => http.close());
		const never = new AbortController().signal;
		const direct = proxy === undefined;
		const identity = scheme === "https" ? certificate("IP:127.0.0.1,DNS:localhost") : undefined;

		function requestTo(port: number, more: Partial<HttpRequest> = {}): HttpRequest {
			const url = new URL(`${scheme}://127.0.0.1:${port}/secret-path?token=secret-query`);
			return {
				method: "POST",
				url,
				headers: {},
				body: Buffer.from("{}"),
				timeoutMs: 5000,
				responseLimit: 1000,
				connections,
				proxy,
				allowPrivate: true,
				caCertificates: identity?.cert.toString(),
				...more,
			};
		}

		function isWhole(result: HttpResult): boolean {
			return result.kind === "response" && result.read === "whole";
		}

		/** What a raw answer gives. */
		function answered(raw: string | ((socket: Socket) => void), more: Partial<HttpRequest> = {}): Promise<HttpResult> {
			return listening(rawServer(raw, identity), (port) => http.send(requestTo(port, more), never));
		}

		interface Received {
			readonly request: IncomingMessage;
			readonly body: string;
		}

		function httpServer(listener: RequestListener): Server {
			return identity === undefined ? createHttpServer(listener) : createHttpsServer(identity, listener);
		}

		/** What the server received of a request. */
		async function received(more: Partial<HttpRequest>, change = (url: URL) => url): Promise<Received> {
			let got: Received | undefined;
			const listener: RequestListener = async (request, response) => {
				const chunks: Uint8Array[] = [];
				for await (const chunk of request) chunks.push(chunk);
				got = { request, body: Buffer.concat(chunks).toString() };
				response.end("ok");
			};
			await listening(httpServer(listener), async (port) => {
				const request = requestTo(port, more);
				expect(await http.send({ ...request, url: change(request.url) }, never)).toMatchObject({ status: 200 });
			});
			if (got === undefined) throw new Error("nothing received");
			return got;
		}

		function sent(
			server: Server,
			scheme: string,
			more: Partial<HttpRequest> = {},
			signal = never,
		): Promise<HttpResult> {
			const path = "secret-path?token=secret-query";
			return listening(server, (port) =>
				http.send(
					requestTo(port, { ...more, url: new URL(`${scheme}://u:secret-pw@127.0.0.1:${port}/${path}`) }),
					signal,
				),
			);
		}

		function fault(kind: string, detail: string) {
			return { kind: "failure", cause: kind, detail };
		}

		describe("what is sent", () => {
			it("is the method, path, headers and exact bytes", async () => {
				const body = Buffer.from('{"é":"…"}');
				const { request, body: got } = await received({
					body,
					headers: { "X-Test": "1", "content-type": "application/json" },
				});
				expect(got).toBe('{"é":"…"}');
				expect(request.method).toBe("POST");
				expect(request.url).toBe("/secret-path?token=secret-query");
				expect(request.headers).toMatchObject({
					"x-test": "1",
					"content-type": "application/json",
					"content-length": String(body.byteLength),
				});
				expect(request.headers).not.toHaveProperty("transfer-encoding");
			});

			it("asks for no compression, whatever the headers say", async () => {
				const { request } = await received({ headers: { "Accept-Encoding": "gzip, br" } });
				expect(request.headers["accept-encoding"]).toBe("identity");
			});

			it.each(["GET", "DELETE", "PUT", "PATCH"])("carries a body with %s", async (method) => {
				const { request, body } = await received({ method, body: Buffer.from("abc") });
				expect([request.method, body]).toEqual([method, "abc"]);
			});

			it("has no length without a body", async () => {
				const { request } = await received({ method: "GET", body: undefined });
				expect(request.headers).not.toHaveProperty("content-length");
			});

			it("turns userinfo into basic authorization, decoded", async () => {
				const withUser = (url: URL) => new URL(url.href.replace("//", "//us%40er:p%3Ass@"));
				const { request } = await received({}, withUser);
				expect(request.headers.authorization).toBe(`Basic ${Buffer.from("us@er:p:ss").toString("base64")}`);
				const own = await received({ headers: { Authorization: "Bearer x" } }, withUser);
				expect(own.request.headers.authorization).toBe("Bearer x");
			});
		});

		describe("an answer", () => {
			it("is whole with its status, joined headers and body", async () => {
				const raw =
					"HTTP/1.1 202 Accepted\r\nRetry-After: 1\r\nRETRY-after: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok";
				expect(await answered(raw)).toEqual({
					kind: "response",
					status: 202,
					headers: { "retry-after": "1, 2", "set-cookie": "a, b", "content-length": "2" },
					body: "ok",
					read: "whole",
				});
			});

			it("has all its headers: those after a thousand others, and one named as every object's prototype", async () => {
				const others = "a: 1\r\n".repeat(1100);
				const raw = `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n__proto__: x\r\n${others}Content-Encoding: gzip\r\n\r\nok`;
				const result = await answered(raw);
				expect(result).toMatchObject({ headers: { "content-encoding": "gzip" }, read: "whole" });
				const headers = result.kind === "response" ? Object.entries(result.headers) : [];
				expect(headers).toContainEqual(["__proto__", "x"]);
			});

			it.each([
				[
					"after 103",
					"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
					200,
					"ok",
				],
				["204", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""],
				["an empty 200", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ""],
				["in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok"],
				[
					"a redirect, which is not followed",
					"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
					307,
					"",
				],
				[
					"compressed though not asked, which is not decoded",
					"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nzip",
					200,
					"zip",
				],
				[
					"malformed UTF-8, replaced",
					(socket: Socket) => socket.end(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na\xffb", "latin1")),
					200,
					"a\ufffdb",
				],
			])("is whole: %s", async (_, raw, status, body) => {
				expect(await answered(raw)).toMatchObject({ kind: "response", status, body, read: "whole" });
			});

			it("to HEAD has no body whatever its length says", async () => {
				const result = await answered("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", {
					method: "HEAD",
					body: undefined,
				});
				expect(result).toMatchObject({ status: 200, body: "", read: "whole" });
			});

			it.each([
				[
					"a reset",
					(socket: Socket) =>
						socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", () =>
							setTimeout(() => socket.resetAndDestroy(), 20),
						),
				],
				["an early end", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"],
				["a broken chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n"],
				["silence", (socket: Socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")],
			])("is cut by %s", async (_, raw) => {
				expect(await answered(raw, { timeoutMs: 300 })).toMatchObject({
					kind: "response",
					status: 200,
					body: "ok",
					read: "truncated",
				});
			});

			it("that only the end of the connection delimits is cut by a reset, whatever came before it", async () => {
				for (const body of ["", "ok"]) {
					const reset = (socket: Socket) =>
						socket.write(`HTTP/1.1 200 OK\r\n\r\n${body}`, () => setTimeout(() => socket.resetAndDestroy(), 20));
					const result = await answered((socket) => void reset(socket));
					expect(result).toMatchObject({ status: 200, body });
					expect(result).toMatchObject({ read: expect.stringMatching(/^(truncated|undelimited)$/) });
				}
			});

			it.each([
				["without a length", "HTTP/1.1 200 OK\r\n\r\nok"],
				["of HTTP/1.0 without a length", "HTTP/1.0 200 OK\r\n\r\nok"],
				["of status 205 without a length", "HTTP/1.1 205 X\r\n\r\nok"],
				["in another transfer encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok"],
			])("that only the end of the connection delimits has no proved end: %s", async (_, raw) => {
				expect(await answered(raw)).toMatchObject({ kind: "response", body: "ok", read: "undelimited" });
			});

			it.each([
				["identity", "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok"],
				["chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
				["chunks in another encoding", "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
				["chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
				["two lengths", "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"],
				["a list of lengths", "Content-Length: 2, 2\r\n\r\nok"],
				["a length that is not a number", "Content-Length: 2x\r\n\r\nok"],
				["chunked and a tab", "Transfer-Encoding: chunked\t\r\n\r\n2\r\nok\r\n"],
				[
					"chunked and a no-break space",
					(socket: Socket) =>
						socket.end(Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\xa0\r\n\r\n2\r\nok\r\n", "latin1")),
				],
				["an empty length", "Content-Length:\r\n\r\n"],
				["a negative length", "Content-Length: -2\r\n\r\nok"],
			])("with %s is never whole", async (_, rest) => {
				const raw = typeof rest === "string" ? `HTTP/1.1 200 OK\r\n${rest}` : rest;
				expect(isWhole(await answered(raw))).toBe(false);
			});

			it.each([
				["a length", "Content-Length: 2\r\n\r\nok"],
				["chunks", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
			])("of status 204 that announces a body by %s is never whole", async (_, rest) => {
				expect(isWhole(await answered(`HTTP/1.1 204 No Content\r\n${rest}`))).toBe(false);
			});

			it.each([
				["of HTTP/1.0 with a length", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", {}],
				["in Chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", {}],
				["of status 304", "HTTP/1.1 304 Not Modified\r\n\r\n", {}],
				["to HEAD without a length", "HTTP/1.1 200 OK\r\n\r\n", { method: "HEAD", body: undefined }],
			])("has a proved end: %s", async (_, raw, more) => {
				expect(await answered(raw, more)).toMatchObject({ kind: "response", read: "whole" });
			});

			it.each([
				["with a length", 'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"allow": true}'],
				["of HTTP/1.0", 'HTTP/1.0 200 OK\r\nX: y\r\n\r\n{"allow": true}'],
				[
					"in chunks",
					'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"allow"\r\n7\r\n: true}\r\n0\r\nX: y\r\n\r\n',
				],
			])("that is cut at any byte, by an end or a reset, is never whole: %s", async (_, raw) => {
				const cutting = rawServer((socket, first) => {
					const [, length = "", how = ""] = /\?(\d+)(end|reset) /.exec(first.toString()) ?? [];
					const part = raw.slice(0, Number(length));
					if (how === "end") socket.end(part);
					else socket.write(part, () => setTimeout(() => socket.resetAndDestroy(), 5));
				}, identity);
				// Over TLS, which takes its time, from the end of the headers on.
				const ways = scheme === "http" ? ["end", "reset"] : ["end"];
				const first = scheme === "http" ? 0 : raw.indexOf("\r\n\r\n") + 3;
				const cuts = Array.from({ length: raw.length - first }, (_, n) =>
					ways.map((how) => `${first + n}${how}`),
				).flat();
				await listening(cutting, async (port) => {
					const work = async () => {
						for (let cut = cuts.pop(); cut !== undefined; cut = cuts.pop()) {
							const url = new URL(`${scheme}://127.0.0.1:${port}/?${cut}`);
							expect([cut, isWhole(await http.send(requestTo(port, { url }), never))]).toEqual([cut, false]);
						}
					};
					await Promise.all(Array.from({ length: 10 }, work));
				});
			});

			it("that trickles is cut at the timeout", async () => {
				const started = performance.now();
				const result = await answered(
					(socket) => {
						socket.write("HTTP/1.1 200 OK\r\n\r\n");
						const timer = setInterval(() => socket.write("x"), 20);
						socket.once("close", () => clearInterval(timer));
					},
					{ timeoutMs: 300 },
				);
				expect(result).toMatchObject({ status: 200, read: "truncated" });
				expect(performance.now() - started).toBeLessThan(2500);
			});

			it("is cut by a cancellation in its body", async () => {
				const controller = new AbortController();
				const server = rawServer((socket) => {
					socket.write("HTTP/1.1 200 OK\r\n\r\nok", () => setTimeout(() => controller.abort(), 200));
				}, identity);
				const result = await listening(server, (port) => http.send(requestTo(port), controller.signal));
				expect(result).toMatchObject({ status: 200, read: "truncated" });
			});

			it("of exactly the limit is whole, of one byte more is over it", async () => {
				const of = (bytes: number) =>
					answered(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n${"x".repeat(bytes)}`, { responseLimit: 10 });
				expect(await of(10)).toMatchObject({ read: "whole", body: "x".repeat(10) });
				expect(await of(11)).toMatchObject({ read: "over_limit", body: "x".repeat(10) });
			});

			it("without end stops at the limit, closes the socket and takes no memory", async () => {
				const before = process.memoryUsage.rss();
				let closed: Promise<void> | undefined;
				const server = rawServer((socket) => {
					closed = new Promise((resolve) => socket.once("close", () => resolve()));
					const block = Buffer.alloc(64 * 1024, "x");
					const pour = () => {
						while (!socket.destroyed && socket.write(block));
					};
					socket.on("drain", pour).write("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
					pour();
				}, identity);
				await listening(server, async (port) => {
					const result = await http.send(requestTo(port, { responseLimit: 250_000 }), never);
					expect(result).toMatchObject({ status: 200, read: "over_limit", body: "x".repeat(250_000) });
					await closed;
				});
				// Garbage that is collected late counts too.
				expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
			});

			if (direct)
				it("wins when it comes before the request was read, and the connection is then reset", async () => {
					const raw = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig";
					const result = await answered((socket) => socket.write(raw, () => socket.resetAndDestroy()), {
						body: Buffer.alloc(20_000_000),
					});
					expect(result).toMatchObject({ kind: "response", status: 413 });
				});
		});

		if (direct)
			describe("over http", () => {
				it("a closed port is refused", async () => {
					const port = await listening(createTcpServer(), async (free) => free);
					expect(await http.send(requestTo(port), never)).toEqual(fault("refused", "connection refused"));
					// Where the name has two addresses, both are told as one.
					expect(await http.send(requestTo(1, { url: new URL(`http://localhost:${port}/`) }), never)).toEqual(
						fault("refused", "connection refused"),
					);
				});

				it("a name that cannot exist is not found", async () => {
					const result = await http.send(requestTo(1, { url: new URL("http://hook.invalid/") }), never);
					expect(result).toEqual(fault("name_not_found", "name not found"));
				});

				it.each([
					["silence", (_: Socket) => {}, "timeout", "no response within 200 ms"],
					[
						"silence after an interim answer",
						(socket: Socket) => void socket.write("HTTP/1.1 103 Early Hints\r\n\r\n"),
						"timeout",
						"no response within 200 ms",
					],
					["an end without a word", "", "reset", "connection closed before a response"],
					["a reset", (socket: Socket) => void socket.resetAndDestroy(), "reset", "connection reset"],
					["a status line that is none", "garbage\r\n\r\n", "protocol", "the response is not HTTP"],
					[
						"endless headers",
						`HTTP/1.1 200 OK\r\nX: ${"a".repeat(40_000)}\r\n\r\n`,
						"protocol",
						"the response's headers are too large",
					],
					["half of the headers", "HTTP/1.1 200 OK\r\nX: 1\r\n", "reset", "connection closed before a response"],
					[
						"a change of protocol",
						"HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
						"reset",
						"connection closed before a response",
					],
					["a TLS alert", "\x15\x03\x01\x00\x02\x02\x46", "tls", "TLS: the server speaks TLS, the URL is http"],
				])("%s is a fault", async (_, answer, kind, detail) => {
					expect(await sent(rawServer(answer), "http", { timeoutMs: 200 })).toEqual(
						fault(kind, expect.stringContaining(detail)),
					);
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
					const result = await http.send(requestTo(1, { headers: { "x-key": "secret\r\nx: y" } }), never);
					expect(result).toEqual(fault("invalid", expect.stringMatching(/^the request cannot be made: .*header/)));
					const badUser = await http.send(requestTo(1, { url: new URL("http://%zz@127.0.0.1:1/") }), never);
					expect(badUser).toMatchObject({ cause: "invalid", detail: expect.stringContaining("percent-encoded") });
				});
			});

		describe("over https", () => {
			const OLD_TLS = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
			const selfSigned = certificate("IP:127.0.0.1");
			const REFUSED_HANDSHAKE =
				"the server refused the handshake: no common cipher, or it asks for a client certificate";
			const secure = (options: TlsOptions) =>
				createHttpsServer({ ...selfSigned, ...options }, (_, response) => response.end("ok"));

			it.each<[string, () => Server, string]>([
				["a self-signed certificate", () => secure({}), "self-signed certificate"],
				["plain HTTP", () => createHttpServer(), "the server does not speak TLS"],
				[
					"another protocol",
					() => createTcpServer((socket) => socket.on("error", () => {}).write("SSH-2.0-x\r\n")),
					"the server does not speak TLS",
				],
				[
					"an alert",
					() => rawServer((socket) => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 80]))),
					"tlsv1 alert internal error",
				],
				["TLS 1.1", () => secure(OLD_TLS), "the server supports no TLS version from 1.2 on"],
				[
					"no common cipher",
					() => secure({ maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" }),
					REFUSED_HANDSHAKE,
				],
			])("%s is a TLS fault", async (_, server, words) => {
				expect(await sent(server(), "https")).toEqual(fault("tls", `TLS: ${words}`));
			});

			it("a server that asks for a certificate, which it says only after the handshake, is one too", async () => {
				const caCertificates = selfSigned.cert.toString();
				const server = secure({ requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" });
				const words = "TLS: the server asks for a client certificate";
				expect(await sent(server, "https", { caCertificates })).toEqual(fault("tls", words));
			});

			it("a connection that ends or hangs in the handshake may be tried again", async () => {
				expect(await sent(rawServer(""), "https")).toEqual(fault("reset", "connection closed before a response"));
				const hanging = await sent(
					rawServer(() => {}),
					"https",
					{ timeoutMs: 200 },
				);
				expect(hanging).toEqual(fault("timeout", expect.stringContaining("no response within 200 ms")));
			});

			it("trusts added CA certificates, but no expired certificate, no other host's, and never everything", async () => {
				const folder = mkdtempSync(join(tmpdir(), "https-"));
				const expired = certificate("IP:127.0.0.1", -1);
				const other = certificate("DNS:other.example");
				const script = join(folder, "send.mjs");
				writeFileSync(join(folder, "ca.pem"), Buffer.concat([selfSigned.cert, expired.cert, other.cert]));
				writeFileSync(
					script,
					`import { ${module[1]} as transport } from ${JSON.stringify(new URL(`../../src/net/${module[0]}`, import.meta.url).href)};
			const http = transport();
			const more = ${JSON.stringify({ method: "POST", headers: {}, timeoutMs: 5000, responseLimit: 99, connections, allowPrivate: true })};
			const proxy = ${proxy === undefined ? "undefined" : JSON.stringify(proxy)};
			if (proxy) more.proxy = { ...proxy, url: new URL(proxy.url) };
			const results = [];
			for (const port of process.argv.slice(2)) {
				results.push(await http.send({ ...more, url: new URL("https://127.0.0.1:" + port) }, new AbortController().signal));
			}
			http.close();
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
									{ kind: "response", status: 200, body: "ok", read: "whole" },
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
										fault("tls", "TLS: the server supports no TLS version from 1.2 on"),
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

		describe("addresses and CA certificates", () => {
			const localhost = (port: number) => new URL(`${scheme}://localhost:${port}/`);

			if (direct)
				it("a name is judged by the address that it has when it is connected to", async () => {
					let connections = 0;
					const server = httpServer((_, response) => response.end("ok")).on("connection", () => {
						connections += 1;
					});
					await listening(server, async (port) => {
						const refused = await http.send(requestTo(port, { url: localhost(port), allowPrivate: false }), never);
						expect(refused).toEqual(
							fault(
								"forbidden",
								expect.stringMatching(/^the host's address \S+ is a loopback address; nothing is sent there$/),
							),
						);
						expect(connections).toBe(0);
						expect(await http.send(requestTo(port, { url: localhost(port) }), never)).toMatchObject({ status: 200 });
					});
				});

			it("CA certificates of the request are trusted besides the usual ones, for this request only", async () => {
				const { key, cert } = certificate("IP:127.0.0.1");
				const other = certificate("IP:127.0.0.1").cert.toString();
				const server = createHttpsServer({ key, cert }, (_, response) => response.end("ok"));
				await listening(server, async (port) => {
					const url = new URL(`https://127.0.0.1:${port}/`);
					const withCertificates = (caCertificates: string | undefined) =>
						http.send(requestTo(port, { url, caCertificates }), never);
					expect(await withCertificates(`${other}${cert}`)).toMatchObject({ status: 200, body: "ok" });
					expect(await withCertificates(other)).toEqual(fault("tls", "TLS: self-signed certificate"));
					expect(await withCertificates(undefined)).toEqual(fault("tls", "TLS: self-signed certificate"));
				});
			});
		});
	});
}
