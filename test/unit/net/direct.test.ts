// The direct transport: what every transport does, and which connections it keeps.
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { expect, it } from "vitest";
import { directHttp } from "../../../src/net/direct.ts";
import type { HttpRequest, Route } from "../../../src/ports.ts";
import { listening } from "../../helpers/net.ts";
import { keptConnectionsSuite } from "../../suites/kept-connections-suite.ts";
import { transportSuite } from "../../suites/transport-suite.ts";

const direct: Route = { kind: "direct" };
const pooled: Route = { kind: "pooled" };

for (const route of [direct, pooled]) {
	for (const scheme of ["http", "https"] as const) {
		transportSuite(`${scheme} on a ${route.kind} route`, {
			http: directHttp(),
			route,
			scheme,
			module: ["direct.ts", "directHttp"],
		});
	}
}

it("a direct request goes on a connection of its own that is closed afterwards", async () => {
	const server = createServer((request, response) => response.end(request.headers.connection));
	await listening(server, async (port) => {
		const closed = new Promise<void>((resolve) =>
			server.once("connection", (socket: Socket) => socket.once("close", () => resolve())),
		);
		const request: HttpRequest = {
			method: "GET",
			url: new URL(`http://127.0.0.1:${port}/`),
			headers: {},
			body: undefined,
			timeoutMs: 5000,
			answerLimit: 1000,
			route: direct,
			allowPrivate: true,
			authorities: undefined,
		};
		expect(await directHttp().send(request, new AbortController().signal)).toMatchObject({ body: "close" });
		await closed;
	});
});

keptConnectionsSuite(pooled, directHttp);
