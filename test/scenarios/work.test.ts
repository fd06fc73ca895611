// A worker that sends what is stored: real processes, a receiver that is down for a while, and signals.
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished, vi } from "vitest";
import { runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";
import { startWorker, WAIT_MS } from "../helpers/worker.ts";

vi.setConfig({ testTimeout: 60_000 });

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	await once(server, "close");
	return typeof address === "object" && address !== null ? address.port : 0;
}

const configFor = (url: string, more = "") => `[store]
schedule = [${Array.from({ length: 50 }, () => '"1s"').join(", ")}]
[hook.webhooks.pipeline_error]
name = "audit"
url = "${url}"
retry_count = 0
${more}`;

const worker = (folder: string) => startWorker(folder);

const fail = (folder: string) => runCommand(["fire", "pipeline_error", "--error", "boom"], { workspace: folder });

/** A receiver on a port that nothing listened on before. */
function receiverOn(port: number) {
	const ids: string[] = [];
	const server = createServer((request, response) => {
		ids.push(String(request.headers["x-rocky-delivery"]));
		response.end("ok");
	}).listen(port, "127.0.0.1");
	onTestFinished(() => void server.close());
	return ids;
}

it("sends what is stored once the receiver is up again, and tells its health and its numbers", async () => {
	const port = await freePort();
	const folder = workspace({ "pipeline-hooks.toml": configFor(`http://127.0.0.1:${port}/`) });
	for (let n = 0; n < 4; n++) await fail(folder);
	// One record that nobody can read makes no worker ill.
	const database = new DatabaseSync(join(folder, ".pipeline-hooks", "state.db"));
	database.exec("UPDATE deliveries SET body = '{\"version\": 99}' WHERE rowid = 1");
	database.close();
	const { child, said, written, ended } = worker(folder);
	await said(/metrics on [\s\S]*connection refused/);
	const ids = receiverOn(port);
	await said(/(✓ audit[\s\S]*){3}/);
	expect(written()).toMatch(
		/^✓ audit → http:\/\/127\.0\.0\.1:\d+\/… · 200 · \d+ ms · pipeline_error · dlv_[0-9a-f]{8}$/m,
	);
	expect([ids.length, new Set(ids).size]).toEqual([3, 3]);
	const [, address = ""] = /metrics on (\S+)/.exec(written()) ?? [];
	const get = async (path: string) => (await fetch(`http://${address}${path}`)).text();
	await vi.waitFor(async () => expect(await get("/healthz")).toBe("ok\n"), WAIT_MS);
	expect(await get("/metrics")).toMatch(/^pipeline_hooks_deliveries_total\{hook="audit",status="delivered"\} 3$/m);
	expect((await fetch(`http://${address}/other`)).status).toBe(404);
	child.kill("SIGTERM");
	expect(await ended).toEqual([0, null]);
});

it("is healthy while its first round waits for a receiver", async () => {
	const port = await freePort();
	const folder = workspace({ "pipeline-hooks.toml": configFor(`http://127.0.0.1:${port}/`) });
	await fail(folder);
	const answers: (() => void)[] = [];
	const server = createServer((_, response) => answers.push(() => response.end("ok"))).listen(port, "127.0.0.1");
	onTestFinished(() => void server.close());
	const { healthy, said, written } = worker(folder);
	await vi.waitFor(() => expect(answers.length).toBe(1), WAIT_MS);
	await healthy();
	expect(written()).not.toContain("audit");
	answers[0]?.();
	await said("✓ audit");
});

it("reads the config again after SIGHUP, and keeps the one before where the new one is not valid", async () => {
	const [port, other] = [await freePort(), await startServer({ status: 200 })];
	const folder = workspace({ "pipeline-hooks.toml": configFor(`http://127.0.0.1:${port}/`) });
	const config = join(folder, "pipeline-hooks.toml");
	const { child, said } = worker(folder);
	await fail(folder);
	await said("connection refused");
	writeFileSync(config, "[hook");
	child.kill("SIGHUP");
	await said(/pipeline-hooks\.toml:1:[\s\S]*the config stays as it was/);
	writeFileSync(config, configFor(other.url));
	child.kill("SIGHUP");
	await said(/the config was read again[\s\S]*✓ audit/);
	expect(other.requests.length).toBe(1);
});

it("lets a delivery in flight end when it is stopped, and takes no other", async () => {
	const answers: (() => void)[] = [];
	const server = await startServer({ status: 503 }, { status: 503 }, (_, response) => {
		answers.push(() => response.end("ok"));
	});
	const folder = workspace({ "pipeline-hooks.toml": configFor(server.url) });
	await fail(folder);
	await fail(folder);
	const { child, said, ended } = worker(folder);
	await vi.waitFor(() => expect(answers.length).toBe(1), WAIT_MS);
	child.kill("SIGTERM");
	setTimeout(() => answers[0]?.(), 2000);
	await said("✓ audit");
	expect(await ended).toEqual([0, null]);
	expect(server.requests.length).toBe(3);
});

it("loses nothing when it is killed at any moment, and repeats a message only under its own id", async () => {
	const server = await startServer((_, response) => void setTimeout(() => response.end("ok"), 50));
	const down = await freePort();
	const folder = workspace({ "pipeline-hooks.toml": configFor(`http://127.0.0.1:${down}/`) });
	const events = Array.from({ length: 40 }, (_, n) => JSON.stringify({ event: "pipeline_error", table: `t${n}` }));
	writeFileSync(join(folder, "events.jsonl"), events.join("\n"));
	await runCommand(["fire", "--events-file", "events.jsonl"], { workspace: folder });
	writeFileSync(join(folder, "pipeline-hooks.toml"), configFor(server.url, "[defaults]\nconcurrency = 1\n"));
	// What a killed worker has claimed is free ten minutes later; nobody waits for that here.
	const free = () => {
		const database = new DatabaseSync(join(folder, ".pipeline-hooks", "state.db"));
		database.exec(
			"UPDATE deliveries SET claimed_until = 1, due = 0, body = json_set(body, '$.due', 0) WHERE state = 'waiting'",
		);
		database.close();
	};
	let inFlight = 0;
	for (let kill = 0; kill < 8; kill++) {
		free();
		const before = server.requests.length;
		const { child, ended } = worker(folder);
		await vi.waitFor(() => expect(server.requests.length - before).toBeGreaterThan(kill % 3), {
			timeout: WAIT_MS,
			interval: 1,
		});
		child.kill("SIGKILL");
		await ended;
		if (server.requests.length < 40 + kill) inFlight++;
	}
	expect(inFlight).toBeGreaterThan(4);
	free();
	await runCommand(["redeliver", "--all"], { workspace: folder });
	const ids = new Set(server.requests.map(({ headers }) => headers["x-rocky-delivery"]));
	expect(ids.size).toBe(40);
	const { stdout } = await runCommand(["deliveries", "--limit", "100", "--json"], { workspace: folder });
	expect(stdout.match(/"status": "delivered"/g)?.length).toBe(40);
});
