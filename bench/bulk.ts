// Prints how fast the events of a file are posted, against a bare loop over undici that posts the same bodies.
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { arch, cpus, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { peakMemory, timePairs } from "./measure.ts";
import { median } from "./statistics.ts";
import { createWorkload } from "./workload.ts";

const EVENTS = Number(process.argv[2] ?? 100_000);
const RUNS = Number(process.argv[3] ?? 3);
const CONCURRENCY = 20;
const BATCH = 100;
const MIN_RATE = 0.5;
const MAX_MEMORY_MIB = 250;

const COMMAND = join(import.meta.dirname, "../dist/cli/index.js");
const LOOP = join(import.meta.dirname, "undici-loop.ts");

let requests = 0;
const server = createServer((request, response) => {
	requests += 1;
	request.resume().on("end", () => response.end());
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = server.address();
if (address === null || typeof address === "string") throw new Error("the receiver has no port");
const url = `http://127.0.0.1:${address.port}/hook`;
const folder = mkdtempSync(join(tmpdir(), "bulk-"));
const file = join(folder, "events.jsonl");
await writeEvents(file);

const unbatched = createWorkload(config(""), url);
const batched = createWorkload(config(`batch_size = ${BATCH}`), url);
const fire = [COMMAND, "fire", "--events-file", file];
try {
	print(`Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`);
	print(
		`${EVENTS} events from a file, ${CONCURRENCY} requests at once; medians of ${RUNS} whole processes, alternating`,
	);
	const loop = [LOOP, file, url, String(CONCURRENCY)];
	const single = await measure("unbatched", loop, unbatched, EVENTS);
	await measure(`batch_size = ${BATCH}`, loop, batched, Math.ceil(EVENTS / BATCH));
	print(`unbatched: ${verdict(single >= MIN_RATE, MIN_RATE)}`);
} finally {
	server.close();
	unbatched.remove();
	batched.remove();
	rmSync(folder, { recursive: true });
}

/** Prints a row, and gives the rate as a multiple of the loop's. */
async function measure(name: string, loop: readonly string[], workload: typeof unbatched, expected: number) {
	requests = 0;
	const pairs = await timePairs(loop, fire, workload, RUNS, 1);
	if (requests !== (EVENTS + expected) * (RUNS + 1)) throw new Error(`${name}: ${requests} requests came`);
	const peak = median(await peakMemory(fire, workload, RUNS));
	const peakOfLoop = median(await peakMemory(loop, workload, RUNS));
	const ratio = median(pairs.map(({ baseline, measured }) => baseline / measured));
	const rate = (ms: readonly number[]) => Math.round((EVENTS / median(ms)) * 1000);
	const [ours, bare] = [rate(pairs.map(({ measured }) => measured)), rate(pairs.map(({ baseline }) => baseline))];
	print(
		`${name}: ${ours} events/s, ${ratio.toFixed(2)} x the ${bare} of a bare loop over undici that posts each event`,
	);
	print(
		`  peak memory ${peak.toFixed(1)} MiB, ${verdict(peak <= MAX_MEMORY_MIB, MAX_MEMORY_MIB)}; the loop's ${peakOfLoop.toFixed(1)}`,
	);
	return ratio;
}

/** Events whose bodies are what the loop posts as they are. */
async function writeEvents(path: string): Promise<void> {
	const stream = createWriteStream(path);
	for (let number = 0; number < EVENTS; number++) {
		const event = {
			id: `evt_${number}`,
			event: "after_materialize",
			run_id: "run_1",
			pipeline: "nightly",
			timestamp: "2026-04-02T14:30:00Z",
			status: "success",
			table: `catalog.schema.table_${number % 1000}`,
			duration_ms: number % 60_000,
			metadata: { rows: number, partition: "2026-04-02" },
		};
		if (!stream.write(`${JSON.stringify(event)}\n`))
			await new Promise<void>((resolve) => stream.once("drain", () => resolve()));
	}
	await new Promise<void>((resolve) => stream.end(resolve));
}

function config(batch: string): string {
	return `defaults.concurrency = ${CONCURRENCY}
[hook.webhooks.after_materialize]
url = "\${WEBHOOK_URL}"
secret = "\${WEBHOOK_SECRET}"
${batch}
`;
}

function verdict(holds: boolean, budget: number): string {
	return `budget ${budget} ${holds ? "holds" : "MISSED"}`;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
