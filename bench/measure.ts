// Times whole processes and their memory, from outside them.
import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import type { Workload } from "./workload.ts";

/** The arguments of one Node process. */
export type Program = readonly string[];

/** Milliseconds of two processes that ran one right after the other. */
export interface Pair {
	readonly baseline: number;
	readonly measured: number;
}

/** The first pairs run with cold disks and caches. */
const WARM_UP_PAIRS = 5;

/** Runs two programs alternately, after `warmUp` pairs that do not count, so that other load affects both. */
export async function timePairs(
	baseline: Program,
	measured: Program,
	workload: Workload,
	count: number,
	warmUp = WARM_UP_PAIRS,
): Promise<readonly Pair[]> {
	const pairs: Pair[] = [];
	for (let pair = 0; pair < warmUp + count; pair++) {
		const first = await run(baseline, workload);
		const second = await run(measured, workload);
		if (pair >= warmUp) pairs.push({ baseline: first.ms, measured: second.ms });
	}
	return pairs;
}

/** Milliseconds of each of `count` runs of one program, after one that does not count. */
export async function timeRuns(program: Program, workload: Workload, count: number): Promise<readonly number[]> {
	await run(program, workload);
	const times: number[] = [];
	for (let time = 0; time < count; time++) times.push((await run(program, workload)).ms);
	return times;
}

/**
 * Prints the peak of the process's own memory as it exits. The kernel's other figure, `ru_maxrss`, begins with the
 * size of the process that it was forked from, and so would measure the benchmark.
 */
const TELL_PEAK = `process.on("exit", () => {
	const fs = process.getBuiltinModule("node:fs");
	fs.writeSync(3, /VmHWM:\\s*(\\d+) kB/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]);
})`;

/** Peak resident memory in MiB of each of `count` runs. Linux only. The preload that tells it adds less than 0.1 MiB. */
export async function peakMemory(program: Program, workload: Workload, count: number): Promise<readonly number[]> {
	const preload = `data:text/javascript,${encodeURIComponent(TELL_PEAK)}`;
	const peaks: number[] = [];
	for (let time = 0; time < count; time++) {
		const { told } = await run(["--import", preload, ...program], workload);
		peaks.push(Number(told) / 1024);
	}
	return peaks;
}

/** From before the start to when the process has exited and all it wrote has been read. Rejects on any failure. */
function run(program: Program, { cwd, env }: Workload): Promise<{ readonly ms: number; readonly told: string }> {
	return new Promise((resolve, reject) => {
		const start = performance.now();
		const child = spawn(process.execPath, program, { cwd, env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
		const [, stdout, stderr, third] = child.stdio.map(collect);
		child.on("error", reject);
		child.on("close", (code) => {
			const ms = performance.now() - start;
			if (code === 0) resolve({ ms, told: third?.() ?? "" });
			else reject(new Error(`${program.join(" ")} ended with ${code}:\n${stdout?.()}${stderr?.()}`));
		});
	});
}

function collect(stream: unknown): () => string {
	let text = "";
	if (stream instanceof Readable) {
		stream.setEncoding("utf8").on("data", (chunk: string) => {
			text += chunk;
		});
	}
	return () => text;
}
