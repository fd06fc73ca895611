// Which processes are there, for tests that none is left behind.
import { readdirSync, readFileSync } from "node:fs";

/** The command lines of living processes that contain a text; zombies have none. */
export function processesWith(text: string): string[] {
	return others()
		.map((pid) => readOf(pid, "cmdline"))
		.filter((line) => line.includes(text));
}

/** The command lines of living processes whose environment contains a text, which their children inherit. */
export function processesMarked(text: string): string[] {
	return others()
		.filter((pid) => readOf(pid, "environ").includes(text))
		.map((pid) => readOf(pid, "cmdline"));
}

function others(): readonly string[] {
	return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid));
}

/** Empty when the process is already gone, or another user's. */
function readOf(pid: string, file: "cmdline" | "environ"): string {
	try {
		return readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", " ");
	} catch {
		return "";
	}
}
