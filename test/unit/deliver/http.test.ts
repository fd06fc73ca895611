// The direct transport: what every transport does, and which connections it keeps.
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { directHttp } from "../../../src/deliver/http.ts";
import type { Http, HttpRequest, HttpResult, Route } from "../../../src/ports.ts";
import { listening } from "../../helpers/net.ts";
import { transportSuite } from "../../suites/transport-suite.ts";

const direct: Route = { kind: "direct" };
const pooled: Route = { kind: "pooled" };
const never = new AbortController().signal;

for (const route of [direct, pooled]) {
	for (const scheme of ["http", "https"] as const) {
		transportSuite(`${scheme} on a ${route.kind} route`, {
			http: directHttp(),
			route,
			scheme,
			module: ["http.ts", "directHttp"],
		});
	}
}

function get(http: Http, port: number, more: Partial<HttpRequest> = {}): Promise<HttpResult> {
	const request: HttpRequest = {
		method: "GET",
		url: new URL(`http://127.0.0.1:${port}/`),
		headers: {},
		body: undefined,
		timeoutMs: 5000,
		answerLimit: 1000,
		route: pooled,
		allowPrivate: true,
		authorities: undefined,
		...more,
	};
	return http.send(request, never);
}

it("a direct request goes on a connection of its own that is closed afterwards", async () => {
	const server = createServer((request, response) => response.end(request.headers.connection));
	await listening(server, async (port) => {
		const closed = new Promise<void>((resolve) =>
			server.once("connection", (socket: Socket) => socket.once("close", () => resolve())),
		);
		expect(await get(directHttp(), port, { route: direct })).toMatchObject({ body: "close" });
		await closed;
	});
});

describe("a pooled connection", () => {
	/** A server, and how many connections it has had and has. */
	function counting(body = "ok") {
		const count = { had: 0, has: 0 };
		const server = createServer((_, response) => response.end(body)).on("connection", (socket: Socket) => {
			count.had += 1;
			count.has += 1;
			socket.once("close", () => {
				count.has -= 1;
			});
		});
		return { server, count };
	}

	it("is used again, and let go by close", async () => {
		const { server, count } = counting();
		const http = directHttp();
		await listening(server, async (port) => {
			for (let n = 0; n < 5; n++) expect(await get(http, port)).toMatchObject({ status: 200 });
			expect(count).toEqual({ had: 1, has: 1 });
			http.close();
			await expect.poll(() => count.has).toBe(0);
		});
	});

	it("is not shared with requests that may not go where it goes", async () => {
		const { server } = counting();
		const http = directHttp();
		await listening(server, async (port) => {
			const url = new URL(`http://localhost:${port}/`);
			expect(await get(http, port, { url })).toMatchObject({ status: 200 });
			expect(await get(http, port, { url, allowPrivate: false })).toMatchObject({ fault: "forbidden" });
		});
		http.close();
	});

	it("that the receiver closed is made anew", async () => {
		const { server, count } = counting();
		const http = directHttp();
		await listening(server, async (port) => {
			await get(http, port);
			server.closeAllConnections();
			await expect.poll(() => count.has).toBe(0);
			expect(await get(http, port)).toMatchObject({ status: 200 });
		});
		http.close();
	});

	it("whose answer is not read to its end is not used again", async () => {
		const { server, count } = counting("x".repeat(1_000_000));
		const http = directHttp();
		await listening(server, async (port) => {
			for (let n = 0; n < 3; n++)
				expect(await get(http, port, { answerLimit: 1 })).toMatchObject({ read: "over_limit" });
			expect(count.had).toBe(3);
			await expect.poll(() => count.has).toBe(0);
		});
	});
});
