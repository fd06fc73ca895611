// Faults of connections before there is an answer: each is tried again with the same id, within the deadline.
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { listening, rawServer, started } from "../../helpers/net.ts";
import { startNginx, withoutNginx } from "../../helpers/nginx.ts";
import { delivered, denied, failed, failedRow, fire, send, sendEach, webhook } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

/** A port below 1024 on which nobody listens. */
const CLOSED = "127.0.0.1:1";

describe("fault 1: a refused connection is retried and reported as such", () => {
	it.each([CLOSED, "localhost:1"])("http://%s", async (host) => {
		const run = await send(`http://${host}`, "retry_count = 2");
		expect(run).toMatchObject(failed("connection refused, after 3 attempts", 3));
		expect(run.log).toContain("r: attempt 1 of 3 failed: connection refused; the next in ");
	});

	it("https", async () => {
		const run = await send(`https://${CLOSED}`, "retry_count = 1");
		expect(run).toMatchObject(failed("connection refused, after 2 attempts", 2));
	});

	it("denies a gate", async () => {
		const run = await send(`http://${CLOSED}`, 'retry_count = 1\non_failure = "abort"');
		expect(run).toMatchObject(denied("connection refused, after 2 attempts", 2));
	});
});

describe("fault 2: a name that does not resolve is retried within the deadline and reported as not found", () => {
	it("as often as the hook says", async () => {
		const run = await send("https://receiver.invalid", "retry_count = 2");
		expect(run).toMatchObject(failed("name not found, after 3 attempts", 3));
	});

	it("until the deadline, however many attempts are left", async () => {
		const run = await send("https://receiver.invalid", "retry_count = 1000000\nretry_delay_ms = 40\ndeadline_ms = 400");
		expect(run.code).toBe(0);
		expect(run.annotations.map(({ message }) => message)).toEqual([
			// The deadline may come while the last attempt still waits for an answer.
			expect.stringMatching(
				/^the webhook failed: (?:name not found(?:; the deadline of 400 ms|, after \d+ attempts)|no response before the deadline of 400 ms)/,
			),
		]);
		expect(run.elapsedMs).toBeLessThan(5000);
	});
});

describe("fault 6: a connection that ends before the response is retried with the same id", () => {
	it("reset after the request", async () => {
		const server = await startServer((request) => request.socket.resetAndDestroy(), { status: 200 });
		const run = await send(server.url);
		expect(run).toMatchObject(delivered(2));
		expect(run.log).toContain("attempt 1 of 4 failed: connection reset; the next in ");
		expect(server.requests[0]?.headers["x-rocky-delivery"]).toMatch(/^dlv_[0-9a-f]{32}$/);
		expect(server.requests[1]).toEqual(server.requests[0]);
	});

	it.each<[string, (socket: Socket) => void, string]>([
		["reset amid the headers", (socket) => void socket.write("HTTP/1.1 200", () => reset(socket)), "connection reset"],
		["closed without a word", (socket) => void socket.end(), "connection closed before a response"],
		[
			"closed amid the headers",
			(socket) => void socket.end("HTTP/1.1 200 OK\r\nX"),
			"connection closed before a response",
		],
	])("%s", async (_, drop, reason) => {
		const heads: string[] = [];
		const server = rawServer((socket, first) => {
			heads.push(first.toString());
			if (heads.length === 1) drop(socket);
			else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
		});
		await listening(server, async (port) => {
			const run = await send(`http://127.0.0.1:${port}`);
			expect(run).toMatchObject(delivered(2));
			expect(run.log).toContain(`attempt 1 of 4 failed: ${reason}; the next in `);
		});
		expect(heads.length).toBe(2);
		expect(heads[1]).toBe(heads[0]);
	});

	it.each<[string, (socket: Socket) => void]>([
		["reset in the TLS handshake", reset],
		["closed in the TLS handshake", (socket) => void socket.end()],
	])("%s", async (_, drop) => {
		let connections = 0;
		const server = rawServer((socket) => {
			connections += 1;
			drop(socket);
		});
		await listening(server, async (port) => {
			const run = await send(`https://127.0.0.1:${port}`, "retry_count = 1");
			expect(run).toMatchObject(failed(/^connection (?:reset|closed before a response), after 2 attempts$/, 2));
		});
		expect(connections).toBe(2);
	});

	it.skipIf(withoutNginx)("dropped by nginx (needs nginx-light)", async () => {
		const nginx = await startNginx([`; location / { return 444; }`]);
		const run = await send(`http://127.0.0.1:${nginx.ports[0]}/in`, "retry_count = 2");
		expect(run).toMatchObject(failed("connection closed before a response, after 3 attempts", 3));
		const [first, ...more] = nginx.log();
		expect(first).toMatch(/"POST \/in HTTP\/1\.1" 444 dlv_[0-9a-f]{32}$/);
		expect(more).toEqual([first, first]);
	});
});

describe("fault 8: a server that sends no headers is abandoned at the timeout and retried until the deadline", () => {
	const silent = (sockets: Socket[]) => rawServer((socket) => void sockets.push(socket));

	/** Runs `body` against a server, and then waits until all its sockets are closed by the other side. */
	async function hanging(server: (sockets: Socket[]) => Server, body: (url: string) => Promise<void>): Promise<number> {
		const sockets: Socket[] = [];
		await listening(server(sockets), async (port) => {
			await body(`http://127.0.0.1:${port}`);
			await Promise.all(sockets.map((socket) => socket.destroyed || once(socket, "close")));
		});
		return sockets.length;
	}

	it("once, and then answers", async () => {
		const server = await startServer(() => {}, { status: 200 });
		const run = await send(server.url, "timeout_ms = 300");
		expect(run).toMatchObject(delivered(2));
		expect(run.log).toContain("attempt 1 of 4 failed: no response within 300 ms; the next in ");
		expect(server.requests[1]).toEqual(server.requests[0]);
	});

	it("each time, past the deadline, amid its headers, a byte at a time, and in the TLS handshake", async () => {
		const sockets: Socket[] = [];
		const hung = async (begun: string, more: (socket: Socket) => void = () => {}) => {
			const server = rawServer((socket) => {
				sockets.push(socket);
				if (begun !== "") socket.write(begun);
				more(socket);
			});
			return started(server);
		};
		const dribble = (socket: Socket) => {
			const timer = setInterval(() => socket.write("x"), 20);
			socket.once("close", () => clearInterval(timer));
		};
		const silent = await hung("");
		const twice = "timeout_ms = 200\nretry_count = 1";
		const failure = failedRow("no response within 200 ms, after 2 attempts", 2);
		const run = await sendEach([
			[`${silent}/a`, "timeout_ms = 200\nretry_count = 2", failedRow("no response within 200 ms, after 3 attempts", 3)],
			[`${silent}/b`, "deadline_ms = 300", failedRow("no response before the deadline of 300 ms")],
			[await hung("HTTP/1."), twice, failure],
			[await hung("HTTP/1.1 200 OK\r\nX-Filler: x"), twice, failure],
			[await hung("HTTP/1.1 100 Continue\r\n\r\n"), twice, failure],
			[await hung("HTTP/1.1 200 OK\r\nX-Filler: ", dribble), twice, failure],
			[silent.replace("http:", "https:"), twice, failure],
		]);
		expect(run.elapsedMs).toBeLessThan(5000);
		expect(sockets.length).toBe(3 + 1 + 5 * 2);
		await Promise.all(sockets.map((socket) => socket.destroyed || once(socket, "close")));
	});

	it("and denies a gate", async () => {
		await hanging(silent, async (url) => {
			const run = await send(url, 'timeout_ms = 100\nretry_count = 1\non_failure = "abort"');
			expect(run).toMatchObject(denied("no response within 100 ms, after 2 attempts", 2));
		});
	});

	it("and holds nobody else up", async () => {
		const other = await startServer({ status: 200 });
		await hanging(silent, async (url) => {
			const hung = webhook(url, "timeout_ms = 300\nretry_count = 0", "hung");
			const run = await fire(hung + webhook(other.url, "", "other"));
			expect(run.outputs).toMatchObject({ result: "warned", delivered: "1", failed: "1" });
			expect(run.log.indexOf("✓ other")).toBeLessThan(run.log.indexOf("hung →"));
		});
		expect(other.requests.length).toBe(1);
	});
});

function reset(socket: Socket): void {
	socket.resetAndDestroy();
}
