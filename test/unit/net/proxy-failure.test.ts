// How the faults of a proxy itself are told, and which requests it sees whole.
import { createServer as createHttpServer } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { undiciHttp } from "../../../src/net/undici.ts";
import type { HttpResult } from "../../../src/ports.ts";
import { listening, rawServer } from "../../helpers/net.ts";
import { requestTo } from "../../helpers/request.ts";

const never = new AbortController().signal;
const http = undiciHttp();
afterAll(() => http.close());

/** What a request through a proxy that behaves so gives. */
function through(server: Server, scheme = "https", timeoutMs = 5000): Promise<HttpResult> {
	return listening(server, (port) => {
		const proxy = { url: new URL(`http://user:secret@127.0.0.1:${port}`), variable: "ALL_PROXY" };
		return http.send(requestTo(`${scheme}://127.0.0.1:1/a?b`, { proxy, timeoutMs }), never);
	});
}

describe("a proxy", () => {
	it.each([
		["407", "HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n", "proxy", "407 Proxy Authentication Required"],
		["403", "HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n", "proxy", "403 Forbidden on CONNECT"],
		["502", "HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n", "unreachable", "502 Bad Gateway on CONNECT"],
		["503", "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n", "unreachable", "503 Service Unavailable on CONNECT"],
		["an end", "", "reset", "connection closed before a response"],
		["a reset", (socket: Socket) => void socket.resetAndDestroy(), "reset", "connection reset"],
		["garbage", "garbage\r\n\r\n", "protocol", "the response is not HTTP"],
	])("that answers CONNECT with %s is told as the culprit", async (_, answer, cause, detail) => {
		expect(await through(rawServer(answer))).toEqual({
			kind: "failure",
			cause,
			detail: `proxy (ALL_PROXY): ${detail}`,
		});
	});

	it("that wants another password for plain http is told as the culprit", async () => {
		const answer = "HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n";
		const detail = "proxy (ALL_PROXY): 407 Proxy Authentication Required";
		expect(await through(rawServer(answer), "http")).toEqual({ kind: "failure", cause: "proxy", detail });
	});

	it("that is not there is told as the culprit, for https and for http", async () => {
		const port = await listening(createTcpServer(), async (free) => free);
		const proxy = { url: new URL(`http://127.0.0.1:${port}`), variable: "http_proxy" };
		for (const scheme of ["http", "https"]) {
			expect(await http.send(requestTo(`${scheme}://127.0.0.1:1/`, { proxy }), never)).toEqual({
				kind: "failure",
				cause: "refused",
				detail: "proxy (http_proxy): connection refused",
			});
		}
	});

	it.each(["http", "https"])("that says nothing is named in the timeout, over %s", async (scheme) => {
		const detail = "no response within 100 ms, through the proxy (ALL_PROXY)";
		const silent = rawServer(() => {});
		expect(await through(silent, scheme, 100)).toMatchObject({ cause: "timeout", detail });
	});
});

it("plain http is asked of the proxy by the whole URL, with the password for it and the receiver's host", async () => {
	const server = createHttpServer(({ url, headers }, response) => {
		response.end(JSON.stringify([url, headers.host, headers["proxy-authorization"]]));
	});
	const result = await through(server, "http");
	const basic = `Basic ${Buffer.from("user:secret").toString("base64")}`;
	expect(result).toMatchObject({ body: JSON.stringify(["http://127.0.0.1:1/a?b", "127.0.0.1:1", basic]) });
});
