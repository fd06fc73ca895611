// The transport for long plans: what every transport does, that connections are kept, and how HTTP/2 fails.

import { createServer as createHttpServer } from "node:http";
import { createSecureServer, constants as http2, type ServerHttp2Stream } from "node:http2";
import { afterAll, describe, expect, it } from "vitest";
import { undiciHttp } from "../../../src/deliver/http-undici.ts";
import type { Http, HttpRequest, HttpResult } from "../../../src/ports.ts";
import { certificate, listening, rawServer } from "../../helpers/net.ts";
import { transportSuite } from "../../suites/transport-suite.ts";

transportSuite("sent on kept connections", {
	http: undiciHttp(),
	route: { kind: "pooled" },
	module: ["http-undici.ts", "undiciHttp"],
});

const never = new AbortController().signal;
const { key, cert } = certificate("IP:127.0.0.1");

function requestTo(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
	return {
		method: "POST",
		url: new URL(url),
		headers: {},
		body: Buffer.from("{}"),
		timeoutMs: 5000,
		answerLimit: 1000,
		route: { kind: "pooled" },
		allowPrivate: true,
		authorities: cert.toString(),
		...more,
	};
}

describe("a connection", () => {
	it("is used again, and let go by close", async () => {
		const http = undiciHttp();
		let connections = 0;
		let open = 0;
		const server = createHttpServer((_, response) => response.end("ok")).on("connection", (socket) => {
			connections += 1;
			open += 1;
			socket.once("close", () => {
				open -= 1;
			});
		});
		await listening(server, async (port) => {
			for (let n = 0; n < 5; n++) await http.send(requestTo(`http://127.0.0.1:${port}/`), never);
			expect(connections).toBeLessThanOrEqual(2);
			expect(open).toBe(connections);
			http.close();
			await expect.poll(() => open).toBe(0);
		});
	});

	it("that is not made yet is let go by close as well", async () => {
		const http = undiciHttp();
		let closed = 0;
		const server = rawServer(() => {}).on("connection", (socket) =>
			socket.once("close", () => {
				closed += 1;
			}),
		);
		await listening(server, async (port) => {
			const late = await http.send(requestTo(`https://127.0.0.1:${port}/`, { timeoutMs: 50 }), never);
			expect(late).toEqual({ kind: "fault", fault: "timeout", detail: "no answer within 50 ms" });
			http.close();
			await expect.poll(() => closed).toBe(1);
		});
	});

	it("that the receiver closes between two requests is made anew", async () => {
		const http = undiciHttp();
		const server = createHttpServer((_, response) => response.end("ok"));
		server.keepAliveTimeout = 1;
		await listening(server, async (port) => {
			const send = () => http.send(requestTo(`http://127.0.0.1:${port}/`), never);
			expect(await send()).toMatchObject({ status: 200 });
			server.closeIdleConnections();
			await new Promise((resolve) => setTimeout(resolve, 20));
			expect(await send()).toMatchObject({ status: 200 });
		});
		http.close();
	});
});

describe("over HTTP/2", () => {
	const http: Http = undiciHttp();
	afterAll(() => http.close());

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
