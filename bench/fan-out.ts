// Prints how long a thousand webhooks to a slow receiver take, compared with the minimum for their number and its delay.
import { createServer } from "node:http";
import { arch, cpus, platform } from "node:os";
import { join } from "node:path";
import { peakMemory, timeRuns } from "./measure.ts";
import { median } from "./statistics.ts";
import { createWorkload } from "./workload.ts";

const WEBHOOKS = 1000;
const DELAY_MS = 50;
const CONCURRENCY = 50;
const RUNS = 9;
const MAX_RATIO = 1.4;
const MAX_MEMORY_MIB = 160;
const IDEAL_MS = (WEBHOOKS / CONCURRENCY) * DELAY_MS;

const ACTION = [join(import.meta.dirname, "../dist/action/index.js")];
const config = [
	`defaults.concurrency = ${CONCURRENCY}`,
	...Array.from(
		{ length: WEBHOOKS },
		(_, n) =>
			`[[hook.webhooks.pipeline_complete]]\nname = "w${n}"\nurl = "\${WEBHOOK_URL}"\nsecret = "\${WEBHOOK_SECRET}"`,
	),
].join("\n");

let received = 0;
const deliveries = new Set<string | undefined>();
const server = createServer((request, response) => {
	received += 1;
	deliveries.add(String(request.headers["x-rocky-delivery"]));
	request.resume();
	setTimeout(() => response.end(), DELAY_MS);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = server.address();
if (address === null || typeof address === "string") throw new Error("the receiver has no port");
const workload = createWorkload(config, `http://127.0.0.1:${address.port}/hook`);
try {
	const times = await timeRuns(ACTION, workload, RUNS);
	const peaks = await peakMemory(ACTION, workload, RUNS);
	if (received !== (2 * RUNS + 1) * WEBHOOKS || deliveries.size !== received) {
		throw new Error(
			`${received} requests of ${deliveries.size} deliveries came in ${2 * RUNS + 1} runs of ${WEBHOOKS}`,
		);
	}
	const ratio = median(times) / IDEAL_MS;
	const peak = median(peaks);
	print(`Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`);
	print(
		`${WEBHOOKS} webhooks, ${CONCURRENCY} at once, each with a response after ${DELAY_MS} ms: at least ${IDEAL_MS} ms`,
	);
	print(
		`whole process, median of ${RUNS}: ${median(times).toFixed(0)} ms, ${ratio.toFixed(2)} × that; ${against(ratio, MAX_RATIO)}`,
	);
	print(`peak memory, median of ${RUNS}: ${peak.toFixed(1)} MiB; ${against(peak, MAX_MEMORY_MIB)}`);
} finally {
	server.close();
	workload.remove();
}

function against(value: number, budget: number): string {
	return `budget ${budget} ${value <= budget ? "holds" : "MISSED"}`;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
