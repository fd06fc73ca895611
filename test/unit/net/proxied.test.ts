// The transport through a proxy: what every transport does, how the proxy's own faults are told, and how HTTP/2 fails.
import { createSecureServer, constants as http2, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { proxiedHttp } from "../../../src/net/proxied.ts";
import type { HttpRequest, HttpResult, Route } from "../../../src/ports.ts";
import { certificate, listening, rawServer } from "../../helpers/net.ts";
import { tunnelProxy } from "../../helpers/tunnel.ts";
import { transportSuite } from "../../suites/transport-suite.ts";

const never = new AbortController().signal;
const { key, cert } = certificate("IP:127.0.0.1");
const http = proxiedHttp();
const proxy = tunnelProxy();
await new Promise<void>((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
const { port: proxyPort } = proxy.server.address() as AddressInfo;
const route: Route = { kind: "proxied", proxy: `http://127.0.0.1:${proxyPort}`, variable: "HTTPS_PROXY" };
afterAll(() => {
	http.close();
	proxy.server.close();
});

transportSuite("through a tunnel", { http, route, scheme: "https", module: ["proxied.ts", "proxiedHttp"] });

function requestTo(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
	return {
		method: "POST",
		url: new URL(url),
		headers: {},
		body: Buffer.from("{}"),
		timeoutMs: 5000,
		answerLimit: 1000,
		route,
		allowPrivate: true,
		authorities: cert.toString(),
		...more,
	};
}

describe("a tunnel", () => {
	it("is used again, and let go by close", async () => {
		const own = proxiedHttp();
		const before = proxy.tunnels();
		const server = createHttpsServer({ key, cert }, (_, response) => response.end("ok"));
		await listening(server, async (port) => {
			for (let n = 0; n < 5; n++) await own.send(requestTo(`https://127.0.0.1:${port}/`), never);
			expect(proxy.tunnels() - before).toBeLessThanOrEqual(2);
			own.close();
			await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0);
		});
	});

	it("that is not made yet is let go by close as well", async () => {
		const own = proxiedHttp();
		let closed = 0;
		const silent = rawServer(() => {}).on("connection", (socket) =>
			socket.once("close", () => {
				closed += 1;
			}),
		);
		await listening(silent, async (port) => {
			const late = await own.send(requestTo(`https://127.0.0.1:${port}/`, { timeoutMs: 50 }), never);
			expect(late).toMatchObject({
				fault: "timeout",
				detail: "no answer within 50 ms, through the proxy (HTTPS_PROXY)",
			});
			own.close();
			await expect.poll(() => closed).toBe(1);
		});
	});
});

describe("a proxy", () => {
	/** What a request through a proxy that behaves so gives. */
	const through = (server: Server, scheme = "https", more: Partial<HttpRequest> = {}) =>
		listening(server, (port) =>
			http.send(
				requestTo(`${scheme}://127.0.0.1:1/`, {
					route: { kind: "proxied", proxy: `http://user:secret@127.0.0.1:${port}`, variable: "ALL_PROXY" },
					...more,
				}),
				never,
			),
		);

	it.each([
		["407", "HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n", "proxy", "407 Proxy Authentication Required"],
		["403", "HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n", "proxy", "403 Forbidden on CONNECT"],
		["502", "HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n", "unreachable", "502 Bad Gateway on CONNECT"],
		["503", "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n", "unreachable", "503 Service Unavailable on CONNECT"],
		["an end", "", "reset", "connection closed before an answer"],
		["a reset", (socket: Socket) => void socket.resetAndDestroy(), "reset", "connection reset"],
		["garbage", "garbage\r\n\r\n", "protocol", "the answer is not HTTP"],
	])("that answers CONNECT with %s is told as the culprit", async (_, answer, fault, detail) => {
		expect(await through(rawServer(answer))).toEqual({ kind: "fault", fault, detail: `proxy (ALL_PROXY): ${detail}` });
	});

	it("that wants another password for plain http is told as the culprit", async () => {
		const answer = "HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n";
		const detail = "proxy (ALL_PROXY): 407 Proxy Authentication Required";
		expect(await through(rawServer(answer), "http")).toEqual({ kind: "fault", fault: "proxy", detail });
	});

	it("that is not there is told as the culprit, for https and for http", async () => {
		const port = await listening(createTcpServer(), async (free) => free);
		const gone: Route = { kind: "proxied", proxy: `127.0.0.1:${port}`, variable: "http_proxy" };
		for (const scheme of ["http", "https"]) {
			expect(await http.send(requestTo(`${scheme}://127.0.0.1:1/`, { route: gone }), never)).toEqual({
				kind: "fault",
				fault: "refused",
				detail: "proxy (http_proxy): connection refused",
			});
		}
	});

	it.each(["http", "https"])("that says nothing is named in the timeout, over %s", async (scheme) => {
		const detail = "no answer within 100 ms, through the proxy (ALL_PROXY)";
		expect(
			await through(
				rawServer(() => {}),
				scheme,
				{ timeoutMs: 100 },
			),
		).toMatchObject({ fault: "timeout", detail });
	});

	it("whose value is none is told without its value", async () => {
		const bad: Route = { kind: "proxied", proxy: "socks5://user:secret@127.0.0.1:1080", variable: "ALL_PROXY" };
		expect(await http.send(requestTo("https://127.0.0.1:1/", { route: bad }), never)).toEqual({
			kind: "fault",
			fault: "proxy",
			detail: "proxy (ALL_PROXY): only http:// and https:// proxies are spoken to",
		});
	});
});

it("100 Continue for ever is a fault", async () => {
	const endless = rawServer(
		(socket) => {
			const more = () => {
				while (!socket.destroyed && socket.write(`HTTP/1.1 100 Continue\r\nX: ${"x".repeat(20_000)}\r\n`));
			};
			socket.on("error", () => {}).on("drain", more);
			more();
		},
		{ key, cert },
	);
	const result = await listening(endless, (port) => http.send(requestTo(`https://127.0.0.1:${port}/`), never));
	expect(result).toMatchObject({ fault: "protocol" });
});

describe("over HTTP/2", () => {
	/** What a stream that is answered so gives. */
	function answered(answer: (stream: ServerHttp2Stream) => void, more: Partial<HttpRequest> = {}): Promise<HttpResult> {
		const server = createSecureServer({ key, cert });
		server.on("stream", (stream) => {
			stream.on("error", () => {});
			answer(stream);
		});
		return listening(server, (port) => http.send(requestTo(`https://127.0.0.1:${port}/`, more), never));
	}

	it("an answer is whole, with its headers", async () => {
		const result = await answered((stream) => {
			stream.additionalHeaders({ ":status": 103 });
			stream.respond({ ":status": 202, "retry-after": "1" });
			stream.end("ok");
		});
		expect(result).toMatchObject({ kind: "answer", status: 202, body: "ok", read: "whole" });
		expect(result).toMatchObject({ headers: { "retry-after": "1" } });
	});

	it.each([
		["a reset of the stream", (stream: ServerHttp2Stream) => stream.close(http2.NGHTTP2_INTERNAL_ERROR)],
		["a refused stream", (stream: ServerHttp2Stream) => stream.close(http2.NGHTTP2_REFUSED_STREAM)],
		["a reset without a fault", (stream: ServerHttp2Stream) => stream.close(http2.NGHTTP2_NO_ERROR)],
		[
			"GOAWAY and the end",
			(stream: ServerHttp2Stream) => stream.session?.destroy(undefined, http2.NGHTTP2_ENHANCE_YOUR_CALM),
		],
		["an end of the connection", (stream: ServerHttp2Stream) => stream.session?.socket.destroy()],
	])("%s before the answer is a reset, which may be tried again", async (_, reset) => {
		expect(await answered(reset, { timeoutMs: 3000 })).toMatchObject({ kind: "fault", fault: "reset" });
	});

	it("a reset in the answer's body cuts it", async () => {
		const result = await answered((stream) => {
			stream.respond({ ":status": 200, "content-length": 9 });
			stream.write("ok", () => setTimeout(() => stream.close(http2.NGHTTP2_INTERNAL_ERROR), 20));
		});
		expect(result).toMatchObject({ kind: "answer", status: 200, body: "ok", read: "cut" });
	});

	it("silence is a timeout", async () => {
		expect(await answered(() => {}, { timeoutMs: 200 })).toMatchObject({ fault: "timeout" });
	});

	it("a body over the limit is read up to it", async () => {
		const result = await answered((stream) => {
			stream.respond({ ":status": 200 });
			stream.end("x".repeat(100_000));
		});
		expect(result).toMatchObject({ read: "over_limit", body: "x".repeat(1000) });
	});
});
