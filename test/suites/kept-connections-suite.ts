// What every transport that keeps connections must do with them: when one is used again, and when it is let go.
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Http, HttpRequest, HttpResult } from "../../src/ports.ts";
import { listening, rawServer } from "../helpers/net.ts";

const never = new AbortController().signal;

/** A server, how many connections it has had and has, and how many requests came. */
function counting(body = "ok") {
	const count = { had: 0, has: 0, requests: 0 };
	const server = createServer((_, response) => {
		count.requests += 1;
		response.end(body);
	}).on("connection", (socket: Socket) => {
		count.had += 1;
		count.has += 1;
		socket.once("close", () => {
			count.has -= 1;
		});
	});
	return { server, count };
}

/** Runs the suite over a transport. */
export function keptConnectionsSuite(name: string, create: () => Http): void {
	describe(`a connection of ${name}`, () => {
		function get(http: Http, port: number, more: Partial<HttpRequest> = {}): Promise<HttpResult> {
			const request: HttpRequest = {
				method: "GET",
				url: new URL(`http://127.0.0.1:${port}/`),
				headers: {},
				body: undefined,
				timeoutMs: 5000,
				responseLimit: 1000,
				connections: "pooled",
				proxy: undefined,
				allowPrivate: true,
				caCertificates: undefined,
				...more,
			};
			return http.send(request, never);
		}

		it("is used again, and let go by close", async () => {
			const { server, count } = counting();
			const http = create();
			await listening(server, async (port) => {
				for (let n = 0; n < 5; n++) expect(await get(http, port)).toMatchObject({ status: 200 });
				// A pool knows that one is free only a turn after its response.
				expect(count.had).toBeLessThanOrEqual(2);
				http.close();
				await expect.poll(() => count.has).toBe(0);
			});
		});

		it("is nobody else's where a request wants one of its own, through a proxy too", async () => {
			const { server, count } = counting();
			const http = create();
			await listening(server, async (port) => {
				const proxy = { url: new URL(`http://127.0.0.1:${port}`), variable: "http_proxy" };
				for (const more of [{}, { proxy, url: new URL("http://receiver.test/") }]) {
					const before = count.had;
					for (const connections of ["pooled", "single", "single", "pooled", "single"] as const) {
						expect(await get(http, port, { ...more, connections })).toMatchObject({ status: 200 });
						// Whether one is free again is known only a turn after its response.
						await setImmediate();
					}
					expect(count.had - before).toBe(4);
				}
				await expect.poll(() => count.has).toBe(2);
				http.close();
			});
		});

		it("is let go by each close, also where the URL was sent to before an earlier one", async () => {
			const { server, count } = counting();
			const http = create();
			await listening(server, async (port) => {
				const url = new URL(`http://127.0.0.1:${port}/`);
				for (let n = 1; n <= 2; n++) {
					expect(await get(http, port, { url })).toMatchObject({ status: 200 });
					expect(count).toMatchObject({ had: n, has: 1 });
					http.close();
					await expect.poll(() => count.has).toBe(0);
				}
			});
		});

		it("is made for each request at once, and for few more of them", async () => {
			const { server, count } = counting();
			const http = create();
			await listening(server, async (port) => {
				const work = async () => {
					for (let n = 0; n < 20; n++) expect(await get(http, port)).toMatchObject({ status: 200 });
				};
				await Promise.all(Array.from({ length: 7 }, work));
				expect(count.requests).toBe(140);
				expect(count.had).toBeLessThanOrEqual(14);
				http.close();
			});
		});

		it("is not shared with requests that may not go where it goes", async () => {
			const { server } = counting();
			const http = create();
			await listening(server, async (port) => {
				const url = new URL(`http://localhost:${port}/`);
				expect(await get(http, port, { url })).toMatchObject({ status: 200 });
				expect(await get(http, port, { url, allowPrivate: false })).toMatchObject({ cause: "forbidden" });
				http.close();
			});
		});

		it("that the receiver closed is made anew", async () => {
			const { server, count } = counting();
			const http = create();
			await listening(server, async (port) => {
				await get(http, port);
				server.closeAllConnections();
				await expect.poll(() => count.has).toBe(0);
				expect(await get(http, port)).toMatchObject({ status: 200 });
				http.close();
			});
		});

		it("that ends with its answer is made anew", async () => {
			const http = create();
			await listening(
				rawServer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"),
				async (port) => {
					for (let n = 0; n < 3; n++) expect(await get(http, port)).toMatchObject({ status: 200, read: "whole" });
					http.close();
				},
			);
		});

		it("whose answer is not read to its end is not used again", async () => {
			const { server, count } = counting("x".repeat(1_000_000));
			const http = create();
			await listening(server, async (port) => {
				for (let n = 0; n < 3; n++)
					expect(await get(http, port, { responseLimit: 1 })).toMatchObject({ read: "over_limit" });
				expect(count.requests).toBe(3);
				expect(count.had).toBeGreaterThanOrEqual(3);
				http.close();
				await expect.poll(() => count.has).toBe(0);
			});
		});

		it("whose request was answered before it was read is not used again", async () => {
			const http = create();
			let had = 0;
			const early = rawServer((socket) => {
				had += 1;
				socket.pause().write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
			});
			await listening(early, async (port) => {
				const large = { method: "POST", body: Buffer.alloc(20_000_000), timeoutMs: 1000 };
				for (let n = 1; n <= 2; n++) {
					expect(await get(http, port, large)).toMatchObject({ status: 200 });
					expect(had).toBe(n);
				}
				http.close();
			});
		});
	});
}
