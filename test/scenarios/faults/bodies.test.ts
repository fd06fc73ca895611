// Faults of an answer's body: reading ends in bounded time and space, and nothing in it is unpacked or obeyed.
import { createServer, type RequestListener } from "node:http";
import type { Socket } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { peakMemory } from "../../helpers/memory.ts";
import { listening, rawServer, started } from "../../helpers/net.ts";
import {
	delivered,
	deliveredRow,
	denied,
	failed,
	failedRow,
	fire,
	send,
	sendEach,
	webhook,
} from "../../helpers/send.ts";
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
	const WAYS: readonly Reply[] = [
		begun((socket) => void socket.resetAndDestroy()),
		begun((socket) => void socket.end()),
		begun(() => {}),
	];
	const TIMEOUT = "timeout_ms = 300\n";
	const UNCONFIRMED = failedRow("unconfirmed: 200, but the response was truncated");

	it("reset, closed early and hanging: delivered where nothing in it matters, unconfirmed by Slack and Teams", async () => {
		const servers = await Promise.all(WAYS.map((reply) => startServer(reply)));
		const run = await sendEach(
			servers.flatMap(({ url }) => [
				[`${url}/any`, TIMEOUT, deliveredRow()] as const,
				[`${url}/slack`, TIMEOUT + SLACK, UNCONFIRMED] as const,
				[`${url}/teams`, `${TIMEOUT}preset = "teams"\n`, UNCONFIRMED] as const,
			]),
		);
		expect(run.elapsedMs).toBeLessThan(5000);
		expect(servers.map(({ requests }) => requests.length)).toEqual([3, 3, 3]);
	});

	it.each(WAYS)("and a gate's denies", async (reply) => {
		const run = await send((await startServer(reply)).url, TIMEOUT + GATE);
		expect(run).toMatchObject(denied("denied: 200, but the response was truncated"));
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

	it("that comes a byte at a time: delivered where nothing in it matters, unconfirmed by Slack, no yes of a gate", async () => {
		const server = await startServer(dribble);
		const run = await sendEach([
			[`${server.url}/a`, "timeout_ms = 300", deliveredRow()],
			[`${server.url}/b`, "deadline_ms = 300", deliveredRow()],
			[`${server.url}/c`, `${SLACK}timeout_ms = 300`, failedRow("unconfirmed: 200, but the response was truncated")],
		]);
		const gate = await send(server.url, `${GATE}timeout_ms = 300`);
		expect(gate).toMatchObject(denied("denied: 200, but the response was truncated"));
		for (const { elapsedMs } of [run, gate]) expect(elapsedMs).toBeLessThan(5000);
		expect(server.requests.length).toBe(4);
	});

	it("of 10 GB: the same, and a failure with another status", async () => {
		const { seen, listener } = flood();
		const [url, refusing] = [await started(createServer(listener)), await started(createServer(flood(400).listener))];
		const LONG = "200, but the response is longer than 250 KB";
		const run = await sendEach(
			["length", "chunked"].flatMap((path) => [
				[`${url}/${path}`, "", deliveredRow()] as const,
				[`${url}/${path}`, SLACK, failedRow(`unconfirmed: ${LONG}`)] as const,
				[`${refusing}/${path}`, "", failedRow(/^400 Bad Request: x{199}…$/)] as const,
			]),
		);
		const gates = await Promise.all(["length", "chunked"].map((path) => send(`${url}/${path}`, GATE)));
		for (const gate of gates) expect(gate).toMatchObject(denied(`denied: ${LONG}`));
		for (const { elapsedMs } of [run, ...gates]) expect(elapsedMs).toBeLessThan(5000);
		expect(seen.sent).toBeLessThan(120 * MIB);
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
	const BOMBS: readonly (readonly [encoding: string, body: Buffer])[] = [
		["gzip", gzipSync(zeros)],
		["br", brotliCompressSync(zeros)],
		["deflate", deflateSync(zeros)],
		[Array(1000).fill("gzip").join(", "), gzipSync("{}")],
	];

	it("of any encoding, whatever is made of it", async () => {
		const server = await startServer(({ url }, response) => {
			const [, status, n] = url?.split("/") ?? [];
			const [encoding = "", body] = BOMBS[Number(n)] ?? [];
			response.writeHead(Number(status), { "Content-Encoding": encoding, "Content-Type": "application/json" });
			response.end(body);
		});
		const run = await sendEach(
			BOMBS.flatMap((_, n) => [
				[`${server.url}/200/${n}`, "", deliveredRow()] as const,
				[`${server.url}/400/${n}`, "", failedRow(/^400 Bad Request: .{1,200}$/)] as const,
				[`${server.url}/200/${n}`, SLACK, failedRow(/^Slack responded with ".{1,100}"$/)] as const,
			]),
		);
		const gate = await send(`${server.url}/200/0`, GATE);
		const why =
			'the response is compressed, although no compression was requested; a gate must respond with {"allow": true}';
		expect(gate).toMatchObject(denied(`denied: 200, but ${why}`));
		for (const { elapsedMs } of [run, gate]) expect(elapsedMs).toBeLessThan(5000);
		expect(run.stdout.length).toBeLessThan(8000);
		expect(new Set(server.requests.map(({ headers }) => headers["accept-encoding"]))).toEqual(new Set(["identity"]));
	});

	it("a thousand headers for a thousand encodings are too many, and bounded", async () => {
		const answer = `HTTP/1.1 200 OK\r\n${"Content-Encoding: br\r\n".repeat(1000)}Content-Length: 0\r\n\r\n`;
		await listening(rawServer(answer), async (port) => {
			const run = await send(`http://127.0.0.1:${port}`, "retry_count = 1");
			expect(run).toMatchObject(failed("the response's headers are too large, after 2 attempts", 2));
		});
	});
});
