// Groups of processes: whether one is still there, and ending it whole.
import type { ChildProcess, spawn as Spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { monotonicMs } from "./monotonic.ts";

/** Milliseconds between SIGTERM and SIGKILL. */
const TERM_GRACE_MS = 2000;

/** Milliseconds that a killed group, which nothing can hold up but the kernel, has to be gone. */
const KILL_GRACE_MS = 1000;

const POLL_MS = 20;

/** The processes of one command. */
export interface Group {
	alive(): boolean;
	end(signal: "SIGTERM" | "SIGKILL"): void;
}

/** Those of the commands in flight: from their making until {@link endGroup} is done with them. */
const inFlight = new Set<Group>();

/** Kills every group in flight at once, without waiting: for a process that ends before its commands have. */
export function killGroups(): void {
	for (const group of inFlight) if (group.alive()) group.end("SIGKILL");
}

/** The group of a child that was started as its leader; on Windows, the tree below it. */
export function groupOf(
	child: ChildProcess,
	spawn: typeof Spawn,
	env: Readonly<Record<string, string>>,
	windows: boolean,
): Group {
	if (!windows) return posixGroup(child.pid);
	const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
	return windowsTree(isRunning, () => {
		const options = { env, stdio: "ignore", windowsHide: true } as const;
		// Its own failures change nothing: the tree is then still seen running.
		spawn("taskkill", ["/T", "/F", "/PID", String(child.pid)], options).on("error", () => {});
	});
}

/** The group that `pid` leads. Without a pid there is none. */
export function posixGroup(pid: number | undefined): Group {
	const send = (signal: NodeJS.Signals | 0): boolean => {
		try {
			return pid !== undefined && process.kill(-pid, signal);
		} catch {
			// No such group, or one that now belongs to another user: either way nothing here can end it.
			return false;
		}
	};
	return begin({ alive: () => pid !== undefined && send(0) && !onlyZombies(pid), end: send });
}

/**
 * Whether the group has ended but for its entries in the process table. Those of orphans stay for good in containers
 * whose first process does not collect them, and can still be signalled. Other systems than Linux collect them.
 */
function onlyZombies(group: number): boolean {
	if (process.platform !== "linux" || !existsSync("/proc/self/stat")) return false;
	const processes = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
	return processes.every((entry) => {
		const [, state, itsGroup] = /^.*\) (\S) \d+ (\d+)/s.exec(readStat(entry)) ?? [];
		return Number(itsGroup) !== group || state === "Z" || state === "X";
	});
}

/** `pid (name) state parent group …`, where the name may hold anything; empty when the process is already gone. */
function readStat(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/stat`, "latin1");
	} catch {
		return "";
	}
}

/** Windows has neither groups nor SIGTERM: the tree is found from its root, and only as long as that runs. */
export function windowsTree(isRunning: () => boolean, taskkill: () => void): Group {
	return begin({ alive: isRunning, end: taskkill });
}

function begin(group: Group): Group {
	inFlight.add(group);
	return group;
}

/** Ends every process of the group: SIGTERM, and SIGKILL for those still there two seconds later. */
export async function endGroup(group: Group): Promise<void> {
	if (group.alive()) {
		group.end("SIGTERM");
		if (!(await gone(group, TERM_GRACE_MS))) {
			group.end("SIGKILL");
			await gone(group, KILL_GRACE_MS);
		}
	}
	inFlight.delete(group);
}

/** Whether the group ends by itself within `ms` milliseconds. */
export async function gone(group: Group, ms: number): Promise<boolean> {
	const deadline = monotonicMs() + ms;
	while (group.alive()) {
		if (monotonicMs() >= deadline) return false;
		await new Promise((resolve) => setTimeout(resolve, POLL_MS));
	}
	return true;
}
