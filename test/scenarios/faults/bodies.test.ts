// Faults of an answer's body: reading ends in bounded time and space, and nothing in it is unpacked or obeyed.
import { createServer, type RequestListener } from "node:http";
import type { Socket } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { peakMemory } from "../../helpers/memory.ts";
import { listening, rawServer } from "../../helpers/net.ts";
import { delivered, denied, failed, fire, send, webhook } from "../../helpers/send.ts";
import { type Reply, startServer } from "../../helpers/server.ts";

const GATE = 'on_failure = "abort"\n';
const SLACK = 'preset = "slack"\n';
const MIB = 1024 * 1024;

describe("fault 7: a 2xx whose body is reset or hangs counts as delivered, as unconfirmed if the body had to be read, and as a no from a gate", () => {
	const begun =
		(rest: (socket: Socket) => void): Reply =>
		(_, response) => {
			response.writeHead(200, { "Content-Length": "100" });
			// Some time later: a reset may overtake what was written before it.
			response.write("ok", () => setTimeout(() => response.socket && rest(response.socket), 20));
		};
	const ways: readonly (readonly [string, Reply])[] = [
		["reset", begun((socket) => void socket.resetAndDestroy())],
		["closed early", begun((socket) => void socket.end())],
		["hanging", begun(() => {})],
	];

	describe.each(ways)("%s", (_, reply) => {
		it.each([
			["is delivered where nothing in it matters", "", delivered()],
			["is unconfirmed by Slack", SLACK, failed("unconfirmed: 200, but the response was truncated")],
			["is unconfirmed by Teams", 'preset = "teams"\n', failed("unconfirmed: 200, but the response was truncated")],
			["denies a gate", GATE, denied("denied: 200, but the response was truncated")],
		])("%s", async (_, more, expected) => {
			const server = await startServer(reply);
			const run = await send(server.url, `${more}timeout_ms = 300`);
			expect(run).toMatchObject(expected);
			expect(run.elapsedMs).toBeLessThan(5000);
			expect(server.requests.length).toBe(1);
		});
	});

	it.each([
		["by its length", "Content-Length: 15\r\n\r\n", '{"allow":false'],
		["in chunks", "Transfer-Encoding: chunked\r\n\r\n", 'f\r\n{"allow":false'],
		["by the end of the connection", "\r\n", '{"allow":false'],
		["by the end of the connection, before a word of it", "\r\n", ""],
		["by its length, and would say yes", "Content-Length: 99\r\n\r\n", '{"allow":true}'],
	])("a gate that is reset amid its JSON denies, delimited %s", async (_, framing, half) => {
		const server = rawServer((socket) => {
			socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${framing}${half}`, () =>
				setTimeout(() => socket.resetAndDestroy(), 20),
			);
		});
		await listening(server, async (port) => {
			const run = await send(`http://127.0.0.1:${port}`, GATE);
			expect(run).toMatchObject(denied("denied: 200, but the response was truncated"));
		});
	});

	it("a gate whose connection ends amid its JSON denies, though nothing says that more was to come", async () => {
		await listening(rawServer('HTTP/1.1 200 OK\r\n\r\n{"allow":false'), async (port) => {
			const run = await send(`http://127.0.0.1:${port}`, GATE);
			expect(run).toMatchObject(denied(/^denied: 200, /));
		});
	});
});

/** Announces 10 GB at `/length`, and sends without end elsewhere; `sent` is what the clients took. */
function flood(status = 200) {
	const chunk = Buffer.alloc(64 * 1024, "x");
	const seen = { sent: 0, closed: 0 };
	const listener: RequestListener = (request, response) => {
		const length = 10_000_000_000;
		response.writeHead(status, request.url === "/length" ? { "Content-Length": length } : {});
		const more = () => {
			while (!response.destroyed && seen.sent < length && response.write(chunk)) seen.sent += chunk.length;
		};
		response.on("drain", more).once("close", () => {
			seen.closed += 1;
		});
		more();
	};
	return { seen, listener };
}

describe("fault 9: an endless body is read up to 250 KB or until the deadline, in constant memory, and a gate denies", () => {
	const dribble: Reply = (_, response) => {
		response.writeHead(200);
		const timer = setInterval(() => response.write("."), 20);
		response.on("close", () => clearInterval(timer));
	};

	it.each([
		["is delivered where nothing in it matters", "timeout_ms = 300", delivered()],
		["by the deadline too", "deadline_ms = 300", delivered()],
		["is unconfirmed by Slack", `${SLACK}timeout_ms = 300`, failed("unconfirmed: 200, but the response was truncated")],
		["denies a gate", `${GATE}timeout_ms = 300`, denied("denied: 200, but the response was truncated")],
	])("that comes a byte at a time %s", async (_, more, expected) => {
		const server = await startServer(dribble);
		const run = await send(server.url, more);
		expect(run).toMatchObject(expected);
		expect(run.elapsedMs).toBeLessThan(5000);
		expect(server.requests.length).toBe(1);
	});

	it.each([
		["is delivered where nothing in it matters", 200, "", delivered()],
		["is unconfirmed by Slack", 200, SLACK, failed("unconfirmed: 200, but the response is longer than 250 KB")],
		["denies a gate", 200, GATE, denied("denied: 200, but the response is longer than 250 KB")],
		["is a failure with another status", 400, "", failed(/^400 Bad Request: x{199}…$/)],
	])("of 10 GB %s", async (_, status, more, expected) => {
		const { seen, listener } = flood(status);
		await listening(createServer(listener), async (port) => {
			const paths = ["length", "chunked"];
			const runs = await Promise.all(paths.map((path) => send(`http://127.0.0.1:${port}/${path}`, more)));
			for (const run of runs) {
				expect(run).toMatchObject(expected);
				expect(run.elapsedMs).toBeLessThan(5000);
			}
		});
		expect(seen.sent).toBeLessThan(40 * MIB);
	});

	it("of 10 GB leaves the memory flat, and its socket is closed while the process goes on", async () => {
		const { seen, listener } = flood();
		let process = 0;
		const peaks: number[] = [];
		const server = createServer((request, response) => {
			if (peaks.length === 0) peaks.push(peakMemory(process));
			if (request.url !== "/last") return listener(request, response);
			// Answered only after all the others have been left.
			const timer = setInterval(() => {
				if (seen.closed < 6) return;
				clearInterval(timer);
				peaks.push(peakMemory(process));
				response.end();
			}, 5);
		});
		await listening(server, async (port) => {
			const paths = ["length", "chunked", "length", "chunked", "length", "chunked", "last"];
			const hooks = paths.map((path, n) => webhook(`http://127.0.0.1:${port}/${path}`, "", `h${n}`));
			const started = (pid: number) => {
				process = pid;
			};
			const run = await fire(hooks.join(""), { started });
			expect(run).toMatchObject({ code: 0, annotations: [], outputs: { delivered: "7" } });
		});
		const [before = 0, after = 0] = peaks;
		expect(after - before).toBeLessThan(24 * MIB);
		expect(seen.sent).toBeLessThan(120 * MIB);
	});

	it.each([
		[250 * 1024, delivered()],
		[250 * 1024 + 1, denied("denied: 200, but the response is longer than 250 KB")],
	])("of %i bytes is on its side of the limit", async (length, expected) => {
		const server = await startServer({ status: 200, body: "x".repeat(length) });
		expect(await send(server.url, GATE)).toMatchObject(expected);
	});
});

describe("fault 10: a compressed response is not decompressed: identity is requested, and a gate denies", () => {
	const zeros = Buffer.alloc(8 * MIB);
	const bombs: readonly (readonly [string, Buffer])[] = [
		["gzip", gzipSync(zeros)],
		["br", brotliCompressSync(zeros)],
		["deflate", deflateSync(zeros)],
		[Array(1000).fill("gzip").join(", "), gzipSync("{}")],
	];

	describe.each(bombs.map(([encoding, body]) => ({ name: encoding.slice(0, 12), encoding, body })))("$name", (bomb) => {
		const headers = { "Content-Encoding": bomb.encoding, "Content-Type": "application/json" };
		const reply =
			(status: number): Reply =>
			(_, response) =>
				response.writeHead(status, headers).end(bomb.body);

		it.each([
			["is delivered where nothing in it matters", 200, "", delivered()],
			["is a failure with another status", 400, "", failed(/^400 Bad Request: .{1,200}$/)],
			["is not what Slack says", 200, SLACK, failed(/^Slack answered ".{1,100}"$/)],
			[
				"denies a gate",
				200,
				GATE,
				denied(
					'denied: 200, but the response is compressed, which was not asked for; a gate must answer {"allow": true}',
				),
			],
		])("%s", async (_, status, more, expected) => {
			const server = await startServer(reply(status));
			const run = await send(server.url, more);
			expect(run).toMatchObject(expected);
			expect(run.stdout.length).toBeLessThan(3000);
			expect(run.elapsedMs).toBeLessThan(5000);
			expect(server.requests.map(({ headers }) => headers["accept-encoding"])).toEqual(["identity"]);
		});
	});

	it("a thousand headers for a thousand encodings are too many, and bounded", async () => {
		const answer = `HTTP/1.1 200 OK\r\n${"Content-Encoding: br\r\n".repeat(1000)}Content-Length: 0\r\n\r\n`;
		await listening(rawServer(answer), async (port) => {
			const run = await send(`http://127.0.0.1:${port}`, "retry_count = 1");
			expect(run).toMatchObject(failed("the response's headers are too large, after 2 attempts", 2));
		});
	});
});
