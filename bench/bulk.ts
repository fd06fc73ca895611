// Prints how fast the events of a file are posted, against a bare loop over undici that posts the same bodies.
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { arch, cpus, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { peakMemory, timeRuns } from "./measure.ts";
import { median } from "./statistics.ts";
import { createWorkload } from "./workload.ts";

const EVENTS = Number(process.argv[2] ?? 100_000);
const RUNS = Number(process.argv[3] ?? 3);
const CONCURRENCY = 20;
const BATCH = 100;
const MIN_RATE = 0.6;
const MAX_MEMORY_MIB = 150;

const COMMAND = join(import.meta.dirname, "../dist/cli/index.js");
const LOOP = join(import.meta.dirname, "undici-loop.ts");

let requests = 0;
let bytes = 0;
const server = createServer((request, response) => {
	requests += 1;
	request.on("data", (chunk: Uint8Array) => {
		bytes += chunk.length;
	});
	request.on("end", () => response.end());
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
	print(`${EVENTS} events from a file, ${CONCURRENCY} requests at once, medians of ${RUNS} whole processes`);
	const bare = await measure("a bare loop over undici", [LOOP, file, url, String(CONCURRENCY)], unbatched, EVENTS);
	const single = await measure("unbatched", fire, unbatched, EVENTS);
	const many = await measure(`batch_size = ${BATCH}`, fire, batched, Math.ceil(EVENTS / BATCH));
	const rate = single.rate / bare.rate;
	print(`unbatched at ${rate.toFixed(2)} × the rate of the loop; ${verdict(rate >= MIN_RATE, MIN_RATE)}`);
	const peak = Math.max(single.peak, many.peak);
	print(`peak memory ${peak.toFixed(1)} MiB; ${verdict(peak <= MAX_MEMORY_MIB, MAX_MEMORY_MIB)}`);
} finally {
	server.close();
	unbatched.remove();
	batched.remove();
	rmSync(folder, { recursive: true });
}

async function measure(name: string, program: readonly string[], workload: typeof unbatched, expected: number) {
	requests = 0;
	bytes = 0;
	const times = await timeRuns(program, workload, RUNS);
	if (requests !== expected * (RUNS + 1)) throw new Error(`${name}: ${requests} requests came`);
	const size = bytes / requests;
	const peak = median(await peakMemory(program, workload, RUNS));
	const rate = (EVENTS / median(times)) * 1000;
	print(
		`${name}: ${Math.round(rate)} events/s, ${(median(times) / 1000).toFixed(2)} s, ${peak.toFixed(1)} MiB, ${Math.round(size)} bytes a request`,
	);
	return { rate, peak };
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
		if (!stream.write(`${JSON.stringify(event)}\n`)) await new Promise<void>((resolve) => stream.once("drain", () => resolve()));
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
