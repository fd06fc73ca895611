// Webhooks that are published on NATS, with Debian's server: the page's config, lost acknowledgements, a server that dies.
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { checkSignature } from "../../src/signature/verify.ts";
import { between, connectTo, makeStream, type Nats, startNats, withoutNats } from "../helpers/nats.ts";
import { started } from "../helpers/net.ts";
import { blocks } from "../helpers/pages.ts";
import { workspace } from "../helpers/runner.ts";
import { cli, delivered, failed, fire, send } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

const SECRET = "0123456789abcdef0123456789abcdef";

/** A server with a stream; what it has stored, as delivery ids and the rest. */
async function server(): Promise<{ nats: Nats; stored: Awaited<ReturnType<typeof makeStream>> }> {
	const nats = await startNats();
	return { nats, stored: await makeStream(await connectTo(nats), ["ci.>"]) };
}

describe.skipIf(withoutNats)("a webhook on NATS (needs nats-server)", () => {
	it("does what its page says, with the user of the page", async () => {
		const [config = ""] = blocks("docs/nats.md", "toml");
		const [users = ""] = blocks("docs/nats.md", "conf");
		const root = "\t\t{ user: root, password: root }\n\t]";
		const nats = await startNats(users.replace("\t]", root).replace("$PUBLISHER_PASSWORD", '"pa/ss"'));
		const stored = await makeStream(await connectTo(nats, { user: "root", pass: "root" }), ["ci.>"]);
		const env = { NATS_URL: `nats://publisher:pa%2Fss@127.0.0.1:${nats.port}/ci.events`, WEBHOOK_SECRET: SECRET };
		const run = await fire(config, { event: "pipeline_error", inputs: { error: "no disk" }, env });
		expect(run).toMatchObject({ code: 0, results: { results: [{ status: "delivered", attempts: 1 }] } });
		const [message, ...others] = await stored();
		expect(others).toEqual([]);
		expect(message).toMatchObject({
			subject: "ci.events",
			headers: {
				"Content-Type": "application/json",
				"X-Rocky-Event": "pipeline_error",
				"Nats-Msg-Id": message?.headers["X-Rocky-Delivery"],
			},
		});
		const { body = "", headers = {} } = message ?? {};
		expect(JSON.parse(body)).toMatchObject({ event: "pipeline_error", error: "no disk" });
		expect(checkSignature({ scheme: "rocky", headers, body, secret: SECRET })).toBe("valid");
		const shown = `${run.log}${run.stderr}${run.summary}${JSON.stringify(run.results)}`;
		for (const secret of ["pa/ss", "pa%2Fss", SECRET]) expect(shown).not.toContain(secret);
		const wrong = await fire(config, {
			event: "pipeline_error",
			env: { ...env, NATS_URL: `nats://a:b@127.0.0.1:${nats.port}/ci.events` },
		});
		expect(wrong).toMatchObject(failed("401 Unauthorized: Authorization Violation"));
	});

	it("arrives once, also where the acknowledgement was lost", async () => {
		const { nats, stored } = await server();
		let lost = 0;
		const url = await between(nats, (sent) => sent.includes('"stream"') && lost++ < 2);
		expect(await send(`${url}/ci.events`)).toMatchObject(delivered(3));
		expect(lost).toBe(3);
		expect(await stored()).toHaveLength(1);
	});

	it("waits for a server that is down, until its deadline", async () => {
		const { nats } = await server();
		await nats.kill();
		const back = "retry_delay_ms = 100\nretry_count = 50";
		const sending = send(`${nats.url}/ci.events`, back);
		await nats.restart();
		expect(await sending).toMatchObject({ code: 0, results: { results: [{ status: "delivered" }] } });
		const stored = await makeStream(await connectTo(nats), ["ci.>"]);
		expect(await stored()).toHaveLength(1);
		await nats.kill();
		expect(await send(`${nats.url}/ci.events`, "retry_count = 1")).toMatchObject(
			failed("connection refused, after 2 attempts", 2),
		);
	});

	it("loses none and doubles none where the server is killed under many", { timeout: 60_000 }, async () => {
		const { nats } = await server();
		let acknowledged = 0;
		let again: Promise<void> | undefined;
		const url = await between(nats, (sent) => {
			acknowledged += sent.split('"stream"').length - 1;
			if (acknowledged > 20) again ??= nats.kill().then(() => nats.restart());
			return false;
		});
		const ids = Array.from({ length: 200 }, (_, index) => `evt_${index}`);
		const lines = ids.map((id) => JSON.stringify({ event: "ping", id })).join("\n");
		const config = `[[hook.webhooks.ping]]\nurl = "${url}/ci.events"\nretry_delay_ms = 200\nretry_count = 20\n`;
		const run = await cli(["fire", "--events-file", "events.jsonl", "--json"], config, {
			files: { "events.jsonl": lines },
		});
		expect(run).toMatchObject({ code: 0 });
		expect(again).toBeDefined();
		await again;
		const stored = await makeStream(await connectTo(nats), ["ci.>"]);
		const got = (await stored()).map(({ body }) => JSON.parse(body).id);
		expect(got.toSorted()).toEqual(ids.toSorted());
	});

	it("says which subject no stream takes, without a part of the URL", async () => {
		const nats = await startNats();
		const run = await send(`${nats.url}/ci.secret-subject`, "retry_count = 1");
		const reason = "503 Service Unavailable: no JetStream stream takes the subject, after 2 attempts";
		expect(run).toMatchObject(failed(reason, 2));
		expect(`${run.log}${run.summary}`).not.toContain("secret-subject");
	});
});

describe.skipIf(withoutNats)("records in NATS (needs nats-server)", () => {
	/** The store of the page behind a hook whose receiver answers by this status. */
	async function storing(login = "") {
		const nats = await startNats(
			login === "" ? "" : blocks("docs/nats.md", "conf")[1]?.replace("$STORE_PASSWORD", "pa-ss9x"),
		);
		let status = 503;
		const receiver = await startServer((_, response) => response.writeHead(status).end());
		const [, config = ""] = blocks("docs/nats.md", "toml");
		const env = {
			NATS_URL: `nats://${login}127.0.0.1:${nats.port}`,
			CATALOG_URL: receiver.url,
		};
		const answer = (next: number) => {
			status = next;
		};
		return { nats, receiver, config, env, answer };
	}
	/** Without a second attempt, which would only take time. */
	const fireOnce = (config: string, env: Readonly<Record<string, string>>) =>
		fire(`${config}retry_count = 0\n`, { event: "pipeline_error", env });
	const idsAt = ({ requests }: Awaited<ReturnType<typeof startServer>>) =>
		requests.map(({ headers }) => headers["x-rocky-delivery"]);

	it("outlive a receiver that is down: it gets the same delivery once it is up, and only once", async () => {
		const { receiver, config, env, answer } = await storing("store:pa-ss9x@");
		const run = await fireOnce(config, env);
		expect(run).toMatchObject({ code: 0, results: { results: [{ status: "failed" }] } });
		expect(run.log).toContain("tried again by `redeliver` from ");
		expect(`${run.log}${run.stderr}${run.summary}${JSON.stringify(run.results)}`).not.toContain("pa-ss9x");
		answer(200);
		for (const _ of [1, 2]) expect(await cli(["redeliver", "--all"], config, { env })).toMatchObject({ code: 0 });
		const [first, ...others] = idsAt(receiver);
		expect(others).toEqual([first]);
	});

	it("are not missed by a run whose server is down: its deliveries go on, and it is said once", async () => {
		const { nats, receiver, config, env, answer } = await storing();
		answer(200);
		await nats.kill();
		const run = await fireOnce(config, env);
		expect(run).toMatchObject({ code: 0, results: { results: [{ status: "delivered" }] } });
		expect(run.annotations.map(({ message }) => message)).toEqual([
			expect.stringContaining(`the store cannot be used: nats://127.0.0.1:${nats.port}: connection refused`),
		]);
		expect(idsAt(receiver).length).toBe(1);
	});

	it("are not kept by a run whose server dies in the middle, and it is said", async () => {
		const { nats, config, env } = await storing();
		const slow = await startServer(async (_, response) => {
			await nats.kill();
			response.writeHead(503).end();
		});
		const run = await fireOnce(config, { ...env, CATALOG_URL: slow.url });
		expect(run).toMatchObject({ code: 0, results: { results: [{ status: "failed" }] } });
		expect(run.annotations.map(({ message }) => message)).toContainEqual(
			expect.stringMatching(/a delivery could not be stored: nats:\/\/127\.0\.0\.1:\d+: connection/),
		);
	});
});

describe("a webhook on NATS", () => {
	it("goes to no address that is forbidden", async () => {
		const given = { env: { NATS_URL: "nats://0xA9FEA9FE/ci.events" } };
		expect(await send("${NATS_URL}", "", given)).toMatchObject(
			failed(/^url has an address of a cloud's metadata service/, 0),
		);
		expect(await send("nats://localhost:1/ci.events", "allow_private = false")).toMatchObject(
			failed(/^the host's address \S+ is a loopback address; nothing is sent there$/),
		);
	});

	it("says nothing of what a hostile server sends", async () => {
		const greetings = ['INFO {"version": "::error::pwned"}\r\n', "::error::pwned\r\n", "INFO {}\r\n::error::pwned\r\n"];
		for (const greeting of greetings) {
			const url = (await started(createServer((socket) => socket.write(greeting)))).replace("http:", "nats:");
			const run = await send(`${url}/ci.events`, "timeout_ms = 300\nretry_count = 0");
			expect(run).toMatchObject({ code: 0, results: { results: [{ status: "failed" }] } });
			expect(run.stdout + run.stderr).not.toContain("pwned");
		}
	});

	it("has a subject of the config only", async () => {
		const run = await send("nats://localhost/ci.{{pipeline}}", "", { inputs: { pipeline: "x\r\nPUB y 0" } });
		expect(run).toMatchObject({ code: 1, annotations: [{ message: expect.stringContaining("has a subject that") }] });
	});

	it("is shown by render, with the subject left out", async () => {
		const run = await cli(["render", "ping"], '[hook.webhooks.ping]\nurl = "nats://u:p@localhost/ci.events"\n');
		expect(run.stdout).toContain("PUB nats://localhost:4222/…");
		expect(run.stdout).toMatch(/Nats-Msg-Id: +dlv_/);
	});

	it("is validated before anything runs", async () => {
		const config = '[hook.webhooks.ping]\nurl = "nats://localhost/ci"\non_failure = "abort"\n';
		const run = await cli(["validate"], config, { files: { a: workspace() } });
		expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining("a gate needs a response") });
	});
});
