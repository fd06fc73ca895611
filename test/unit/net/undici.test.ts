// The transport that keeps connections: what every transport does, which connections it keeps, and who ends what.
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { undiciHttp } from "../../../src/net/undici.ts";
import type { HttpProxy, HttpRequest } from "../../../src/ports.ts";
import { certificate, listening, rawServer } from "../../helpers/net.ts";
import { requestTo } from "../../helpers/request.ts";
import { tunnelProxy } from "../../helpers/tunnel.ts";
import { keptConnectionsSuite } from "../../suites/kept-connections-suite.ts";
import { transportSuite } from "../../suites/transport-suite.ts";

const never = new AbortController().signal;
const pooled = (port: number, more: Partial<HttpRequest> = {}) =>
	requestTo(`http://127.0.0.1:${port}/`, { connections: "pooled", ...more });

const module = ["undici.ts", "undiciHttp"] as const;
for (const scheme of ["http", "https"] as const) {
	transportSuite(`undici, over ${scheme}`, { http: undiciHttp(), connections: "pooled", scheme, module });
}

const tunnel = tunnelProxy();
await new Promise<void>((resolve) => tunnel.server.listen(0, "127.0.0.1", resolve));
const { port: proxyPort } = tunnel.server.address() as AddressInfo;
const proxy: HttpProxy = { url: new URL(`http://127.0.0.1:${proxyPort}`), variable: "HTTPS_PROXY" };
afterAll(() => tunnel.server.close());
transportSuite("undici, through a tunnel", {
	http: undiciHttp(),
	connections: "single",
	proxy,
	scheme: "https",
	module,
});

keptConnectionsSuite("undici", undiciHttp);

describe("of requests in flight at once", () => {
	/** Answers what asks for it after 50 ms, and nothing else. */
	const server = () =>
		createHttpServer((request, response) => {
			if (request.url === "/slow") setTimeout(() => response.end("ok"), 50);
		});

	it("a timeout ends the one that is late, and no other", async () => {
		const http = undiciHttp();
		await listening(server(), async (port) => {
			const slow = pooled(port, { url: new URL(`http://127.0.0.1:${port}/slow`) });
			const all = [slow, pooled(port, { timeoutMs: 20 }), slow].map((request) => http.send(request, never));
			expect(await Promise.all(all)).toMatchObject([
				{ status: 200, body: "ok" },
				{ cause: "timeout", detail: "no response within 20 ms" },
				{ status: 200, body: "ok" },
			]);
			http.close();
		});
	});

	it("a signal ends all those that it was given to, and no other", async () => {
		const http = undiciHttp();
		const controller = new AbortController();
		await listening(server(), async (port) => {
			const slow = pooled(port, { url: new URL(`http://127.0.0.1:${port}/slow`) });
			const all = [controller.signal, never, controller.signal].map((signal) => http.send(slow, signal));
			setTimeout(() => controller.abort(), 10);
			expect(await Promise.all(all)).toMatchObject([{ cause: "cancelled" }, { status: 200 }, { cause: "cancelled" }]);
			http.close();
		});
	});

	it("each has a response when the receiver closes one connection after another", async () => {
		const http = undiciHttp();
		let served = 0;
		const closing = createHttpServer((_, response) => {
			served += 1;
			response.setHeader("connection", served % 3 === 0 ? "close" : "keep-alive").end(String(served));
		});
		await listening(closing, async (port) => {
			const work = async () => {
				for (let n = 0; n < 25; n++) expect(await http.send(pooled(port), never)).toMatchObject({ status: 200 });
			};
			await Promise.all([work(), work(), work(), work()]);
			expect(served).toBe(100);
			http.close();
		});
	});
});

describe.each([
	["straight", undefined],
	["through a proxy", "HTTPS_PROXY"],
])("a connection that is not made yet, %s,", (_, variable) => {
	it("holds up no later request, and is let go by close", async () => {
		const http = undiciHttp();
		let has = 0;
		let silent = true;
		const identity = certificate("IP:127.0.0.1");
		const real = createHttpsServer(identity, (_, response) => response.end("ok"));
		const server = createServer((socket) => {
			has += 1;
			socket
				.on("error", () => {})
				.once("close", () => {
					has -= 1;
				});
			if (silent) socket.resume();
			else if (variable === undefined) real.emit("connection", socket);
			else tunnel.server.emit("connection", socket);
		});
		await listening(real, (realPort) =>
			listening(server, async (port) => {
				const more = {
					caCertificates: identity.cert.toString(),
					connections: "pooled",
					proxy: variable === undefined ? undefined : { variable, url: new URL(`http://127.0.0.1:${port}`) },
				} as const;
				const url = `https://127.0.0.1:${variable === undefined ? port : realPort}/`;
				const late = await http.send(requestTo(url, { ...more, timeoutMs: 50 }), never);
				const through = variable === undefined ? "" : `, through the proxy (${variable})`;
				expect(late).toMatchObject({ cause: "timeout", detail: `no response within 50 ms${through}` });
				silent = false;
				expect(await http.send(requestTo(url, more), never)).toMatchObject({ status: 200, body: "ok" });
				http.close();
				await expect.poll(() => has).toBe(0);
			}),
		);
	});
});

it("100 Continue, which nobody asked for, is a fault that says so", async () => {
	const http = undiciHttp();
	const raw = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	await listening(rawServer(raw), async (port) => {
		expect(await http.send(pooled(port), never)).toMatchObject({
			cause: "protocol",
			detail: expect.stringMatching(/^unexpected 100 Continue/),
		});
	});
	http.close();
});

it("extra bytes after a response are not taken for the next one's", async () => {
	const http = undiciHttp();
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	const extra = rawServer((socket) => {
		socket.write(`${ok}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nextra`);
	});
	await listening(extra, async (port) => {
		for (let n = 0; n < 3; n++) expect(await http.send(pooled(port), never)).toMatchObject({ body: "ok" });
	});
	http.close();
});
