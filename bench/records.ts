// Prints what a store of records costs: putting away a thousand deliveries, and finding what is due among very many.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseReference } from "../src/model/reference.ts";
import { NETWORK } from "../src/net/network.ts";
import { recordsOf } from "../src/records/open.ts";
import { good, record } from "../test/helpers/records.ts";
import { median } from "./statistics.ts";

const RUNS = 5;
const MANY = 100_000;
const DUE = 100;

const folder = mkdtempSync(join(tmpdir(), "bench-records-"));
const event = JSON.stringify({ definition: {}, text: "x".repeat(800) });
const recordsNamed = (count: number, name: string, due: (n: number) => number) =>
	Array.from({ length: count }, (_, n) => record(`${name}-${n}`, { due: due(n), key: `key-${n}`, events: [event] }));

try {
	const store = recordsOf({
		store: { kind: "sqlite", path: join(folder, "state.db"), url: parseReference(""), schedule: [] },
		workspace: folder,
		isUntrusted: false,
		env: {},
		network: NETWORK,
		token: "",
		create: true,
		leave: () => {},
	});
	await store.list({});
	const puts: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		const some = recordsNamed(1000, `run-${run}`, () => MANY * 2);
		puts.push(await timed(() => store.put(some)));
	}
	print("1,000 deliveries put away", median(puts), 1000);
	await store.put(recordsNamed(MANY, "many", (n) => (n < DUE ? 1 : MANY)));
	const finds: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		let found = 0;
		finds.push(
			await timed(async () => {
				found = good(await store.list({ states: ["waiting"], dueBy: 1 })).records.length;
			}),
		);
		if (found !== DUE) throw new Error(`${found} found of ${DUE}`);
	}
	print(`${DUE} due found among ${MANY + RUNS * 1000}`, median(finds), 100);
	await store.close();
} finally {
	rmSync(folder, { recursive: true });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await work();
	return performance.now() - start;
}

function print(what: string, ms: number, budget: number): void {
	const verdict = ms <= budget ? "holds" : "MISSED";
	process.stdout.write(`${what.padEnd(40)} ${ms.toFixed(1).padStart(8)} ms  budget ${budget} ms  ${verdict}\n`);
}
