// Which processes are there, for tests that none is left behind.
import { readdirSync, readFileSync } from "node:fs";

/** The command lines of living processes that contain a text; zombies have none. */
export function processesWith(text: string): string[] {
	return readdirSync("/proc")
		.filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid))
		.map((pid) => commandLine(pid))
		.filter((line) => line.includes(text));
}

function commandLine(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
	} catch {
		return "";
	}
}
