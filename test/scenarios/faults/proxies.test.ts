// Webhooks through proxies as people run them: what they get to see, whom they let through, and whose a fault is.
import { createServer as createHttpsServer } from "node:https";
import { describe, expect, it } from "vitest";
import { authority, certificate, listening, rawServer } from "../../helpers/net.ts";
import {
	behindProxy,
	RECEIVER,
	recordingProxy,
	startSquid,
	startTinyproxy,
	withoutSquid,
	withoutTinyproxy,
} from "../../helpers/proxy.ts";
import { delivered, denied, failed, failedRow, fire, send, webhook } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

const inTinyproxy = describe.skipIf(withoutTinyproxy);
const inSquid = describe.skipIf(withoutSquid);

/** Nobody listens on a port below 1024 there. */
const UNREACHABLE = `${RECEIVER}:1`;
const PLAIN = "allow_http = true";

const ca = authority();
const identity = ca.issue(`DNS:${RECEIVER},IP:2001:db8::80`);
const files = { "ca.pem": ca.cert };
const trusting = 'ca_file = "ca.pem"';

/** Gives these statuses over TLS, 200 after the last one, and keeps the paths and delivery ids. */
function receiver(statuses: readonly number[] = [], of = identity) {
	const requests: (readonly [path: string, delivery: string])[] = [];
	const server = createHttpsServer(of, (request, response) => {
		requests.push([request.url ?? "", String(request.headers["x-rocky-delivery"])]);
		const status = statuses[requests.length - 1] ?? 200;
		request.resume().once("end", () => response.writeHead(status).end());
	});
	return { server, requests };
}

describe("fault 24: a proxy that the environment names is used, and sees only the host and port of an https request", () => {
	it("whatever is in the request", async () => {
		const { server, requests } = receiver();
		const proxy = recordingProxy();
		await listening(server, async (port) => {
			await listening(proxy.server, async (proxyPort) => {
				const more = `${trusting}\nheaders = { X-Private = "of-the-receiver" }\nsecret = "key"`;
				const env = { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` };
				const run = await send(`https://${RECEIVER}:${port}/the-path?the-query`, more, { env, files });
				expect(run).toMatchObject(delivered());
			});
			expect(proxy.heads.length).toBe(1);
			const [head = "", ...rest] = (proxy.heads[0] ?? "").toLowerCase().split("\r\n");
			expect(head).toBe(`connect ${RECEIVER}:${port} http/1.1`);
			const known = /^(?:|connection: close|proxy-connection: keep-alive|host: receiver\.test:\d+)$/;
			for (const line of rest) expect(line).toMatch(known);
		});
		const tunnelled = Buffer.concat(proxy.after).toString("latin1");
		expect(tunnelled.length).toBeGreaterThan(500);
		expect(tunnelled).not.toMatch(/the-path|the-query|of-the-receiver|rocky|pipeline/i);
		expect(requests).toEqual([["/the-path?the-query", expect.stringMatching(/^dlv_/)]]);
	});

	it("fault 14: 103 before 200 is ignored through a proxy too", async () => {
		const interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
		const server = rawServer(`${interim}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`, identity);
		await listening(server, async (port) => {
			await listening(recordingProxy().server, async (proxyPort) => {
				const env = { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` };
				expect(await send(`https://${RECEIVER}:${port}/`, trusting, { env, files })).toMatchObject(delivered());
			});
		});
	});

	it("fault 14: an unexpected 100 before 200 is a failure through a proxy, and the reason says so", async () => {
		const server = rawServer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", identity);
		await listening(server, async (port) => {
			await listening(recordingProxy().server, async (proxyPort) => {
				const env = { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` };
				const run = await send(`https://${RECEIVER}:${port}/`, `${trusting}\nretry_count = 0`, { env, files });
				expect(run).toMatchObject(failed(/^unexpected 100 Continue, /));
			});
		});
	});

	inTinyproxy("Debian's tinyproxy (needs tinyproxy)", () => {
		it("of https_proxy, HTTPS_PROXY, all_proxy and ALL_PROXY", async () => {
			const proxy = await startTinyproxy();
			const { server, requests } = receiver();
			await listening(server, async (port) => {
				const variables = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
				const url = `https://${RECEIVER}:${port}/in`;
				const runs = variables.map((variable) => send(url, trusting, { env: { [variable]: proxy.url }, files }));
				for (const run of await Promise.all(runs)) expect(run).toMatchObject(delivered());
				expect(proxy.asked()).toEqual(variables.map(() => `CONNECT ${RECEIVER}:${port}`));
			});
			expect(requests.length).toBe(4);
		});

		it("of http_proxy, HTTP_PROXY, all_proxy and ALL_PROXY, for plain http", async () => {
			const proxy = await startTinyproxy();
			const server = await startServer({ status: 200 });
			const variables = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
			const url = behindProxy(server.url);
			const runs = variables.map((variable) => send(`${url}/in?x`, PLAIN, { env: { [variable]: proxy.url } }));
			for (const run of await Promise.all(runs)) expect(run).toMatchObject(delivered());
			expect(proxy.asked()).toEqual(variables.map(() => `POST ${url}/in?x`));
			const request = { path: "/in?x", headers: { via: expect.stringContaining("tinyproxy") } };
			expect(server.requests).toMatchObject(variables.map(() => request));
		});

		it("at an IPv6 address, to another one", async () => {
			const proxy = await startTinyproxy(undefined, "::1");
			const { server, requests } = receiver();
			await listening(server, async (port) => {
				const env = { HTTPS_PROXY: proxy.url };
				expect(await send(`https://[2001:db8::80]:${port}/in`, trusting, { env, files })).toMatchObject(delivered());
				expect(proxy.asked()).toEqual([expect.stringMatching(`^CONNECT (?:\\[2001:db8::80\\]|2001:db8::80):${port}$`)]);
			});
			expect(requests.length).toBe(1);
		});

		it("by more than 32 webhooks at once", async () => {
			const proxy = await startTinyproxy();
			const { server, requests } = receiver();
			await listening(server, async (port) => {
				const hooks = Array.from({ length: 40 }, (_, n) =>
					webhook(`https://${RECEIVER}:${port}/${n}`, trusting, `h${n}`),
				);
				const run = await fire(hooks.join(""), { env: { HTTPS_PROXY: proxy.url }, files });
				expect(run).toMatchObject({ annotations: [], outputs: { delivered: "40" } });
				expect(new Set(proxy.asked())).toEqual(new Set([`CONNECT ${RECEIVER}:${port}`]));
			});
			expect(new Set(requests.map(([path]) => path)).size).toBe(40);
		});

		it("but for an address that nothing is sent to", async () => {
			const proxy = await startTinyproxy();
			const env = { HTTPS_PROXY: proxy.url, URL: "https://0xA9FEA9FE/latest" };
			const run = await send("${URL}", "", { env });
			expect(run).toMatchObject(failed(/^url has an address of a cloud's metadata service/, 0));
			expect(proxy.asked()).toEqual([]);
		});
	});
});

describe("fault 24: a failure of a receiver behind a proxy is reported as the receiver's", () => {
	it("a certificate of an authority that the environment adds passes", async () => {
		const { server } = receiver();
		await through(server, async (url, env) => {
			const run = await send(url, "", { env: { ...env, NODE_EXTRA_CA_CERTS: "ca.pem" }, files });
			expect(run).toMatchObject(delivered());
		});
	});

	it.each([
		["of an unknown authority", identity, "TLS: certificate issued by an unknown CA"],
		["that is self-signed", certificate(`DNS:${RECEIVER}`), "TLS: self-signed certificate"],
		["of another host", ca.issue("DNS:other.test"), "TLS: hostname mismatch, the certificate is for another host"],
		["that has expired", ca.issue(`DNS:${RECEIVER}`, -1), "TLS: certificate has expired"],
	])("a certificate %s is refused at once", async (name, of, reason) => {
		const { server, requests } = receiver([], of);
		const heads = await through(server, async (url, env) => {
			const more = name === "of an unknown authority" ? "" : trusting;
			const careless = { ...env, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
			const runs = [env, careless].map((given) => send(url, more, { env: given, files }));
			// Node itself warns of it on stderr.
			for (const run of await Promise.all(runs)) expect({ ...run, stderr: "" }).toMatchObject(failed(reason));
		});
		expect([requests.length, heads.length]).toEqual([0, 2]);
	});

	it("an answer of 503 is tried again with the same id", async () => {
		const { server, requests } = receiver([503, 500]);
		await through(server, async (url, env) => {
			const run = await send(url, trusting, { env, files });
			expect(run).toMatchObject(delivered(3));
			expect(run.log).toContain("attempt 1 of 4 failed: 503 Service Unavailable; the next in ");
		});
		expect(requests.length).toBe(3);
		expect(new Set(requests.map(([, delivery]) => delivery)).size).toBe(1);
	});

	it("a server without TLS is not a fault of the proxy", async () => {
		const server = await startServer({ status: 200 });
		const proxy = recordingProxy();
		await listening(proxy.server, async (port) => {
			const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
			const run = await send(behindProxy(server.url).replace("http:", "https:"), "", { env });
			expect(run).toMatchObject(failed("TLS: the server does not speak TLS"));
		});
		expect(server.requests).toEqual([]);
	});

	/** Runs `body` with the receiver's URL behind a proxy; gives what the proxy was asked. */
	async function through(
		server: ReturnType<typeof receiver>["server"],
		body: (url: string, env: Readonly<Record<string, string>>) => Promise<void>,
	): Promise<readonly string[]> {
		const proxy = recordingProxy();
		await listening(server, (port) =>
			listening(proxy.server, (proxyPort) =>
				body(`https://${RECEIVER}:${port}/in`, { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` }),
			),
		);
		return proxy.heads;
	}
});

describe("fault 24: a proxy that asks for a password gets it; if it refuses, it is named, without the password", () => {
	/** A password with everything that has a meaning in a URL. */
	const LOGIN = { user: "runner@ci", password: "p@ss:w/o?rd#%41" };
	const right = `${encodeURIComponent(LOGIN.user)}:${encodeURIComponent(LOGIN.password)}@`;
	const secrets = [LOGIN.password, encodeURIComponent(LOGIN.password), "wrong-password", LOGIN.user];
	const base64 = [LOGIN.password, "wrong-password"].map((password) => {
		return Buffer.from(`${LOGIN.user}:${password}`).toString("base64");
	});

	function expectNoSecret(run: { readonly log: string; readonly stderr: string } | undefined): void {
		for (const secret of [...secrets, ...base64]) expect(`${run?.log}${run?.stderr}`).not.toContain(secret);
	}

	inSquid("Debian's squid (needs squid)", () => {
		it("the right one, percent-encoded, for https and plain http, and the receiver does not get it", async () => {
			const proxy = await startSquid(LOGIN);
			const secure = receiver();
			const plain = await startServer({ status: 200 });
			await listening(secure.server, async (port) => {
				const value = proxy.url.replace("://", `://${right}`);
				const env = { HTTPS_PROXY: value, http_proxy: value };
				const hooks = webhook(`https://${RECEIVER}:${port}/in`, trusting) + webhook(behindProxy(plain.url), PLAIN, "p");
				const run = await fire(hooks, { env, files });
				expect(run).toMatchObject({ annotations: [], outputs: { delivered: "2" } });
				expectNoSecret(run);
				const asked = [`CONNECT ${RECEIVER}:${port}`, `POST ${behindProxy(plain.url)}/`];
				await expect.poll(() => proxy.asked().toSorted()).toEqual(asked);
			});
			expect([secure.requests.length, plain.requests.length]).toEqual([1, 1]);
			expect(plain.requests[0]?.headers).not.toHaveProperty("proxy-authorization");
		});

		it("none, a wrong one, and one that is not encoded as it must be are refused at once", async () => {
			const proxy = await startSquid(LOGIN);
			const server = await startServer({ status: 200 });
			const user = encodeURIComponent(LOGIN.user);
			const userinfos = ["", `${user}:wrong-password@`, `${user}:p%40ss@`];
			for (const userinfo of userinfos) {
				const value = proxy.url.replace("://", `://${userinfo}`);
				const url = behindProxy(server.url);
				const hooks = webhook(url.replace("http:", "https:"), PLAIN, "secure") + webhook(url, PLAIN, "plain");
				const run = await fire(hooks, { env: { https_proxy: value, HTTP_PROXY: value } });
				const rows = ["https_proxy", "HTTP_PROXY"].map((variable) =>
					failedRow(`proxy (${variable}): 407 Proxy Authentication Required`),
				);
				expect(run.results).toMatchObject({ results: rows });
				expectNoSecret(run);
			}
			await expect.poll(() => proxy.asked().length).toBe(2 * userinfos.length);
			expect(server.requests).toEqual([]);
		});

		it("none denies a gate", async () => {
			const proxy = await startSquid(LOGIN);
			const run = await send(`https://${UNREACHABLE}`, 'on_failure = "abort"', { env: { https_proxy: proxy.url } });
			expect(run).toMatchObject(denied("proxy (https_proxy): 407 Proxy Authentication Required"));
		});

		it("a receiver that it cannot reach is tried again", async () => {
			const proxy = await startSquid();
			const run = await send(`https://${UNREACHABLE}`, "retry_count = 1", { env: { ALL_PROXY: proxy.url } });
			expect(run).toMatchObject(failed("proxy (ALL_PROXY): 503 Service Unavailable on CONNECT, after 2 attempts", 2));
			expect(run.log).toContain(
				"attempt 1 of 2 failed: proxy (ALL_PROXY): 503 Service Unavailable on CONNECT; the next",
			);
			await expect.poll(proxy.asked).toEqual([`CONNECT ${UNREACHABLE}`, `CONNECT ${UNREACHABLE}`]);
		});
	});

	inTinyproxy("Debian's tinyproxy (needs tinyproxy)", () => {
		it("a wrong one is refused at once", async () => {
			const proxy = await startTinyproxy({ user: "runner", password: "right" });
			const env = { HTTPS_PROXY: proxy.url.replace("://", "://runner:wrong-password@") };
			const run = await send(`https://${UNREACHABLE}`, "", { env });
			// Its own status for a wrong one; 407 is for none.
			expect(run).toMatchObject(failed("proxy (HTTPS_PROXY): 401 Unauthorized on CONNECT"));
			expectNoSecret(run);
		});

		it("a receiver that it cannot reach is tried again", async () => {
			const proxy = await startTinyproxy();
			const run = await send(`https://${UNREACHABLE}`, "retry_count = 1", { env: { HTTPS_PROXY: proxy.url } });
			expect(run).toMatchObject(failed(/^proxy \(HTTPS_PROXY\): 50\d [A-Z].* on CONNECT, after 2 attempts$/, 2));
			expect(proxy.asked().length).toBe(2);
		});
	});
});
