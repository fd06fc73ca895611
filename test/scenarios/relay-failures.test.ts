// A relay when things fail: receivers, workers and the server of NATS that are down, killed, or back again.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { describe, expect, it, vi } from "vitest";
import { jumpingClock, withoutFaketime } from "../helpers/faketime.ts";
import { between, connectTo, type Nats, startNats, withoutNats } from "../helpers/nats.ts";
import { runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";
import { startWorker, WAIT_MS } from "../helpers/worker.ts";

vi.setConfig({ testTimeout: 90_000 });

const RELAY = '[relay]\nnats = "${NATS_URL}"\nretry_count = 40\nretry_delay_ms = 100\n';
const STORE = `[store]\nkind = "nats"\nurl = "\${NATS_URL}"\nschedule = [${'"1s", '.repeat(50)}]\n`;
const hook = (name: string, url: string, more = "") =>
	`[[subscription]]\nname = "${name}"\nevents = ["pipeline_*"]\nurl = "${url}"\nretry_count = 0\n${more}\n`;

/** A folder for a worker whose config has these hooks, and one for jobs. */
function folders({ url: NATS_URL }: Nats, ...hooks: readonly string[]) {
	const org = workspace({ "pipeline-hooks.toml": `${RELAY}${STORE}${hooks.join("")}` });
	const job = workspace({ "pipeline-hooks.toml": RELAY });
	return { org, job, env: { NATS_URL } };
}

/** Fires so many failures, each of its own pipeline, as the jobs of one file. */
function fire(job: string, env: Readonly<Record<string, string>>, count: number, from = 0) {
	const lines = Array.from({ length: count }, (_, n) =>
		JSON.stringify({ event: "pipeline_error", id: `evt_${from + n}`, pipeline: `p${from + n}` }),
	);
	writeFileSync(join(job, "events.jsonl"), lines.join("\n"));
	return runCommand(["fire", "--events-file", "events.jsonl"], { workspace: job, env });
}

/** A worker that has run, so that the stream is there. */
async function prepared(org: string, env: Readonly<Record<string, string>>): Promise<void> {
	const worker = startWorker(org, env);
	await worker.healthy();
	worker.child.kill("SIGTERM");
	expect(await worker.ended).toEqual([0, null]);
}

describe.skipIf(withoutNats)("a relay in trouble (needs nats-server)", () => {
	it("keeps what a receiver does not take, and sends fresh events to the others meanwhile", async () => {
		const nats = await startNats();
		let status = 503;
		const slow = await startServer((_, response) => void setTimeout(() => response.writeHead(status).end(), 1500));
		const quick = await startServer({ status: 200 });
		const { org, job, env } = folders(nats, hook("slow", slow.url), hook("quick", quick.url));
		await prepared(org, env);
		const worker = startWorker(org, env);
		await fire(job, env, 1);
		await vi.waitFor(() => expect(slow.requests.length).toBe(1), WAIT_MS);
		const start = performance.now();
		await fire(job, env, 1, 1);
		await vi.waitFor(() => expect(quick.requests.length).toBe(2), { timeout: WAIT_MS, interval: 10 });
		// The first answer of the slow one is not there yet.
		expect(worker.written()).not.toContain("slow");
		expect(performance.now() - start).toBeLessThan(1500);
		status = 200;
		await worker.said(/(✓ slow[\s\S]*){2}/);
		const ids = slow.requests.map(({ headers }) => headers["x-rocky-delivery"]);
		expect(new Set(ids).size).toBe(2);
	});

	it("puts aside an event whose record is too large for the store, and delivers the others", async () => {
		const nats = await startNats("max_payload: 20000");
		const server = await startServer({ status: 200 });
		const { org, job, env } = folders(nats, hook("audit", server.url));
		await prepared(org, env);
		// A record has every quote of the event escaped once more.
		const large = JSON.stringify({ event: "pipeline_error", metadata: { text: '"'.repeat(6000) } });
		const small = [1, 2, 3].map((n) => JSON.stringify({ event: "pipeline_error", pipeline: `p${n}` }));
		writeFileSync(join(job, "events.jsonl"), [small[0], large, ...small.slice(1)].join("\n"));
		const fired = await runCommand(["fire", "--events-file", "events.jsonl"], { workspace: job, env });
		expect(fired).toMatchObject({ code: 0 });
		const worker = startWorker(org, env);
		await worker.said("is refused: nats://127.0.0.1:");
		await vi.waitFor(() => expect(server.requests.length).toBe(3), WAIT_MS);
		await worker.healthy();
		expect(await (await worker.get("/metrics")).text()).toMatch(/result="refused"\} 1$/m);
	});

	it("sends a batch whose record is too large in smaller ones", async () => {
		const nats = await startNats("max_payload: 60000");
		const server = await startServer({ status: 200 });
		const { org, job, env } = folders(nats, hook("audit", server.url, "batch_size = 10"));
		await prepared(org, env);
		const lines = Array.from({ length: 8 }, (_, n) =>
			JSON.stringify({ event: "pipeline_error", metadata: { n, text: '"'.repeat(3000) } }),
		);
		writeFileSync(join(job, "events.jsonl"), lines.join("\n"));
		expect(await runCommand(["fire", "--events-file", "events.jsonl"], { workspace: job, env })).toMatchObject({
			code: 0,
		});
		startWorker(org, env);
		const got = () =>
			server.requests.flatMap(({ body }) =>
				JSON.parse(body).events.map((each: { metadata: { n: number } }) => each.metadata.n),
			);
		await vi.waitFor(() => expect(got().toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]), WAIT_MS);
	});

	it("never opens an alert after it was resolved", async () => {
		const nats = await startNats();
		const pager = await startServer({ status: 202, body: '{"status":"success"}' });
		const paging = 'preset = "pagerduty"\nrouting_key = "0123456789abcdef0123456789abcdef"';
		const { org, job, env } = folders(nats, hook("page", `${pager.url}/v2/enqueue`, paging));
		await prepared(org, env);
		const once = (event: string) => runCommand(["fire", event], { workspace: job, env });
		await once("pipeline_error");
		await once("pipeline_complete");
		const worker = startWorker(org, env);
		await worker.said("✓ page");
		await vi.waitFor(async () => {
			const { stdout } = await runCommand(["deliveries", "--json"], { workspace: org, env });
			expect(stdout).toContain('"superseded"');
		}, WAIT_MS);
		expect(pager.requests.map(({ body }) => JSON.parse(body).event_action)).toEqual(["resolve"]);
	});

	it.skipIf(withoutFaketime)(
		"loses nothing where workers and the server are killed in mid-flight, and repeats only under the same id (needs libfaketime)",
		async () => {
			const nats = await startNats();
			const server = await startServer((_, response) => void setTimeout(() => response.end("ok"), 20));
			const { org, job, env } = folders(nats, "[defaults]\nconcurrency = 4\n", hook("audit", server.url));
			await prepared(org, env);
			// What a killed worker had not stored yet comes again half a minute later; nobody waits for that here.
			const { consumers } = await jetstreamManager(await connectTo(nats));
			await consumers.update("ci", "pipeline-hooks", { ack_wait: nanos(2000) });
			const firing = fire(job, env, 700);
			for (let kill = 0; kill < 3; kill++) {
				const before = server.requests.length;
				const workers = [startWorker(org, env), startWorker(org, env)];
				await vi.waitFor(() => expect(server.requests.length - before).toBeGreaterThan(8), {
					timeout: WAIT_MS,
					interval: 5,
				});
				if (kill % 2 === 1) await nats.kill();
				for (const { child } of workers) child.kill("SIGKILL");
				for (const { ended } of workers) await ended;
				if (kill % 2 === 1) await nats.restart();
			}
			expect((await firing).code).toBe(0);
			const worker = startWorker(org, env);
			await worker.healthy();
			const later = jumpingClock();
			later.jump(3000);
			// What a killed worker has claimed is free ten minutes later; nobody waits for that here.
			await vi.waitFor(
				async () => {
					await runCommand(["redeliver", "--all"], { workspace: org, env: { ...env, ...later.env } });
					const ids = server.requests.map(({ headers }) => headers["x-rocky-delivery"]);
					expect(new Set(ids).size).toBe(700);
				},
				{ timeout: 40_000, interval: 500 },
			);
			const told = server.requests.map(
				({ body, headers }) => `${JSON.parse(body).pipeline} ${headers["x-rocky-delivery"]}`,
			);
			expect(new Set(told).size).toBe(700);
		},
	);

	it("delivers once what a job has published twice, since no acknowledgement has reached it, or in two runs", async () => {
		const nats = await startNats();
		const server = await startServer({ status: 200 });
		const { org, job, env } = folders(nats, hook("audit", server.url, "batch_size = 10"), hook("each", server.url));
		await prepared(org, env);
		let cut = 0;
		const NATS_URL = await between(nats, (sent) => sent.includes('"seq"') && ++cut < 3);
		const first = await fire(job, { NATS_URL }, 1);
		expect([first.code, cut]).toEqual([0, expect.any(Number)]);
		expect(cut).toBeGreaterThan(2);
		const { streams } = await jetstreamManager(await connectTo(nats));
		expect((await streams.info("ci")).state.messages).toBe(1);
		const worker = startWorker(org, env);
		await vi.waitFor(() => expect(server.requests.length).toBe(2), WAIT_MS);
		expect((await fire(job, { NATS_URL }, 1)).code).toBe(0);
		const taken = async () => /result="stored"\} (\d)/.exec(await (await worker.get("/metrics")).text())?.[1];
		await vi.waitFor(async () => expect(await taken()).toBe("2"), WAIT_MS);
		await worker.healthy();
		expect(server.requests.length).toBe(2);
	});

	it("tells a job that there is no stream yet, or what the stream says", async () => {
		const nats = await startNats();
		const { org, job, env } = folders(nats);
		writeFileSync(join(job, "pipeline-hooks.toml"), RELAY.replace("40", "0"));
		const fired = async () => (await runCommand(["fire", "pipeline_error"], { workspace: job, env })).stdout;
		expect(await fired()).toContain(
			"503 Service Unavailable: no JetStream stream takes the subject; `pipeline-hooks work` makes it, and must have run once",
		);
		await prepared(org, env);
		const { streams } = await jetstreamManager(await connectTo(nats));
		await streams.update("ci", { max_msgs: 1 });
		expect(await fired()).toContain("✓ relay");
		expect(await fired()).toContain("503 Service Unavailable: maximum messages exceeded");
	});

	it("says once why nothing can be taken, and goes on by itself once the server is back", async () => {
		const nats = await startNats();
		const server = await startServer({ status: 200 });
		const { org, job, env } = folders(nats, hook("audit", server.url));
		const worker = startWorker(org, env);
		await worker.healthy();
		await nats.kill();
		await worker.said("the relay cannot be read: nats://127.0.0.1:");
		await vi.waitFor(async () => {
			const health = await worker.get("/healthz");
			expect([health.status, await health.text()]).toEqual([503, expect.stringContaining("connection")]);
		}, WAIT_MS);
		const firing = fire(job, env, 1);
		await nats.restart();
		expect((await firing).code).toBe(0);
		await vi.waitFor(() => expect(server.requests.length).toBe(1), WAIT_MS);
		await worker.healthy();
		expect(worker.written().match(/the relay cannot be read/g)?.length).toBeLessThan(4);
		await nats.kill();
		await vi.waitFor(async () => expect((await worker.get("/healthz")).status).toBe(503), WAIT_MS);
		await nats.restart();
		// Without any event.
		await worker.healthy();
		await nats.kill();
		await vi.waitFor(async () => expect((await worker.get("/healthz")).status).toBe(503), WAIT_MS);
		// A relay that is gone from the config keeps nobody ill.
		writeFileSync(join(org, "pipeline-hooks.toml"), `[store]\n${hook("audit", server.url)}`);
		worker.child.kill("SIGHUP");
		await worker.healthy();
	});

	it("takes the hooks of a config that was read again", async () => {
		const nats = await startNats();
		const [one, two] = [await startServer({ status: 200 }), await startServer({ status: 200 })];
		const { org, job, env } = folders(nats, hook("audit", one.url));
		const worker = startWorker(org, env);
		await worker.healthy();
		await fire(job, env, 1);
		await vi.waitFor(() => expect(one.requests.length).toBe(1), WAIT_MS);
		writeFileSync(join(org, "pipeline-hooks.toml"), `${RELAY}${STORE}${hook("other", two.url)}`);
		worker.child.kill("SIGHUP");
		await worker.said("the config was read again");
		await fire(job, env, 1, 1);
		await vi.waitFor(() => expect(two.requests.length).toBe(1), WAIT_MS);
		expect(one.requests.length).toBe(1);
		worker.child.kill("SIGTERM");
		expect(await worker.ended).toEqual([0, null]);
	});

	it("needs a store, and a relay that can be meant", async () => {
		const run = (config: string, env = {}) =>
			runCommand(["work"], { workspace: workspace({ "pipeline-hooks.toml": config }), env });
		const nowhere = { NATS_URL: "nats://127.0.0.1:1" };
		expect(await run(RELAY, nowhere)).toMatchObject({ code: 2, stderr: expect.stringContaining("there is no store") });
		// What is taken must be kept: nothing is taken for a store that keeps nothing.
		const nats = await startNats();
		const { org, job, env } = folders(nats);
		await prepared(org, env);
		await fire(job, env, 1);
		const results = await runCommand(["work", "--store", "results"], { workspace: org, env });
		expect(results).toMatchObject({ code: 2, stderr: expect.stringContaining("nothing can be sent from the store") });
		const { streams } = await jetstreamManager(await connectTo(nats));
		expect((await streams.info("ci")).state.messages).toBe(1);
		expect(await run(`${RELAY}${STORE}`)).toMatchObject({
			code: 2,
			stderr: expect.stringContaining("the relay cannot be used: variable NATS_URL is unset or empty"),
		});
		expect(await run(`${RELAY}${STORE}`, { NATS_URL: "nats://127.0.0.1:1/a.b" })).toMatchObject({
			code: 2,
			stderr: expect.stringContaining("the path of nats must be one word"),
		});
		expect(await run(`${RELAY}${STORE}`, { NATS_URL: "http://127.0.0.1:1/ci" })).toMatchObject({
			code: 2,
			stderr: expect.stringContaining("nats is not a URL of NATS; write it as nats://host:4222"),
		});
	});
});
