// The direct transport: what every transport does, and that each request has a connection of its own.
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { expect, it } from "vitest";
import { directHttp } from "../../../src/net/direct.ts";
import { listening, rawServer } from "../../helpers/net.ts";
import { requestTo } from "../../helpers/request.ts";
import { transportSuite } from "../../suites/transport-suite.ts";

for (const scheme of ["http", "https"] as const) {
	transportSuite(`direct, over ${scheme}`, {
		http: directHttp(),
		connections: "single",
		scheme,
		module: ["direct.ts", "directHttp"],
	});
}

it("a request goes on a connection of its own that is closed afterwards", async () => {
	const server = createServer((request, response) => response.end(request.headers.connection));
	await listening(server, async (port) => {
		const closed = new Promise<void>((resolve) =>
			server.once("connection", (socket: Socket) => socket.once("close", () => resolve())),
		);
		const result = await directHttp().send(
			requestTo(`http://127.0.0.1:${port}/`, { method: "GET", body: undefined }),
			new AbortController().signal,
		);
		expect(result).toMatchObject({ body: "close" });
		await closed;
	});
});

it("100 Continue, which nobody asked for, and 103 are passed over", async () => {
	const interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
	const server = rawServer(`${interim}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
	await listening(server, async (port) => {
		const result = await directHttp().send(requestTo(`http://127.0.0.1:${port}/`), new AbortController().signal);
		expect(result).toMatchObject({ kind: "response", status: 200, body: "ok", read: "whole" });
	});
});
