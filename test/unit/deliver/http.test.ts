// Direct sending against real servers: what is sent, how answers are read, and where reading stops.
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { directHttp } from "../../../src/deliver/http.ts";
import type { HttpRequest, HttpResult } from "../../../src/ports.ts";
import { listening, rawServer } from "../../helpers/net.ts";

const http = directHttp();
const never = new AbortController().signal;

function requestTo(port: number, more: Partial<HttpRequest> = {}): HttpRequest {
	const url = new URL(`http://127.0.0.1:${port}/secret-path?token=secret-query`);
	return { method: "POST", url, headers: {}, body: Buffer.from("{}"), timeoutMs: 5000, answerLimit: 1000, ...more };
}

/** What a raw answer gives. */
function answered(raw: string | ((socket: Socket) => void), more: Partial<HttpRequest> = {}): Promise<HttpResult> {
	return listening(rawServer(raw), (port) => http.send(requestTo(port, more), never));
}

interface Received {
	readonly request: IncomingMessage;
	readonly body: string;
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
	await listening(createServer(listener), async (port) => {
		const request = requestTo(port, more);
		expect(await http.send({ ...request, url: change(request.url) }, never)).toMatchObject({ status: 200 });
	});
	if (got === undefined) throw new Error("nothing received");
	return got;
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
		expect(request.headers.connection).toBe("close");
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

	it("goes on a connection of its own that is closed afterwards", async () => {
		const server = createServer((_, response) => response.end("ok"));
		await listening(server, async (port) => {
			const closed = new Promise<void>((resolve) =>
				server.once("connection", (socket: Socket) => socket.once("close", () => resolve())),
			);
			await http.send(requestTo(port), never);
			await closed;
		});
	});
});

describe("an answer", () => {
	it("is whole with its status, joined headers and body", async () => {
		const raw = "HTTP/1.1 202 Accepted\r\nRetry-After: 1\r\nRETRY-after: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\nok";
		expect(await answered(raw)).toEqual({
			kind: "answer",
			status: 202,
			headers: { "retry-after": "1, 2", "set-cookie": "a, b" },
			body: "ok",
			read: "whole",
		});
	});

	it.each([
		[
			"after 100 and 103",
			"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
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
			"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nzip",
			200,
			"zip",
		],
		[
			"malformed UTF-8, replaced",
			(socket: Socket) => socket.end(Buffer.from("HTTP/1.1 200 OK\r\n\r\na\xffb", "latin1")),
			200,
			"a\ufffdb",
		],
	])("is whole: %s", async (_, raw, status, body) => {
		expect(await answered(raw)).toMatchObject({ kind: "answer", status, body, read: "whole" });
	});

	it("to HEAD has no body whatever its length says", async () => {
		const result = await answered("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", { method: "HEAD", body: undefined });
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
			kind: "answer",
			status: 200,
			body: "ok",
			read: "cut",
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
		expect(result).toMatchObject({ status: 200, read: "cut" });
		expect(performance.now() - started).toBeLessThan(2500);
	});

	it("is cut by a cancellation in its body", async () => {
		const controller = new AbortController();
		const server = rawServer((socket) => {
			socket.write("HTTP/1.1 200 OK\r\n\r\nok", () => setTimeout(() => controller.abort(), 30));
		});
		const result = await listening(server, (port) => http.send(requestTo(port), controller.signal));
		expect(result).toMatchObject({ status: 200, read: "cut" });
	});

	it("of exactly the limit is whole, of one byte more is over it", async () => {
		const of = (bytes: number) => answered(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(bytes)}`, { answerLimit: 10 });
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
		});
		await listening(server, async (port) => {
			const result = await http.send(requestTo(port, { answerLimit: 250_000 }), never);
			expect(result).toMatchObject({ status: 200, read: "over_limit", body: "x".repeat(250_000) });
			await closed;
		});
		expect(process.memoryUsage.rss() - before).toBeLessThan(60_000_000);
	});

	it("wins when it comes before the request was read, and the connection is then reset", async () => {
		const raw = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig";
		const result = await answered((socket) => socket.write(raw, () => socket.resetAndDestroy()), {
			body: Buffer.alloc(20_000_000),
		});
		expect(result).toMatchObject({ kind: "answer", status: 413 });
	});
});
