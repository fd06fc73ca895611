// What goes over the wire and what does not: redirects, plain http, certificates, proxies, methods, headers, answers.
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { describe, expect, it, test } from "vitest";
import { certificate, listening, rawServer } from "../helpers/net.ts";
import { runAction, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

/** Fires pipeline_start at one webhook, `more` being further keys of it. */
function send(url: string, more = "", env: Readonly<Record<string, string>> = {}) {
	const config = `[hook.webhooks.pipeline_start]\nname = "r"\nurl = "${url}"\nretry_delay_ms = 1\n${more}\n`;
	return runAction({
		inputs: { event: "pipeline_start" },
		workspace: workspace({ "pipeline-hooks.toml": config }),
		env,
	});
}

/** The reason of the only failure. */
async function reasonOf(run: ReturnType<typeof send>): Promise<string | undefined> {
	const { annotations, code } = await run;
	expect(code).toBe(0);
	expect(annotations.length).toBe(1);
	return annotations[0]?.message.replace("the webhook failed: ", "");
}

describe("an answer", () => {
	it.each([301, 302, 303, 307, 308])("%i is not followed", async (status) => {
		const other = await startServer({ status: 200 });
		const server = await startServer({ status, headers: { Location: `${other.url}/elsewhere` } });
		expect(await reasonOf(send(server.url))).toMatch(new RegExp(`^${status} [A-Z].*: redirects are not followed$`));
		expect([server.requests.length, other.requests.length]).toEqual([1, 0]);
	});

	it.each([
		[400, "400 Bad Request"],
		[401, "401 Unauthorized"],
		[404, "404 Not Found"],
		[410, "410 Gone: the endpoint no longer exists, remove the hook or change its url"],
		[413, "413 Content Too Large"],
		[422, "422 Unprocessable Content"],
		[501, "501 Not Implemented"],
		[505, "505 HTTP Version Not Supported"],
	])("%i is final", async (status, reason) => {
		const server = await startServer({ status });
		expect(await reasonOf(send(server.url))).toBe(reason);
		expect(server.requests.length).toBe(1);
	});

	it.each([408, 425, 429, 500, 502, 503, 504])("%i is tried again, as often as the hook says", async (status) => {
		const server = await startServer({ status });
		expect(await reasonOf(send(server.url, "retry_count = 2"))).toMatch(
			new RegExp(`^${status} [A-Z].*, after 3 attempts$`),
		);
		expect(server.requests.length).toBe(3);
	});

	it.each(["HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])(
		"%j is a success",
		async (head) => {
			await listening(rawServer(head), async (port) => {
				expect(await send(`http://127.0.0.1:${port}`)).toMatchObject({
					annotations: [],
					outputs: { result: "passed" },
				});
			});
		},
	);

	it("100 and 103 before 200 are passed over", async () => {
		const answer =
			"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
		await listening(rawServer(answer), async (port) => {
			const run = await send(`http://127.0.0.1:${port}`, 'preset = "slack"');
			expect(run).toMatchObject({ annotations: [], results: { results: [{ http_status: 200, attempts: 1 }] } });
		});
	});

	it("that never ends is read up to its limit", async () => {
		let sent = 0;
		const server = await startServer((_, response) => {
			response.writeHead(200);
			const chunk = "x".repeat(64 * 1024);
			const more = () => {
				while (!response.destroyed && response.write(chunk)) sent += chunk.length;
				sent += chunk.length;
			};
			response.on("drain", more);
			more();
		});
		const run = await send(server.url);
		expect(run).toMatchObject({ annotations: [], outputs: { result: "passed" } });
		expect(sent).toBeLessThan(20 * 1024 * 1024);
	});

	it("that must be read and does not end is unconfirmed, and not tried again", async () => {
		const server = await startServer({ status: 200, body: "x".repeat(300 * 1024) });
		expect(await reasonOf(send(server.url, 'preset = "slack"'))).toBe(
			"unconfirmed: 200, but the answer's body is longer than 250 KB",
		);
		expect(server.requests.length).toBe(1);
	});

	it("of Slack's that says no in a 200 is a failure", async () => {
		const server = await startServer({ status: 200, body: "invalid_payload" });
		expect(await reasonOf(send(server.url, 'preset = "slack"'))).toContain('"invalid_payload"');
		expect(server.requests.length).toBe(1);
	});

	it("that is garbage is tried again", async () => {
		let connections = 0;
		const server = rawServer((socket) => {
			connections += 1;
			socket.end(connections === 1 ? "SSH-2.0-OpenSSH_9.2\r\n" : "HTTP/1.1 200 OK\r\n\r\n");
		});
		await listening(server, async (port) => {
			const run = await send(`http://127.0.0.1:${port}`);
			expect(run).toMatchObject({ annotations: [] });
			expect(run.log).toContain("attempt 1 of 4 failed: the answer is not HTTP");
		});
	});
});

describe("a connection", () => {
	it("that is refused is tried again", async () => {
		const port = await listening(createTcpServer(), async (free) => free);
		const run = await send(`http://127.0.0.1:${port}`, "retry_count = 1");
		expect(run.annotations[0]?.message).toBe("the webhook failed: connection refused, after 2 attempts");
		expect(run.results).toMatchObject({ results: [{ attempts: 2 }] });
	});

	it("that is reset before the answer is tried again with the same id", async () => {
		const server = await startServer((request) => request.socket.resetAndDestroy(), { status: 200 });
		const run = await send(server.url);
		expect(run).toMatchObject({ annotations: [], results: { results: [{ attempts: 2 }] } });
		expect(server.requests[1]).toEqual(server.requests[0]);
	});

	it("to a name that does not resolve", async () => {
		expect(await reasonOf(send("https://receiver.invalid", "retry_count = 0"))).toBe("name not found");
	});
});

describe("a certificate", () => {
	it("that is self-signed fails at once, and nothing is sent", async () => {
		let requests = 0;
		const server = createHttpsServer(certificate("IP:127.0.0.1"), (_, response) => {
			requests += 1;
			response.end();
		});
		let connections = 0;
		server.on("connection", () => {
			connections += 1;
		});
		await listening(server, async (port) => {
			const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
			expect(await reasonOf(send(`https://127.0.0.1:${port}`, "", env))).toBe("TLS: self-signed certificate");
		});
		expect([requests, connections]).toEqual([0, 1]);
	});

	it("is not asked for where the server speaks plain http", async () => {
		const server = await startServer({ status: 200 });
		expect(await reasonOf(send(server.url.replace("http:", "https:")))).toBe("TLS: the server does not speak TLS");
		expect(server.requests).toEqual([]);
	});
});

describe("plain http", () => {
	const refused = "url would be sent over http, without encryption";

	it("to another host is a mistake in the config", async () => {
		const run = await send("http://receiver.invalid/in");
		expect(run).toMatchObject({ code: 1, outputs: { result: "error" } });
		expect(run.annotations[0]?.message).toBe(
			`${refused}; use https://, or set allow_http = true if the receiver really has no TLS`,
		);
	});

	it("to another host from a variable fails its hook", async () => {
		const run = await send("${RECEIVER}", "", { RECEIVER: "http://receiver.invalid/in" });
		expect(await reasonOf(Promise.resolve(run))).toContain(refused);
	});

	it("is sent with allow_http = true", async () => {
		expect(await reasonOf(send("http://receiver.invalid/in", "allow_http = true\nretry_count = 0"))).toBe(
			"name not found",
		);
	});

	it("to loopback needs nothing", async () => {
		const server = await startServer({ status: 200 });
		expect(await send(server.url.replace("127.0.0.1", "localhost"))).toMatchObject({ annotations: [] });
		expect(server.requests.length).toBe(1);
	});
});

describe("a proxy in the environment", () => {
	it.each(["http_proxy", "HTTP_PROXY", "ALL_PROXY"])("%s fails the webhook at once", async (variable) => {
		const server = await startServer({ status: 200 });
		const proxy = await startServer({ status: 200 });
		expect(await reasonOf(send(server.url, "", { [variable]: proxy.url }))).toBe(
			`a proxy is set in the environment (${variable}), which this transport does not speak yet`,
		);
		expect([server.requests.length, proxy.requests.length]).toEqual([0, 0]);
	});

	it.each([
		{ https_proxy: "http://127.0.0.1:1" },
		{ http_proxy: "http://127.0.0.1:1", no_proxy: "example.com,127.0.0.1" },
		{ HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" },
		{ HTTP_PROXY: "" },
	])("is not in the way with %j", async (env) => {
		const server = await startServer({ status: 200 });
		expect(await send(server.url, "", env)).toMatchObject({ annotations: [] });
		expect(server.requests.length).toBe(1);
	});
});

describe("a request", () => {
	it.each(["POST", "PUT", "PATCH", "DELETE"])("by %s has its body", async (method) => {
		const server = await startServer({ status: 200 });
		await send(server.url, `method = "${method}"`);
		expect(server.requests[0]).toMatchObject({ method, body: expect.stringContaining('"event":"pipeline_start"') });
	});

	it("by GET has none, and its signature is that of nothing", async () => {
		const server = await startServer({ status: 200 });
		await send(server.url, 'method = "GET"\nsecret = "key of GET"');
		expect(server.requests[0]).toMatchObject({ method: "GET", body: "" });
		expect(server.requests[0]?.headers).not.toHaveProperty("content-length");
		expect(server.requests[0]?.headers["x-rocky-signature"]).toMatch(/^sha256=[0-9a-f]{64}$/);
	});

	it("has the hook's headers over those of the preset and the defaults, whatever their case", async () => {
		const server = await startServer({ status: 200 });
		const config = `[defaults.webhook.headers]
X-Team = "data"
x-zone = "eu"
[hook.webhooks.pipeline_start]
url = "${server.url}"
headers = { "USER-AGENT" = "mine/1", X-Zone = "us", "content-type" = "application/vnd.x+json" }
`;
		await runAction({
			inputs: { event: "pipeline_start" },
			workspace: workspace({ "pipeline-hooks.toml": config }),
		});
		expect(server.requests[0]?.headers).toMatchObject({
			"user-agent": "mine/1",
			"x-team": "data",
			"x-zone": "us",
			"content-type": "application/vnd.x+json",
		});
	});

	it("of a form is percent-encoded, of plain text as it is", async () => {
		const server = await startServer({ status: 200 });
		await send(
			server.url,
			'headers = { Content-Type = "application/x-www-form-urlencoded" }\nbody_template = "e={{event}}&p={{pipeline}}&m={{metadata.m}}"',
		);
		await send(server.url, 'headers = { Content-Type = "text/plain" }\nbody_template = "{{event}} in <{{pipeline}}>"');
		expect(server.requests.map(({ body }) => body)).toEqual([
			"e=pipeline_start&p=nightly&m=",
			"pipeline_start in <nightly>",
		]);
	});

	it("with a header that cannot be sent is no request", async () => {
		const server = await startServer({ status: 200 });
		const run = await send(server.url, 'headers = { X-Emoji = "${EMOJI}" }', { EMOJI: "🚚-secret" });
		expect(run.annotations[0]?.message).toBe(
			"the webhook failed: header X-Emoji has a character that no header can carry",
		);
		expect(server.requests).toEqual([]);
	});
});

test("a body that is no JSON is not sent, and the template is to blame", async () => {
	const server = await startServer({ status: 200 });
	const run = await send(server.url, `body_template = '{"n": {{duration_ms}}}'`);
	expect(run.annotations[0]?.message).toContain("body_template: body is not JSON at line 1, column 7");
	expect(run.annotations[0]?.message).toContain("{{{duration_ms}}}");
	expect(server.requests).toEqual([]);
});
