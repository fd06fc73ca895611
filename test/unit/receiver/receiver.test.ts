// The receiver against real requests: what it hands on, what it refuses, and that it ends.
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { directHttp } from "../../../src/net/direct.ts";
import type { HttpResult } from "../../../src/ports.ts";
import {
	BODY_LIMIT,
	type Received,
	type Receiver,
	type ReceiverOptions,
	startReceiver,
} from "../../../src/receiver/receiver.ts";
import { requestTo } from "../../helpers/request.ts";
import { signed } from "../../helpers/signing.ts";

const started: Receiver[] = [];
afterEach(() => Promise.all(started.splice(0).map((receiver) => receiver.close())));

async function start(given: Partial<ReceiverOptions> = {}) {
	const received: Received[] = [];
	const receiver = await startReceiver({
		host: "127.0.0.1",
		port: 0,
		secret: () => undefined,
		respond: () => ({ status: 200 }),
		onRequest: (request) => received.push(request),
		...given,
	});
	started.push(receiver);
	return { receiver, received };
}

function send(
	{ port }: Receiver,
	body: string | Uint8Array,
	headers: Readonly<Record<string, string>> = {},
	path = "/hook?a=1",
): Promise<HttpResult> {
	const request = requestTo(`http://127.0.0.1:${port}${path}`, { headers, body: Buffer.from(body), timeoutMs: 10_000 });
	return directHttp().send(request, new AbortController().signal);
}

describe("startReceiver", () => {
	it("hands on the request as it came, with the status that it answered", async () => {
		const response = { status: 503, headers: { "Retry-After": "7" }, body: "busy" };
		const { receiver, received } = await start({ respond: () => response });
		const body = Uint8Array.of(0, 255, 13, 10, 128);
		const headers = { "X-Rocky-Event": "ping", "X-Rocky-Delivery": "dlv_1" };
		const result = await send(receiver, body, headers);
		expect(result).toMatchObject({ kind: "response", status: 503, body: "busy", headers: { "retry-after": "7" } });
		expect(received).toHaveLength(1);
		expect(received[0]).toMatchObject({
			method: "POST",
			path: "/hook?a=1",
			event: "ping",
			deliveryId: "dlv_1",
			signature: "not checked",
			status: 503,
		});
		expect(Buffer.from(received[0]?.body ?? [])).toEqual(Buffer.from(body));
	});

	it("checks signatures with the secret of the path", async () => {
		const secrets = new Map([
			["/a", "one"],
			["/b", "two"],
		]);
		const { receiver, received } = await start({ secret: (path) => secrets.get(path) });
		for (const path of ["/a", "/b", "/c"]) await send(receiver, "hello", signed("hello", "one"), path);
		await send(receiver, "hello", {}, "/a");
		expect(received.map(({ signature }) => signature)).toEqual(["valid", "invalid", "not checked", "missing"]);
	});

	it("answers a body over the limit with 413, reading it to its end, and takes one at the limit", async () => {
		const { receiver, received } = await start({ secret: () => "key" });
		expect(await send(receiver, new Uint8Array(BODY_LIMIT + 1))).toMatchObject({ kind: "response", status: 413 });
		expect(await send(receiver, new Uint8Array(BODY_LIMIT))).toMatchObject({ kind: "response", status: 200 });
		expect(received.map(({ body, status, signature }) => [body.length, status, signature])).toEqual([
			[0, 413, "not checked"],
			[BODY_LIMIT, 200, "missing"],
		]);
	});

	it("says nothing of a request that broke off", async () => {
		const { receiver, received } = await start();
		const socket = connect(receiver.port, "127.0.0.1");
		socket.on("error", () => {});
		socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
		await once(socket, "connect");
		socket.end();
		await once(socket.resume(), "close");
		await send(receiver, "whole");
		expect(received.map(({ body }) => Buffer.from(body).toString())).toEqual(["whole"]);
	});

	it("rejects with the system's error when the port is in use", async () => {
		const { receiver } = await start();
		await expect(start({ port: receiver.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
	});
});

describe("close", () => {
	it("ends idle connections and half-sent requests at once", async () => {
		const { receiver } = await start();
		const idle = connect(receiver.port, "127.0.0.1");
		const half = connect(receiver.port, "127.0.0.1");
		for (const socket of [idle, half]) socket.on("error", () => {}).resume();
		half.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
		await Promise.all([once(idle, "connect"), once(half, "connect")]);
		const closed = [idle, half].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
		const before = performance.now();
		await Promise.all([receiver.close(), ...closed]);
		expect(performance.now() - before).toBeLessThan(900);
		await expect(send(receiver, "x")).resolves.toMatchObject({ kind: "failure", cause: "refused" });
	});

	it("lets an answer under way get out, even when it is asked for while answering", async () => {
		let closing: Promise<void> | undefined;
		const { receiver } = await start({
			respond: () => ({ status: 200, body: "late" }),
			onRequest: () => {
				closing = receiver.close();
			},
		});
		await expect(send(receiver, "x")).resolves.toMatchObject({ kind: "response", body: "late", read: "whole" });
		await closing;
	});
});
