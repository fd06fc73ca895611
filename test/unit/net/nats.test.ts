// Publishing on NATS, with a real server: what counts as a response, and how it fails.
import { createServer } from "node:net";
import { nkeys } from "@nats-io/transport-node";
import { afterAll, describe, expect, it } from "vitest";
import { natsHttp } from "../../../src/net/nats.ts";
import type { HttpRequest, HttpResult } from "../../../src/ports.ts";
import { between, connectTo, freezable, makeStream, type Nats, startNats, withoutNats } from "../../helpers/nats.ts";
import { certificate, listening, rawServer } from "../../helpers/net.ts";
import { requestTo } from "../../helpers/request.ts";

const never = new AbortController().signal;
const http = natsHttp();
afterAll(() => http.close());

function publish(url: string, more: Partial<HttpRequest> = {}, signal = never): Promise<HttpResult> {
	return http.send(requestTo(url, { timeoutMs: 3000, ...more }), signal);
}

const said = (status: number, body: string) => ({ kind: "response", status, body, read: "whole" });
const failure = (cause: string, detail: string) => ({ kind: "failure", cause, detail });

/** Users for a server that asks for one. */
const USERS = `authorization { users = [
	{ user: "all@ci", password: "p:ss/word" }
	{ user: publisher, password: pw, permissions: { publish: "ci.ok", subscribe: "_INBOX_publisher.>" } }
	{ user: deaf, password: pw, permissions: { publish: ">", subscribe: "none" } }
] }`;

describe.skipIf(withoutNats)("publishing on NATS (needs nats-server)", () => {
	it.each(["single", "pooled"] as const)("gives what the stream says of the message: %s", async (connections) => {
		const nats = await startNats();
		const stored = await makeStream(await connectTo(nats), ["ci.>"]);
		const headers = { "Nats-Msg-Id": "dlv_1", "X-Note": "é", Empty: "" };
		const send = () => publish(`${nats.url}/ci.events`, { headers, body: Buffer.from('{"é":1}'), connections });
		expect(await send()).toMatchObject(said(200, '{"stream":"CI", "seq":1}'));
		expect(await send()).toMatchObject(said(200, '{"stream":"CI", "seq":1,"duplicate": true}'));
		expect(await stored()).toEqual([{ subject: "ci.events", headers, body: '{"é":1}' }]);
	});

	it("sends an empty message where there is no body", async () => {
		const nats = await startNats();
		const stored = await makeStream(await connectTo(nats), ["ci.>"]);
		expect(await publish(`${nats.url}/ci.events`, { body: undefined })).toMatchObject({ status: 200 });
		expect(await stored()).toMatchObject([{ body: "" }]);
	});

	it("fails where no stream takes the subject, or another program replies or only listens", async () => {
		const nats = await startNats();
		const connection = await connectTo(nats);
		connection.subscribe("replied", { callback: (_, message) => void message.respond("yes") });
		connection.subscribe("heard", { callback: () => {} });
		await connection.flush();
		expect(await publish(`${nats.url}/ci.events`)).toMatchObject(said(503, "no JetStream stream takes the subject"));
		const reply = "the reply is not a stream's acknowledgement: another program replied to it";
		expect(await publish(`${nats.url}/replied`)).toEqual(failure("protocol", reply));
		expect(await publish(`${nats.url}/heard`, { timeoutMs: 200 })).toEqual(
			failure("timeout", "no response within 200 ms"),
		);
	});

	it("gives the stream's refusal with its status", async () => {
		const nats = await startNats("max_payload: 1000");
		const full = { max_msgs: 1, discard: "new" } as const;
		await makeStream(await connectTo(nats), ["ci.>"], full);
		expect(await publish(`${nats.url}/ci.events`)).toMatchObject({ status: 200 });
		expect(await publish(`${nats.url}/ci.events`)).toMatchObject(said(503, "maximum messages exceeded"));
		const large = await publish(`${nats.url}/ci.events`, { body: Buffer.alloc(2000) });
		expect(large).toMatchObject(said(413, "the message has 2000 bytes, and the server takes 1000"));
		const headers = { "Nats-Expected-Stream": "OTHER" };
		expect(await publish(`${nats.url}/ci.events`, { headers })).toMatchObject(
			said(400, "expected stream does not match"),
		);
	});

	it("logs in with what the URL has, decoded, and says what the user may not do", async () => {
		const nats = await startNats(USERS);
		const at = (login: string, subject = "ci.ok") => publish(`nats://${login}127.0.0.1:${nats.port}/${subject}`);
		const login = "all%40ci:p%3Ass%2Fword@";
		await makeStream(await connectTo(nats, { user: "all@ci", pass: "p:ss/word" }), ["ci.>"]);
		expect(await at(login)).toMatchObject({ status: 200 });
		expect(await at("publisher:pw@")).toMatchObject({ status: 200 });
		const refused = said(401, "Authorization Violation");
		for (const wrong of ["", "all%40ci:wrong@", "all%40ci@"]) expect(await at(wrong)).toMatchObject(refused);
		const mayNot = (what: string) => said(403, `the user may not ${what}`);
		expect(await at("publisher:pw@", "ci.other")).toMatchObject(mayNot("publish to the subject"));
		expect(await at("deaf:pw@")).toMatchObject(mayNot("subscribe to its inbox, for acknowledgements: _INBOX_USER.>"));
	});

	it("logs in with a token", async () => {
		const nats = await startNats("authorization { token: s3cret }");
		const at = (login: string) => publish(`nats://${login}127.0.0.1:${nats.port}/ci.ok`);
		expect(await at("s3cret@")).toMatchObject(said(503, "no JetStream stream takes the subject"));
		expect(await at("other@")).toMatchObject({ status: 401 });
	});

	it("logs in with a seed, for its own key or for a JWT that goes with it", async () => {
		const text = (key: Uint8Array) => new TextDecoder().decode(key);
		const [operator, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createUser()];
		const jwt = (issuer: ReturnType<typeof nkeys.createUser>, sub: string, nats: object) => {
			const claims = { jti: sub, iat: 1, iss: issuer.getPublicKey(), sub, nats: { version: 2, ...nats } };
			const parts = [{ typ: "JWT", alg: "ed25519-nkey" }, claims].map((part) => {
				return Buffer.from(JSON.stringify(part)).toString("base64url");
			});
			const signature = Buffer.from(issuer.sign(Buffer.from(parts.join(".")))).toString("base64url");
			return [...parts, signature].join(".");
		};
		const none = said(503, "no JetStream stream takes the subject");
		const seed = text(user.getSeed());
		const byKey = await startNats(`authorization { users = [{ nkey: ${user.getPublicKey()} }] }`);
		const at = (nats: Nats, login: string) => publish(`nats://${login}@127.0.0.1:${nats.port}/x`);
		expect(await at(byKey, `${user.getPublicKey()}:${seed}`)).toMatchObject(none);
		const other = text(nkeys.createUser().getSeed());
		expect(await at(byKey, `${user.getPublicKey()}:${other}`)).toMatchObject({ status: 401 });
		const unlimited = { subs: -1, data: -1, payload: -1 };
		const limits = { ...unlimited, conn: -1, leaf: -1, imports: -1, exports: -1, wildcards: true };
		const accounts = [nkeys.createAccount(), account].map((each) => each.getPublicKey());
		const preloaded = accounts.map((each) => `${each}: ${jwt(operator, each, { type: "account", limits })}`);
		const byJwt = await startNats(`
			operator: ${jwt(operator, operator.getPublicKey(), { type: "operator" })}
			system_account: ${accounts[0]}
			resolver: MEMORY
			resolver_preload: {
				${preloaded.join("\n")}
			}`);
		const userJwt = jwt(account, user.getPublicKey(), { type: "user", ...unlimited });
		expect(await at(byJwt, `${userJwt}:${seed}`)).toMatchObject(none);
		expect(await at(byJwt, `${userJwt}:${other}`)).toMatchObject({ status: 401 });
		const damaged = `${seed.slice(0, 20)}${seed[20] === "A" ? "B" : "A"}${seed.slice(21)}`;
		expect(await at(byKey, `${user.getPublicKey()}:${damaged}`)).toEqual(
			failure("invalid", "the request cannot be made: the seed in its url is damaged"),
		);
	});

	it("speaks TLS where the URL says so, verified, and never without it", async () => {
		const { cert, key } = certificate("DNS:localhost,IP:127.0.0.1");
		const tls = 'tls { cert_file: "cert.pem", key_file: "key.pem" }';
		const nats = await startNats(tls, { "cert.pem": cert, "key.pem": key });
		const caCertificates = cert.toString();
		const at = (scheme: string, host: string, more = {}) => publish(`${scheme}://${host}:${nats.port}/x`, more);
		for (const host of ["localhost", "127.0.0.1"]) {
			expect(await at("tls", host, { caCertificates })).toMatchObject({ status: 503 });
			expect(await at("tls", host)).toEqual(failure("tls", "TLS: self-signed certificate"));
		}
		expect(await at("nats", "127.0.0.1")).toEqual(
			failure("tls", "TLS: the server requires it, write tls:// in the url"),
		);
		const plain = await startNats();
		expect(await publish(`tls://127.0.0.1:${plain.port}/x`)).toEqual(failure("tls", "TLS: the server offers none"));
	});

	it("verifies the name in the certificate", async () => {
		const { cert, key } = certificate("DNS:other.example");
		const tls = 'tls { cert_file: "cert.pem", key_file: "key.pem" }';
		const nats = await startNats(tls, { "cert.pem": cert, "key.pem": key });
		const mismatch = failure("tls", "TLS: hostname mismatch, the certificate is for another host");
		for (const host of ["localhost", "127.0.0.1"]) {
			const request = { caCertificates: cert.toString() };
			expect(await publish(`tls://${host}:${nats.port}/x`, request)).toEqual(mismatch);
		}
	});

	it("loses a connection that ends before the acknowledgement, and makes another", async () => {
		const nats = await startNats();
		await makeStream(await connectTo(nats), ["ci.>"]);
		let isCut = false;
		const url = await between(nats, (sent) => isCut && sent.includes('"stream"'));
		for (const connections of ["single", "pooled"] as const) {
			isCut = true;
			expect(await publish(`${url}/ci.events`, { connections })).toEqual(
				failure("reset", "connection closed before a response"),
			);
			isCut = false;
			expect(await publish(`${url}/ci.events`, { connections })).toMatchObject({ status: 200 });
		}
	});

	it("follows no other server that the server tells of", async () => {
		const nats = await startNats('client_advertise: "169.254.169.254:4222"');
		for (const connections of ["single", "pooled"] as const) {
			expect(await publish(`${nats.url}/x`, { connections })).toMatchObject({ status: 503 });
		}
	});

	it("makes another connection after one at whose other end nobody is any more", async () => {
		const nats = await startNats();
		await makeStream(await connectTo(nats), ["ci.>"]);
		const { url, freeze, count } = await freezable(nats);
		const send = (timeoutMs: number) => publish(`${url}/ci.events`, { connections: "pooled", timeoutMs });
		expect(await send(3000)).toMatchObject({ status: 200 });
		freeze();
		expect(await send(200)).toMatchObject({ cause: "timeout" });
		expect(await send(3000)).toMatchObject({ status: 200 });
		expect(count()).toBe(2);
	});

	it("shares one connection between messages at once, until it is closed", async () => {
		const nats = await startNats("max_connections: 2");
		const stored = await makeStream(await connectTo(nats), ["ci.>"]);
		const many = Array.from({ length: 50 }, () => publish(`${nats.url}/ci.events`, { connections: "pooled" }));
		for (const result of await Promise.all(many)) expect(result).toMatchObject({ status: 200 });
		expect(await stored()).toHaveLength(50);
		expect(await publish(`${nats.url}/ci.events`)).not.toMatchObject({ status: 200 });
		http.close();
		await expect.poll(() => publish(`${nats.url}/ci.events`)).toMatchObject({ status: 200 });
	});
});

describe("what is no server of NATS", () => {
	it("is refused, not found, or closes the connection", async () => {
		expect(await publish("nats://127.0.0.1:1/x")).toEqual(failure("refused", "connection refused"));
		expect(await publish("nats://receiver.invalid:1/x")).toEqual(failure("name_not_found", "name not found"));
		const closed = failure("reset", "connection closed before a response");
		await listening(
			createServer((socket) => socket.destroy()),
			async (port) => {
				expect(await publish(`nats://127.0.0.1:${port}/x`)).toEqual(closed);
			},
		);
	});

	it("times out and is cancelled, whatever it sends or not", async () => {
		for (const greeting of ["", "INFO {}", "INFO {}\r\n", "-ERR 'x'\r\n"]) {
			await listening(
				createServer((socket) => socket.write(greeting)),
				async (port) => {
					const url = `nats://127.0.0.1:${port}/x`;
					const late = await publish(url, { timeoutMs: 100 });
					expect([greeting, late]).toMatchObject([greeting, { kind: "failure" }]);
					const controller = new AbortController();
					const sending = publish(url, {}, controller.signal);
					controller.abort();
					expect(await sending).toEqual(failure("cancelled", "cancelled"));
				},
			);
		}
	});

	it("is a failure, whatever it answers", async () => {
		for (const answer of ["HTTP/1.1 200 OK\r\n\r\n", "INFO {\r\n", "INFO {}\r\n::error::x\r\n", "\0\0\r\n"]) {
			await listening(
				createServer((socket) => socket.end(answer)),
				async (port) => {
					const result = await publish(`nats://127.0.0.1:${port}/x`, { timeoutMs: 500 });
					expect([answer, result]).toMatchObject([answer, { kind: "failure" }]);
				},
			);
		}
		await listening(rawServer("no"), async (port) => {
			expect(await publish(`tls://127.0.0.1:${port}/x`, { timeoutMs: 200 })).toMatchObject({ kind: "failure" });
		});
	});

	it("is not connected to at an address that is forbidden", async () => {
		const result = await publish("nats://localhost:1/x", { allowPrivate: false });
		expect(result).toMatchObject({ cause: "forbidden" });
	});
});
