// Proxies that fail: each is named as the culprit, by its variable and without its password, and tried again or not.
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { authority, listening, rawServer } from "../../helpers/net.ts";
import { RECEIVER, recordingProxy } from "../../helpers/proxy.ts";
import { delivered, failed, fire, send, webhook } from "../../helpers/send.ts";

/** A port below 1024 on which nobody listens. */
const CLOSED = "127.0.0.1:1";
const UNREACHED = `https://${RECEIVER}/the-path`;
const USERINFO = "runner:proxy-password";

/** Sends to a receiver that is never reached, through this proxy; gives the run and how often the proxy was connected to. */
async function sendThrough(proxy: Server, more = "retry_count = 1", url = UNREACHED) {
	let connections = 0;
	proxy.on("connection", () => {
		connections += 1;
	});
	return listening(proxy, async (port) => {
		const value = `http://${USERINFO}@127.0.0.1:${port}`;
		const run = await send(url, more, { env: { HTTPS_PROXY: value, http_proxy: value } });
		expect(run.log).not.toContain("proxy-password");
		expect(run.log).not.toContain(Buffer.from(USERINFO).toString("base64"));
		return { ...run, connections };
	});
}

describe("fault 24: a proxy that is down or hangs is named, and the request is retried", () => {
	it.each([
		["HTTPS_PROXY", UNREACHED],
		["http_proxy", `http://${RECEIVER}:2/in`],
	])("refusing connections, of %s", async (variable, url) => {
		const env = { [variable]: `http://${USERINFO}@${CLOSED}` };
		const run = await send(url, "retry_count = 2\nallow_http = true", { env });
		expect(run).toMatchObject(failed(`proxy (${variable}): connection refused, after 3 attempts`, 3));
		expect(run.log).toContain(`attempt 1 of 3 failed: proxy (${variable}): connection refused; the next in `);
		expect(run.log).not.toContain("proxy-password");
	});

	it("hanging before its answer to CONNECT", async () => {
		const run = await sendThrough(
			rawServer(() => {}),
			"timeout_ms = 300\nretry_count = 1",
		);
		expect(run).toMatchObject(failed(/^(?=.*no response within 300 ms)(?=.*\(HTTPS_PROXY\)).*, after 2 attempts$/, 2));
		expect(run.connections).toBe(2);
	});

	it("hanging past the deadline", async () => {
		const run = await sendThrough(
			rawServer(() => {}),
			"deadline_ms = 300",
		);
		expect(run).toMatchObject(failed("no response before the deadline of 300 ms, through the proxy (HTTPS_PROXY)"));
		expect(run.elapsedMs).toBeLessThan(5000);
	});

	it("resetting a connection that is used again, which none is, and no gate is denied", async () => {
		const proxy = createServer((socket: Socket) => {
			socket.on("error", () => {});
			socket.once("data", () => {
				socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
				socket.on("data", () => socket.resetAndDestroy());
			});
		});
		const gate = 'allow_http = true\nretry_count = 0\non_failure = "abort"';
		const gates = ["g1", "g2", "g3"].map((name) => webhook(`http://${RECEIVER}/in`, gate, name));
		await listening(proxy, async (port) => {
			const run = await fire(gates.join(""), { env: { http_proxy: `http://127.0.0.1:${port}` } });
			expect(run).toMatchObject({ code: 0, annotations: [], outputs: { delivered: "3" } });
		});
	});

	it("down once, and the webhook is delivered with the same id", async () => {
		const ca = authority();
		const deliveries: unknown[] = [];
		const receiver = createHttpsServer(ca.issue(`DNS:${RECEIVER}`), (request, response) => {
			deliveries.push(request.headers["x-rocky-delivery"]);
			response.writeHead(deliveries.length === 1 ? 503 : 200).end();
		});
		const tunnel = recordingProxy();
		let connections = 0;
		const flaky = createServer((socket) => {
			connections += 1;
			if (connections === 1) socket.on("error", () => {}).once("data", () => socket.resetAndDestroy());
			else tunnel.server.emit("connection", socket);
		});
		await listening(receiver, (port) =>
			listening(flaky, async (proxyPort) => {
				const env = { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` };
				const files = { "ca.pem": ca.cert };
				const run = await send(`https://${RECEIVER}:${port}`, 'ca_file = "ca.pem"', { env, files });
				expect(run).toMatchObject(delivered(3));
				expect(run.log).toContain("attempt 1 of 4 failed: proxy (HTTPS_PROXY): connection reset; the next in ");
				expect(run.log).toContain("attempt 2 of 4 failed: 503 Service Unavailable; the next in ");
			}),
		);
		expect(deliveries).toEqual([expect.stringMatching(/^dlv_/), deliveries[0]]);
	});
});

describe("fault 24: a proxy that refuses the tunnel is named with its response; 5xx is retried, everything else is final", () => {
	it.each([
		[2, ["500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"]],
		[2, ["408 Request Timeout", "429 Too Many Requests"]],
		[1, ["302 Found", "400 Bad Request", "403 Forbidden", "404 Not Found", "405 Method Not Allowed"]],
	])("%i attempts at %j", async (attempts, statuses) => {
		const runs = statuses.map(async (status) => {
			const answer = `HTTP/1.1 ${status}\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 4\r\n\r\nwhy?`;
			const run = await sendThrough(rawServer(answer));
			const end = attempts === 1 ? "" : `, after ${attempts} attempts`;
			expect(run).toMatchObject(failed(`proxy (HTTPS_PROXY): ${status} on CONNECT${end}`, attempts));
			expect(run.connections).toBe(attempts);
		});
		await Promise.all(runs);
	});

	it("407 Proxy Authentication Required", async () => {
		const run = await sendThrough(rawServer("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\n\r\n"));
		expect(run).toMatchObject(failed("proxy (HTTPS_PROXY): 407 Proxy Authentication Required"));
		expect(run.connections).toBe(1);
	});

	it.each<[string, (socket: Socket) => void, RegExp]>([
		["a reset", (socket) => void socket.resetAndDestroy(), /connection reset/],
		["an end", (socket) => void socket.end(), /connection (?:closed before a response|reset)/],
		[
			"a reset amid its answer",
			(socket) => void socket.write("HTTP/1.1 2", () => socket.resetAndDestroy()),
			/connection/,
		],
		["an end amid its answer", (socket) => void socket.end("HTTP/1.1 200 OK\r\nX"), /connection/],
		["what is not HTTP", (socket) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n"), /the response is not HTTP/],
	])("%s", async (_, answer, reason) => {
		const run = await sendThrough(rawServer(answer));
		const proxied = new RegExp(`^proxy \\(HTTPS_PROXY\\): .*${reason.source}.*, after 2 attempts$`);
		expect(run).toMatchObject(failed(proxied, 2));
		expect(run.connections).toBe(2);
	});

	it("an answer of 502 to plain http may be its own, and is tried again", async () => {
		const url = `http://${RECEIVER}:1/the-path`;
		const run = await sendThrough(
			rawServer("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
			"retry_count = 1\nallow_http = true",
			url,
		);
		expect(run).toMatchObject(
			failed("502 Bad Gateway (the response came through the proxy of http_proxy), after 2 attempts", 2),
		);
	});
});
