// Prints how fast workers deliver what jobs have handed to a relay: one worker, and two.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { arch, cpus, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

const EVENTS = Number(process.argv[2] ?? 20_000);
const MIN_RATE = 4000;
const MIN_GAIN = 1.6;

const COMMAND = join(import.meta.dirname, "../dist/cli/index.js");
const SERVER = "/usr/sbin/nats-server";

const ids = new Map<string, number>();
const receiver = createServer((request, response) => {
	const id = String(request.headers["x-rocky-delivery"]);
	ids.set(id, (ids.get(id) ?? 0) + 1);
	request.resume().on("end", () => response.end());
});
await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));

print(`Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`);
const one = await measure(1);
const two = await measure(2);
print(`one worker: ${verdict(one >= MIN_RATE, `${MIN_RATE} deliveries/s`)}`);
print(`two are ${(two / one).toFixed(2)} x one: ${verdict(two / one >= MIN_GAIN, `${MIN_GAIN} x`)}`);
receiver.close();

/** Deliveries a second, from the first that arrived to the last. */
async function measure(workers: number): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), "bench-relay-"));
	const [nats, port] = await startNats(folder);
	const processes: ChildProcess[] = [nats];
	try {
		await publish(port);
		ids.clear();
		writeFileSync(join(folder, "pipeline-hooks.toml"), config(port));
		for (let each = 0; each < workers; each++) {
			processes.push(spawn(process.execPath, [COMMAND, "work"], { cwd: folder, stdio: "ignore" }));
		}
		await until(() => ids.size > 0);
		const start = performance.now();
		await until(() => ids.size === EVENTS);
		const rate = Math.round((EVENTS / (performance.now() - start)) * 1000);
		const repeated = [...ids.values()].filter((times) => times > 1).length;
		print(`${workers} of work: ${rate} deliveries/s of ${EVENTS}, ${repeated} of them repeated`);
		return rate;
	} finally {
		for (const each of processes.toReversed()) each.kill("SIGKILL");
		rmSync(folder, { recursive: true, force: true });
	}
}

async function startNats(folder: string): Promise<readonly [ChildProcess, number]> {
	const port = await freePort();
	const nats = spawn(SERVER, ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", join(folder, "data")]);
	await until(async () => {
		const connection = await connect({ servers: `127.0.0.1:${port}` }).catch(() => undefined);
		await connection?.close();
		return connection !== undefined;
	});
	return [nats, port];
}

/** The stream as a worker makes it, with events as jobs publish them. */
async function publish(port: number): Promise<void> {
	const connection = await connect({ servers: `127.0.0.1:${port}` });
	const { streams } = await jetstreamManager(connection);
	await streams.add({ name: "ci", subjects: ["ci.>", "dead.ci.>"], retention: "workqueue", discard: "new" });
	const client = jetstream(connection);
	for (let at = 0; at < EVENTS; at += 500) {
		await Promise.all(
			Array.from({ length: 500 }, (_, n) =>
				client.publish("ci.acme.shop.pipeline_error", JSON.stringify(event(at + n))),
			),
		);
	}
	await connection.close();
}

function event(n: number) {
	return {
		version: 1,
		definition: { name: "pipeline_error", phase: "pipeline", status: "failure", title: "Pipeline failed" },
		context: {
			id: `evt_${n}`,
			event: "pipeline_error",
			run_id: `${n}-1`,
			pipeline: `nightly-${n % 1000}`,
			timestamp: new Date().toISOString(),
			status: "failure",
			error: `step ${n} has failed`,
			ci: {
				provider: "github",
				repository: "acme/shop",
				branch: "main",
				commit: "4f1c2a7".repeat(5),
				actor: "somebody",
			},
		},
	};
}

function config(port: number): string {
	const { port: to }: AddressInfo = JSON.parse(JSON.stringify(receiver.address()));
	return `[relay]
nats = "nats://127.0.0.1:${port}"
[store]
kind = "nats"
url = "nats://127.0.0.1:${port}"
[[subscription]]
name = "audit"
events = ["pipeline_*"]
url = "http://127.0.0.1:${to}/"
`;
}

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port }: AddressInfo = JSON.parse(JSON.stringify(server.address()));
	await new Promise((resolve) => server.close(resolve));
	return port;
}

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 10));
}

function verdict(holds: boolean, budget: string): string {
	return `budget ${budget}, ${holds ? "holds" : "MISSED"}`;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
