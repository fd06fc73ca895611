// Faults of TLS: each ends the delivery at once, nothing is sent in another way, and nothing switches the checks off.
import { createServer as createHttpsServer } from "node:https";
import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import { authority, type Certificate, certificate, eitherServer, listening, rawServer } from "../../helpers/net.ts";
import { startNginx, withoutNginx } from "../../helpers/nginx.ts";
import { delivered, denied, failed, send } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

const LOOPBACK = "IP:127.0.0.1";
const OTHER = "DNS:other.example";

/** What it was that did not pass. */
const UNKNOWN = "TLS: certificate issued by an unknown CA";
const EXPIRED = "TLS: certificate has expired";
const MISMATCH = "TLS: hostname mismatch, the certificate is for another host";
const TOO_OLD = "TLS: the server supports no TLS version from 1.2 on";

const ours = authority();
const theirs = authority();
const valid = ours.issue(LOOPBACK);

/** Node's own way to trust a further authority, for a certificate with one fault only. */
const TRUSTING = { env: { NODE_EXTRA_CA_CERTS: "ca.pem" }, files: { "ca.pem": ours.cert } };

/** Everything in the environment that could weaken TLS. */
const CARELESS = {
	NODE_TLS_REJECT_UNAUTHORIZED: "0",
	NODE_OPTIONS: "--tls-min-v1.0 --tls-cipher-list=DEFAULT@SECLEVEL=0 --require=./careless.cjs",
};
const CARELESS_SCRIPT = `
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
Object.assign(require("node:https").globalAgent.options, { rejectUnauthorized: false, checkServerIdentity: () => {} });
require("node:tls").DEFAULT_MIN_VERSION = "TLSv1";
`;

/** Runs `body` against a server that would answer over plain http too, and tells how often it was reached. */
async function reached(shown: Certificate, body: (url: string) => Promise<void>) {
	let connections = 0;
	let requests = 0;
	const server = eitherServer(shown, (_, response) => {
		requests += 1;
		response.end("ok");
	});
	server.on("connection", () => {
		connections += 1;
	});
	await listening(server, (port) => body(`https://127.0.0.1:${port}`));
	return { connections, requests };
}

const ONCE_IN_VAIN = { connections: 1, requests: 0 };

describe("fault 4: a certificate that does not verify fails at once; ca_file adds a CA certificate, and nothing switches verification off", () => {
	it.each<[string, Certificate, string]>([
		["is self-signed", certificate(LOOPBACK), "TLS: self-signed certificate"],
		["is of an unknown authority", theirs.issue(LOOPBACK), UNKNOWN],
		[
			"brings its unknown authority along",
			withChain(theirs.issue(LOOPBACK), theirs.cert),
			"TLS: self-signed certificate in the chain",
		],
		["has expired", ours.issue(LOOPBACK, -1), EXPIRED],
		["is another host's", ours.issue(OTHER), MISMATCH],
	])("one that %s", async (_, shown, reason) => {
		const seen = await reached(shown, async (url) => {
			const run = await send(url, "", TRUSTING);
			expect(run).toMatchObject(failed(reason));
			expect(run.elapsedMs).toBeLessThan(5000);
		});
		expect(seen).toEqual(ONCE_IN_VAIN);
	});

	it("and passes where nothing is wrong with it", async () => {
		const seen = await reached(valid, async (url) => expect(await send(url, "", TRUSTING)).toMatchObject(delivered()));
		expect(seen).toEqual({ connections: 1, requests: 1 });
	});

	it("is no yes to a gate", async () => {
		const seen = await reached(valid, async (url) =>
			expect(await send(url, 'on_failure = "abort"')).toMatchObject(denied(UNKNOWN)),
		);
		expect(seen).toEqual(ONCE_IN_VAIN);
	});

	it.each<[string, Certificate, string, string]>([
		["an unknown authority", theirs.issue(LOOPBACK), UNKNOWN, ""],
		["an unknown authority beside a ca_file", theirs.issue(LOOPBACK), UNKNOWN, 'ca_file = "ca.pem"'],
		["an expired one beside a ca_file", ours.issue(LOOPBACK, -1), EXPIRED, 'ca_file = "ca.pem"'],
		["another host's beside a ca_file", ours.issue(OTHER), MISMATCH, 'ca_file = "ca.pem"'],
	])("whatever the environment says: %s", async (_, shown, reason, more) => {
		const files = { "ca.pem": ours.cert, "careless.cjs": CARELESS_SCRIPT };
		const seen = await reached(shown, async (url) =>
			expect(await send(url, more, { env: CARELESS, files })).toMatchObject(withoutWarning(failed(reason))),
		);
		expect(seen).toEqual(ONCE_IN_VAIN);
	});

	it("until ca_file names its authority, besides the usual ones", async () => {
		const files = { "certs/ours.pem": ours.cert, "theirs.pem": theirs.cert };
		const given = { files, env: { NODE_EXTRA_CA_CERTS: "theirs.pem" } };
		for (const shown of [valid, theirs.issue(LOOPBACK)]) {
			const seen = await reached(shown, async (url) =>
				expect(await send(url, 'ca_file = "certs/ours.pem"', given)).toMatchObject(delivered()),
			);
			expect(seen).toEqual({ connections: 1, requests: 1 });
		}
	});

	it.each<[string, Readonly<Record<string, Buffer | string>>, RegExp]>([
		["is not there", {}, /^ca_file ca\.pem not found$/],
		["holds no certificate", { "ca.pem": valid.key }, /^ca_file ca\.pem has no certificate in PEM/],
		[
			"is damaged",
			{ "ca.pem": String(ours.cert).replace(/\n[A-Za-z0-9+/]{10}/, "\nAAAAAAAAAA") },
			/^ca_file ca\.pem: certificate 1 of 1 is damaged$/,
		],
	])("and where the ca_file %s", async (_, files, reason) => {
		const seen = await reached(valid, async (url) =>
			expect(await send(url, 'ca_file = "ca.pem"', { files })).toMatchObject(failed(reason, 0)),
		);
		expect(seen).toEqual({ connections: 0, requests: 0 });
	});

	it.skipIf(withoutNginx)("nginx's (needs nginx-light)", async () => {
		const shown = [valid, theirs.issue(LOOPBACK), ours.issue(LOOPBACK, -1), ours.issue(OTHER)];
		const nginx = await startNginx(
			shown.map((_, n) => `ssl; ssl_certificate ${n}.crt; ssl_certificate_key ${n}.key; location / { return 200; }`),
			Object.fromEntries(
				shown.flatMap(({ cert, key }, n) => [[`${n}.crt`, cert] as const, [`${n}.key`, key] as const]),
			),
		);
		const [good, ...bad] = nginx.ports.map((port) => `https://127.0.0.1:${port}/in`);
		expect(await send(good ?? "", 'ca_file = "ca.pem"', { files: TRUSTING.files })).toMatchObject(delivered());
		const runs = await Promise.all(bad.map((url) => send(url, 'ca_file = "ca.pem"', { files: TRUSTING.files })));
		for (const [n, reason] of [UNKNOWN, EXPIRED, MISMATCH].entries()) expect(runs[n]).toMatchObject(failed(reason));
		// It would have noted a request over plain http, which it answers with 400.
		expect(nginx.log()).toEqual([expect.stringMatching(`^${nginx.ports[0]} "POST /in HTTP/1.1" 200 dlv_`)]);
	});
});

describe("fault 5: plain HTTP on a TLS port, and TLS below 1.2, fail at once, and nothing is sent another way", () => {
	it("a server without TLS", async () => {
		const server = await startServer({ status: 200 });
		const run = await send(server.url.replace("http:", "https:"), "", TRUSTING);
		expect(run).toMatchObject(failed("TLS: the server does not speak TLS"));
		expect(server.requests).toEqual([]);
	});

	it("a server without TLS to a gate", async () => {
		const server = await startServer({ status: 200, body: '{"allow": true}' });
		const run = await send(server.url.replace("http:", "https:"), 'on_failure = "abort"');
		expect(run).toMatchObject(denied("TLS: the server does not speak TLS"));
		expect(server.requests).toEqual([]);
	});

	it("a URL without TLS for a server with it, where that answers with an alert", async () => {
		await listening(rawServer("\x15\x03\x01\x00\x02\x02\x46"), async (port) => {
			const run = await send(`http://127.0.0.1:${port}`);
			expect(run).toMatchObject(failed("TLS: the server speaks TLS, the URL is http"));
		});
	});

	it.each(["", 'ca_file = "ca.pem"'])(
		"a server with TLS 1.1 at most, whatever the environment says %s",
		async (more) => {
			const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
			let requests = 0;
			const server = createHttpsServer({ ...valid, ...old }, (_, response) => {
				requests += 1;
				response.end();
			});
			await listening(server, async (port) => {
				expect(await protocolWith(port)).toBe("TLSv1.1");
				const files = { "ca.pem": ours.cert, "careless.cjs": CARELESS_SCRIPT };
				const run = await send(`https://127.0.0.1:${port}`, more, { env: CARELESS, files });
				expect(run).toMatchObject(withoutWarning(failed(TOO_OLD)));
			});
			expect(requests).toBe(0);
		},
	);
});

function withChain({ key, cert }: Certificate, authority: Buffer): Certificate {
	return { key, cert: Buffer.concat([cert, authority]) };
}

/** Node itself warns on stderr of NODE_TLS_REJECT_UNAUTHORIZED. */
function withoutWarning(expected: object): object {
	return { ...expected, stderr: expect.any(String) };
}

/** What a client that takes anything agrees on with the server: the proof that it speaks at all. */
function protocolWith(port: number): Promise<string | null> {
	return new Promise((resolve, reject) => {
		const lax = { minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0", rejectUnauthorized: false } as const;
		const socket = connect({ host: "127.0.0.1", port, ...lax }, () => {
			resolve(socket.getProtocol());
			socket.destroy();
		});
		socket.on("error", reject);
	});
}
