// Which process this is, and whether another is still there.
import { readFileSync } from "node:fs";
import { errorCode } from "../model/problem.ts";

/**
 * A name for this process: its number, and on Linux when it was started. Each step in a container may have the number
 * that the step before it had.
 */
export function thisProcess(): string {
	return `${process.pid}-${startOf(process.pid) ?? ""}`;
}

/** Whether the process of that name is there. False for what is no name. */
export function isAlive(name: string): boolean {
	const [, pid = "", start = ""] = /^(\d+)-(\d*)$/.exec(name) ?? [];
	if (!(Number(pid) > 0) || !isThere(Number(pid))) return false;
	const found = startOf(Number(pid));
	return start === "" || found === undefined || found === start;
}

function isThere(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return errorCode(error) === "EPERM";
	}
}

/** In ticks since the system's start; undefined where the system does not tell. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function startOf(pid: number): string | undefined {
	try {
		// The second field is the program's name, in brackets, and may hold brackets and spaces itself.
		const [, fields = ""] = /.*\)(.*)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
		return fields.trim().split(" ")[19];
	} catch {
		return undefined;
	}
}
