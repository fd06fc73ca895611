// What both entries do about their process: signals, errors that nothing catches, and slow name servers.
import { setMaxListeners } from "node:events";
import type { Env } from "../lib/env.ts";
import { UserError } from "../model/problem.ts";
import { killGroups } from "../shell/process-group.ts";
import type { Process, Tell } from "./ending.ts";

/**
 * GitHub's runner cancels a step with SIGINT, 7.5 s later with SIGTERM, and kills it 2.5 s after that:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation. A terminal that is closed
 * sends SIGHUP, which would leave the groups of hooks behind, since they have no terminal.
 */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Milliseconds after the first signal at which what has ended until then is reported, and at which the process ends. */
const LATE_MS = 6000;
const LAST_RESORT_MS = 6500;

/** Milliseconds that what is left after the report has to end: a look-up of a name, a log that nobody reads. */
const LEFTOVERS_MS = 1000;

/** Milliseconds in which signals are the same one: a terminal sends SIGINT to all it runs, and npm hands its own on. */
const REPEAT_MS = 500;

/** Milliseconds in which an error that nothing catches must be reported. */
const TELLING_MS = 5000;

interface GuardedProcess extends Pick<Process, "signal" | "onCrash" | "onReload"> {
	/** The work is done and reported, and `process.exitCode` set: the process ends, whatever is still open or hangs. */
	readonly done: () => void;
}

/**
 * From now on a signal cancels, no end of this process leaves the groups of hooks behind, and what ends it early is
 * handed to `tell`, once: a run that is not done in time after a signal, or an error that nothing catches, which Node
 * would print as it is, with the secrets that it may quote.
 */
export function guardProcess(tell: Tell): GuardedProcess {
	const controller = new AbortController();
	const { signal } = controller;
	// Each request in flight listens, and Node 20 would warn of a leak from the eleventh on.
	setMaxListeners(0, signal);
	let isDone = false;
	let isRepeat = true;
	let hasTold = false;
	let current = tell;

	const tellOnce = async (thrown: unknown) => {
		if (hasTold) return;
		hasTold = true;
		await current(thrown);
	};
	const after = (ms: number, work: () => void) => setTimeout(work, ms).unref();
	const leaveSoon = () => after(LEFTOVERS_MS, () => leave("cancelled; something still hung and was abandoned"));
	let reload: (() => void) | undefined;
	const onSignal = (name: string) => {
		if (name === "SIGHUP" && reload !== undefined) return reload();
		if (signal.aborted) {
			// Someone is in a hurry: commands lose their time to clean up, the report does not.
			if (!isRepeat) killGroups();
			return;
		}
		after(REPEAT_MS, () => {
			isRepeat = false;
		});
		after(LATE_MS, () => {
			const message = `cancelled, but not finished ${LATE_MS} ms later`;
			tellOnce(new UserError({ code: "cancelled", message, remedy: "" })).catch(() => {});
		});
		after(LAST_RESORT_MS, () => {
			leave(`cancelled, but not finished ${LAST_RESORT_MS} ms later: ended without a complete report`);
		});
		controller.abort();
		if (isDone) leaveSoon();
	};
	for (const name of SIGNALS) process.on(name, onSignal);
	process.on("exit", killGroups);
	process.on("uncaughtException", (error) => {
		if (hasTold) return;
		process.exitCode = 1;
		const exit = () => process.exit(1);
		setTimeout(exit, TELLING_MS);
		tellOnce(error).then(exit, exit);
	});
	return {
		signal,
		onCrash: (next) => {
			current = next;
		},
		onReload: (next) => {
			reload = next;
		},
		done: () => {
			isDone = true;
			if (signal.aborted) leaveSoon();
			else if (!isInThread()) exitOnceWritten();
		},
	};
}

/** Connections that are closing are not waited for, which over TLS takes milliseconds. */
function exitOnceWritten(): void {
	// A turn later, because errors in writing are reported by then.
	process.stdout.write("", () => process.stderr.write("", () => setImmediate(() => process.exit())));
}

function leave(why: string): void {
	process.stderr.write(`pipeline-hooks: ${why}\n`);
	if (isInThread()) {
		killGroups();
		process.kill(process.pid, "SIGKILL");
	}
	process.exit(1);
}

/** An exit waits for Node's threads; what hangs in one of them, as a look-up of a name may, cannot be stopped. */
function isInThread(): boolean {
	return process.getActiveResourcesInfo().some((name) => /^(GetAddrInfo|GetNameInfo|FSReq)/.test(name));
}

/**
 * Half of these threads look names up, and Node has four: two name servers that do not respond would hold up every other
 * host. They start with the first look-up, and more of them cost nothing that can be measured.
 */
const THREADS = "16";

/** Two tries of 2 s in place of glibc's two of 5 s (resolv.conf(5)); a process cannot end before its look-ups do. */
const RESOLVER = "timeout:2 attempts:2";

/**
 * Limits how long look-ups of names take, which the system does in Node's threads and nothing can cancel. Sets variables
 * that the environment does not have, and returns the environment as it was.
 */
export function limitDnsThreads(environment: Record<string, string | undefined>): Env {
	const before = { ...environment };
	environment["UV_THREADPOOL_SIZE"] ??= THREADS;
	environment["RES_OPTIONS"] ??= RESOLVER;
	return before;
}
