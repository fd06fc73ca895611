// The transport for thousands of requests: what every transport does, which connections it keeps, and who ends what.
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { bulkHttp } from "../../../src/net/bulk.ts";
import type { HttpRequest, Route } from "../../../src/ports.ts";
import { certificate, listening, rawServer } from "../../helpers/net.ts";
import { keptConnectionsSuite } from "../../suites/kept-connections-suite.ts";
import { transportSuite } from "../../suites/transport-suite.ts";

const route: Route = { kind: "bulk" };
const never = new AbortController().signal;

for (const scheme of ["http", "https"] as const) {
	transportSuite(`${scheme} in bulk`, { http: bulkHttp(), route, scheme, module: ["bulk.ts", "bulkHttp"] });
}

keptConnectionsSuite(route, bulkHttp);

function requestTo(port: number, more: Partial<HttpRequest> = {}): HttpRequest {
	return {
		method: "POST",
		url: new URL(`http://127.0.0.1:${port}/`),
		headers: {},
		body: Buffer.from("{}"),
		timeoutMs: 5000,
		answerLimit: 1000,
		route,
		allowPrivate: true,
		authorities: undefined,
		...more,
	};
}

describe("of requests under way at once", () => {
	/** Answers what asks for it after 50 ms, and nothing else. */
	const server = () =>
		createHttpServer((request, response) => {
			if (request.url === "/slow") setTimeout(() => response.end("ok"), 50);
		});

	it("a timeout ends the one that is late, and no other", async () => {
		const http = bulkHttp();
		await listening(server(), async (port) => {
			const slow = requestTo(port, { url: new URL(`http://127.0.0.1:${port}/slow`) });
			const all = [slow, requestTo(port, { timeoutMs: 20 }), slow].map((request) => http.send(request, never));
			expect(await Promise.all(all)).toMatchObject([
				{ status: 200, body: "ok" },
				{ fault: "timeout", detail: "no answer within 20 ms" },
				{ status: 200, body: "ok" },
			]);
			http.close();
		});
	});

	it("a signal ends all those that it was given to, and no other", async () => {
		const http = bulkHttp();
		const controller = new AbortController();
		await listening(server(), async (port) => {
			const slow = requestTo(port, { url: new URL(`http://127.0.0.1:${port}/slow`) });
			const all = [controller.signal, never, controller.signal].map((signal) => http.send(slow, signal));
			setTimeout(() => controller.abort(), 10);
			expect(await Promise.all(all)).toMatchObject([{ fault: "cancelled" }, { status: 200 }, { fault: "cancelled" }]);
			http.close();
		});
	});

	it("each has an answer when the receiver closes one connection after another", async () => {
		const http = bulkHttp();
		let served = 0;
		const closing = createHttpServer((_, response) => {
			served += 1;
			response.setHeader("connection", served % 3 === 0 ? "close" : "keep-alive").end(String(served));
		});
		await listening(closing, async (port) => {
			const work = async () => {
				for (let n = 0; n < 50; n++) expect(await http.send(requestTo(port), never)).toMatchObject({ status: 200 });
			};
			await Promise.all([work(), work(), work(), work()]);
			expect(served).toBe(200);
			http.close();
		});
	});
});

it("a new connection over TLS goes on with the session of the one before", async () => {
	const identity = certificate("IP:127.0.0.1");
	const http = bulkHttp();
	const server = createHttpsServer(identity, ({ socket }, response) => {
		const isReused = socket instanceof TLSSocket && socket.isSessionReused();
		response.setHeader("connection", "close").end(isReused ? "reused" : "new");
	});
	await listening(server, async (port) => {
		const url = new URL(`https://127.0.0.1:${port}/`);
		const request = requestTo(port, { url, authorities: identity.cert.toString() });
		expect(await http.send(request, never)).toMatchObject({ body: "new" });
		expect(await http.send(request, never)).toMatchObject({ body: "reused" });
		http.close();
	});
});

it("a connection that is not made yet is let go by a timeout", async () => {
	const http = bulkHttp();
	let closed = 0;
	const silent = createServer((socket) => {
		socket
			.on("error", () => {})
			.resume()
			.once("close", () => {
				closed += 1;
			});
	});
	await listening(silent, async (port) => {
		const url = new URL(`https://127.0.0.1:${port}/`);
		const late = await http.send(requestTo(port, { url, timeoutMs: 50 }), never);
		expect(late).toMatchObject({ fault: "timeout" });
		await expect.poll(() => closed).toBe(1);
	});
});

describe("100 Continue, which nobody asked for,", () => {
	const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	/** What answers give that come in these pieces, the same ones again for each request on one connection. */
	async function answered(...pieces: readonly string[]): Promise<unknown[]> {
		const http = bulkHttp();
		const answer = async (socket: Socket) => {
			for (const piece of pieces) {
				socket.write(piece);
				await wait(10);
			}
		};
		const server = rawServer((socket) => {
			void answer(socket.on("data", () => void answer(socket)));
		});
		return listening(server, async (port) => {
			const results = [await http.send(requestTo(port), never), await http.send(requestTo(port), never)];
			http.close();
			return results;
		});
	}

	it.each([
		["alone", ["HTTP/1.1 100 Continue\r\n\r\n", OK]],
		["in pieces", ["HTTP/1.1 100 Con", "tinue\r\nX: y\r", "\n\r", `\n${OK}`]],
		["in pieces before its status", ["H", "TTP/1.1 1", "0", "0 Continue\r\n\r\nHTTP/1.1 ", OK.slice(9)]],
		["more than once", ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 \r\n\r\n", `HTTP/1.1 100 X\r\n\r\n${OK}`]],
	])("is passed over: %s", async (_, pieces) => {
		const whole = { status: 200, body: "ok", read: "whole" };
		expect(await answered(...pieces)).toMatchObject([whole, whole]);
	});

	it("is left alone where it is an answer's body", async () => {
		const body = "HTTP/1.1 100 Continue\r\n\r\n";
		const whole = { status: 200, body, read: "whole" };
		const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`;
		expect(await answered(head, body)).toMatchObject([whole, whole]);
	});

	it("that does not end is a fault", async () => {
		const [result] = await answered("HTTP/1.1 100 Continue\r\n", "X: ".padEnd(20_000, "x"));
		expect(result).toMatchObject({ kind: "fault", fault: "protocol" });
	});
});
