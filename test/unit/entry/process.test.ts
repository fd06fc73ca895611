// What signals do to a process, without a process: what comes when, and what is killed; and how long look-ups may take.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { guardProcess, limitDnsThreads } from "../../../src/entry/process.ts";
import { endGroup, type Group, posixGroup, windowsTree } from "../../../src/shell/process-group.ts";

const tell = async () => {};

/** What the process was told to heed, by its name, and what it did. */
const listeners = new Map<unknown, () => void>();
const did: string[] = [];

beforeEach(() => {
	vi.useFakeTimers();
	listeners.clear();
	did.length = 0;
	vi.spyOn(process, "on").mockImplementation((name: unknown, listener: () => void) => {
		listeners.set(name, listener);
		return process;
	});
	vi.spyOn(process.stderr, "write").mockImplementation((text) => did.push(String(text)) > 0);
	vi.spyOn(process, "getActiveResourcesInfo").mockReturnValue(["PipeWrap", "Timeout"]);
	vi.spyOn(process, "exit").mockImplementation((code): never => {
		did.push(`exit ${code}`);
		// As the real one, it does not return.
		throw new Error("ended");
	});
});

afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});

const emit = (name: string) => listeners.get(name)?.();

/** The time goes on; an end of the process counts as one. */
function wait(ms: number): void {
	try {
		vi.advanceTimersByTime(ms);
	} catch (error) {
		if (!(error instanceof Error && error.message === "ended")) throw error;
	}
}

const LATE = "pipeline-hooks: cancelled, but not finished 6500 ms later: ended without a complete report\n";
const LEFT = "pipeline-hooks: cancelled; something still hung and was abandoned\n";

describe("a signal", () => {
	it.each(["SIGINT", "SIGTERM", "SIGHUP"])("%s cancels, and work that never ends is left 6.5 s later", (name) => {
		const { signal } = guardProcess(tell);
		expect(signal.aborted).toBe(false);
		emit(name);
		expect(signal.aborted).toBe(true);
		wait(6499);
		expect(did).toEqual([]);
		wait(1);
		expect(did).toEqual([LATE, "exit 1"]);
	});

	it("leaves work that is done and reported a second for the rest", () => {
		const { done } = guardProcess(tell);
		emit("SIGINT");
		wait(3000);
		done();
		wait(999);
		expect(did).toEqual([]);
		wait(1);
		expect(did).toEqual([LEFT, "exit 1"]);
	});

	it("that comes after the work ends what is left of it, too", () => {
		const { done } = guardProcess(tell);
		done();
		wait(60_000);
		expect(did).toEqual([]);
		emit("SIGTERM");
		wait(1000);
		expect(did).toEqual([LEFT, "exit 1"]);
	});

	it("counts from the first: a later one puts nothing off", () => {
		guardProcess(tell);
		emit("SIGINT");
		wait(6000);
		emit("SIGTERM");
		wait(500);
		expect(did).toEqual([LATE, "exit 1"]);
	});

	it.each(["GetAddrInfoReqWrap", "FSReqCallback"])("does not exit while %s holds a thread up: it kills", (resource) => {
		vi.spyOn(process, "getActiveResourcesInfo").mockReturnValue(["PipeWrap", resource]);
		vi.spyOn(process, "kill").mockImplementation((pid, signal) => {
			did.push(`${pid} ${signal}`);
			return true;
		});
		guardProcess(tell);
		emit("SIGINT");
		wait(6500);
		expect(did.slice(0, 2)).toEqual([LATE, `${process.pid} SIGKILL`]);
	});
});

describe("the group of a command in flight", () => {
	let child: ChildProcess;
	let group: Group;

	beforeEach(async () => {
		child = spawn("sh", ["-c", "trap '' TERM; echo begun; sleep 30 & wait"], {
			detached: true,
			stdio: ["ignore", "pipe", "ignore"],
		});
		group = posixGroup(child.pid);
		if (child.stdout !== null) await once(child.stdout, "data");
	});

	afterEach(async () => {
		vi.useRealTimers();
		group.end("SIGKILL");
		await endGroup(group);
	});

	it("is killed at a later signal, but not at one that is the first once more", async () => {
		guardProcess(tell);
		emit("SIGINT");
		wait(499);
		emit("SIGINT");
		expect(group.alive()).toBe(true);
		wait(1);
		emit("SIGINT");
		expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
	});

	it("is killed when the process ends, for whatever reason", async () => {
		guardProcess(tell);
		emit("exit");
		expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
	});
});

it("a group that has ended is left alone, although its number may belong to another by then", async () => {
	guardProcess(tell);
	let isRunning = true;
	const end = vi.fn();
	const group = windowsTree(() => isRunning, end);
	isRunning = false;
	await endGroup(group);
	isRunning = true;
	emit("exit");
	expect(end).not.toHaveBeenCalled();
});

it("bounds the look-ups of this process, and gives the environment as it was", () => {
	const environment: Record<string, string | undefined> = { PATH: "/bin" };
	expect(limitDnsThreads(environment)).toEqual({ PATH: "/bin" });
	expect(environment).toEqual({ PATH: "/bin", UV_THREADPOOL_SIZE: "16", RES_OPTIONS: "timeout:2 attempts:2" });
});

it("leaves alone what somebody has set", () => {
	const environment = { UV_THREADPOOL_SIZE: "4", RES_OPTIONS: "" };
	expect(limitDnsThreads(environment)).toEqual(environment);
});
