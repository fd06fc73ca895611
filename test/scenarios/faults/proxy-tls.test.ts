// Proxies that are spoken to over TLS: verified like receivers, and named where they do not pass.
import { createServer as createHttpsServer } from "node:https";
import { describe, expect, it } from "vitest";
import { authority, certificate, listening, rawServer } from "../../helpers/net.ts";
import { RECEIVER, recordingProxy } from "../../helpers/proxy.ts";
import { delivered, failed, send } from "../../helpers/send.ts";

/** Behind a proxy that does not pass; nobody listens there. */
const UNREACHED = `https://${RECEIVER}:1/the-path`;

describe("fault 24: a proxy that speaks TLS is verified like a receiver", () => {
	const ca = authority();
	const files = { "ca.pem": ca.cert };

	/** A proxy over TLS, and a receiver behind it. */
	async function overTls(proxyIdentity: ReturnType<typeof certificate>, address = "127.0.0.1") {
		const tunnel = recordingProxy();
		const proxy = createHttpsServer(proxyIdentity);
		proxy.removeAllListeners("secureConnection");
		proxy.on("secureConnection", (socket) => tunnel.server.emit("connection", socket));
		const receiver = createHttpsServer(ca.issue(`DNS:${RECEIVER}`), (_, response) => response.end());
		const run = await listening(receiver, (port) =>
			listening(
				proxy,
				(proxyPort) => {
					const host = address.includes(":") ? `[${address}]` : address;
					const env = { HTTPS_PROXY: `https://${host}:${proxyPort}`, NODE_EXTRA_CA_CERTS: "ca.pem" };
					return send(`https://${RECEIVER}:${port}/the-path`, 'retry_count = 2\nca_file = "ca.pem"', { env, files });
				},
				address,
			),
		);
		return { run, heads: tunnel.heads };
	}

	it.each([
		["an IPv4 address", "IP:127.0.0.1", "127.0.0.1"],
		["an IPv6 address", "IP:::1", "::1"],
		["a name", "DNS:localhost", "localhost"],
	])("and used when it passes, at %s", async (_, subject, address) => {
		const { run, heads } = await overTls(ca.issue(subject), address);
		expect(run).toMatchObject(delivered());
		expect(heads).toEqual([expect.stringMatching(/^CONNECT receiver\.test:\d+ HTTP\/1\.1\r\n/)]);
	});

	it("and used for plain http, which it is asked for by the whole URL", async () => {
		const asked: unknown[] = [];
		const proxy = createHttpsServer(ca.issue("IP:127.0.0.1"), ({ url }, response) => {
			asked.push(url);
			response.end();
		});
		await listening(proxy, async (port) => {
			const env = { HTTP_PROXY: `https://127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: "ca.pem" };
			const run = await send(`http://${RECEIVER}/the-path`, "allow_http = true", { env, files });
			expect(run).toMatchObject(delivered());
		});
		expect(asked).toEqual([`http://${RECEIVER}/the-path`]);
	});

	it.each([
		["self-signed", certificate("IP:127.0.0.1"), "self-signed certificate"],
		["another host's", ca.issue("DNS:proxy.test"), "hostname mismatch, the certificate is for another host"],
		["expired", ca.issue("IP:127.0.0.1", -1), "certificate has expired"],
	])("and failed for good where its certificate is %s", async (_, identity, reason) => {
		const { run, heads } = await overTls(identity);
		expect(run).toMatchObject(failed(`proxy (HTTPS_PROXY): TLS: ${reason}`));
		expect(heads).toEqual([]);
	});

	it("and failed for good where it does not speak TLS", async () => {
		await listening(rawServer("HTTP/1.1 400 Bad Request\r\n\r\n"), async (port) => {
			const run = await send(UNREACHED, "", { env: { HTTPS_PROXY: `https://127.0.0.1:${port}` } });
			expect(run).toMatchObject(failed("proxy (HTTPS_PROXY): TLS: the server does not speak TLS"));
		});
	});

	it("and tried again where its handshake hangs", async () => {
		await listening(
			rawServer(() => {}),
			async (port) => {
				const more = "timeout_ms = 300\nretry_count = 1";
				const run = await send(UNREACHED, more, { env: { HTTPS_PROXY: `https://127.0.0.1:${port}` } });
				expect(run).toMatchObject(
					failed(/^(?=.*no response within 300 ms)(?=.*\(HTTPS_PROXY\)).*, after 2 attempts$/, 2),
				);
			},
		);
	});
});
