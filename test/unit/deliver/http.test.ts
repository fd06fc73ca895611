// The direct transport: what every transport does, and that each exchange has a connection of its own.
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { expect, it } from "vitest";
import { directHttp } from "../../../src/deliver/http.ts";
import { listening } from "../../helpers/net.ts";
import { transportSuite } from "../../suites/transport-suite.ts";

const http = directHttp();

transportSuite("sent directly", { http, route: { kind: "direct" }, module: ["http.ts", "directHttp"] });

function get(port: number) {
	return http.send(
		{
			method: "GET",
			url: new URL(`http://127.0.0.1:${port}/`),
			headers: {},
			body: undefined,
			timeoutMs: 5000,
			answerLimit: 1000,
			route: { kind: "direct" },
			allowPrivate: true,
			authorities: undefined,
		},
		new AbortController().signal,
	);
}

it("goes on a connection of its own that is closed afterwards", async () => {
	const server = createServer((request, response) => response.end(request.headers.connection));
	await listening(server, async (port) => {
		const closed = new Promise<void>((resolve) =>
			server.once("connection", (socket: Socket) => socket.once("close", () => resolve())),
		);
		expect(await get(port)).toMatchObject({ body: "close" });
		await closed;
	});
});
