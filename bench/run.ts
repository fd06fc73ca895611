// Prints what one event costs as a whole process, in multiples of the smallest one Node can run, beside its budget.
import { statSync, writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform } from "node:os";
import { join } from "node:path";
import { certificate } from "../test/helpers/net.ts";
import { type Pair, type Program, peakMemory, timePairs } from "./measure.ts";
import { startReceiver } from "./receiver.ts";
import { median, medianInterval } from "./statistics.ts";
import { createWorkload, SECRET, SHELL_HOOK, WEBHOOK, type Workload } from "./workload.ts";

const USAGE = "usage: npm run bench [-- <pairs>]";
const MEMORY_RUNS = 9;
const MAX_CHUNK_KB = 260;
const MAX_MEMORY_MIB = 58;

const EMPTY: Program = ["-e", "0"];
const MAIN_CHUNK = join(import.meta.dirname, "../dist/action/index.js");
const ACTION: Program = [MAIN_CHUNK];
/** A signed POST without config, template, masks, outputs or summary: what it costs in Node itself. */
const BARE_POST: Program = [
	"-e",
	`const url = new URL(process.env.WEBHOOK_URL);
	const signature = require("node:crypto").createHmac("sha256", process.env.WEBHOOK_SECRET).update("{}").digest("hex");
	const options = { method: "POST", agent: false, headers: { "x-rocky-signature": "sha256=" + signature } };
	require("node:" + url.protocol.slice(0, -1)).request(url, options, (answer) => answer.resume()).end("{}");`,
];

interface Case {
	readonly name: string;
	readonly config: string;
	readonly scheme: "http" | "https";
	/** The highest median of ratios to `node -e 0`; none for what the others are to be compared with. */
	readonly budget: number | undefined;
	readonly program: Program;
}

const CASES: readonly Case[] = [
	{ name: "node -e 0, against itself", config: WEBHOOK, scheme: "http", budget: undefined, program: EMPTY },
	{ name: "a bare POST over http", config: WEBHOOK, scheme: "http", budget: undefined, program: BARE_POST },
	{ name: "a bare POST over https", config: WEBHOOK, scheme: "https", budget: undefined, program: BARE_POST },
	{ name: "one webhook over http", config: WEBHOOK, scheme: "http", budget: 2.3, program: ACTION },
	{
		name: "one webhook over http, on record",
		config: `[store]\npath = "../records/state.db"\n${WEBHOOK}`,
		scheme: "http",
		budget: undefined,
		program: ACTION,
	},
	{ name: "one webhook over https", config: WEBHOOK, scheme: "https", budget: 2.5, program: ACTION },
	{
		name: "one shell hook and one webhook",
		config: `${SHELL_HOOK}${WEBHOOK}`,
		scheme: "http",
		budget: 2.7,
		program: ACTION,
	},
];

interface Measured {
	readonly pairs: readonly Pair[];
	readonly peaks: readonly number[];
}

const pairs = Number(process.argv[2] ?? "40");
if (!(Number.isInteger(pairs) && pairs > 0)) throw new Error(USAGE);

print(`Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`);
print(`${pairs} pairs a row; load at the start ${load()}`);
print();
row("whole process", "ms", "node -e 0", "ratio", "95 % interval", "budget", "", "peak MiB", "budget", "");
for (const each of CASES) {
	const { pairs: timed, peaks } = await measure(each);
	const ratios = timed.map(({ baseline, measured }) => measured / baseline);
	const [low, high] = medianInterval(ratios);
	const peak = median(peaks);
	const memoryBudget = each.budget === undefined ? undefined : MAX_MEMORY_MIB;
	row(
		each.name,
		median(timed.map(({ measured }) => measured)).toFixed(1),
		median(timed.map(({ baseline }) => baseline)).toFixed(1),
		median(ratios).toFixed(2),
		`${low.toFixed(2)}–${high.toFixed(2)}`,
		...against(median(ratios), each.budget),
		peak.toFixed(1),
		...against(peak, memoryBudget),
	);
}
const kilobytes = statSync(MAIN_CHUNK).size / 1000;
print();
print(`main chunk: ${kilobytes.toFixed(1)} KB, budget ${against(kilobytes, MAX_CHUNK_KB).join(", ")}`);
print(`load at the end ${load()}`);

async function measure({ config, scheme, program }: Case): Promise<Measured> {
	const identity = scheme === "https" ? certificate("IP:127.0.0.1") : undefined;
	const receiver = await startReceiver(SECRET, identity);
	// Trusted by the processes of both columns: reading the file takes its time, which is Node's.
	const workload =
		identity === undefined
			? createWorkload(config, receiver.url)
			: createWorkload(config, receiver.url, { NODE_EXTRA_CA_CERTS: "../authority.pem" });
	try {
		if (identity !== undefined) writeFileSync(join(workload.cwd, "../authority.pem"), identity.cert);
		const timed = await timePairs(EMPTY, program, workload, pairs);
		if (program !== EMPTY) check(receiver.accepted(), program === ACTION ? workload : undefined);
		return { pairs: timed, peaks: await peakMemory(program, workload, MEMORY_RUNS) };
	} finally {
		receiver.close();
		workload.remove();
	}
}

/** A run that skips some of the work would be fast. */
function check(accepted: number, workload: Workload | undefined): void {
	if (accepted < pairs) throw new Error(`${accepted} signed webhooks came of ${pairs}`);
	if (workload === undefined) return;
	const { outputs, summary } = workload.written();
	const passed = outputs.match(/^result<<.*\npassed$/gm)?.length ?? 0;
	const summaries = summary.match(/pipeline_complete/g)?.length ?? 0;
	if (passed !== accepted || summaries < accepted)
		throw new Error(`${accepted} signed webhooks came, ${passed} runs passed, ${summaries} wrote a summary`);
}

/** The budget, and whether it is met; two empty cells if there is none. */
function against(value: number, budget: number | undefined): readonly [string, string] {
	return budget === undefined ? ["", ""] : [String(budget), value <= budget ? "holds" : "MISSED"];
}

function load(): string {
	return `${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`;
}

function row(name: string, ...cells: readonly string[]): void {
	const widths = [8, 10, 6, 14, 7, 7, 9, 7, 7];
	print(name.padEnd(32) + cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join(" "));
}

function print(line = ""): void {
	process.stdout.write(`${line}\n`);
}
