// How much memory a process needed, as Linux tells it.
import { readFileSync } from "node:fs";

/** Bytes that a living process has had in memory at most so far. */
export function peakMemory(pid: number): number {
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
