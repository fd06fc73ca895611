// Signals: the first one cancels the run, and whatever still hangs then, the process is gone in time.
import { setMaxListeners } from "node:events";
import { UserError } from "../model/problem.ts";
import { killGroups } from "../shell/process-group.ts";
import type { Tell } from "./ending.ts";

/**
 * GitHub's runner cancels a step with SIGINT, 7.5 s later with SIGTERM, and kills it 2.5 s after that:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation. A terminal that is closed
 * sends SIGHUP, which would leave the groups of hooks behind, since they have no terminal.
 */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Milliseconds after the first signal at which the process ends at the latest. */
const LAST_RESORT_MS = 6500;

/** Milliseconds after it at which what has ended until then is reported, so that the report is there before. */
const LATE_MS = 6000;
const LATE = `cancelled, but not done ${LATE_MS} ms later`;

/** Milliseconds that what is left after the report has to end: a look-up of a name, a log that nobody reads. */
const LEFTOVERS_MS = 1000;

/** Milliseconds in which signals are the same one: a terminal sends SIGINT to all it runs, and npm hands its own on. */
const REPEAT_MS = 500;

/** What the work of a process gets to know of signals. */
export interface Cancellation {
	/** Aborts at the first signal. */
	readonly signal: AbortSignal;
	/** The work is done and reported, and `process.exitCode` set: the process ends, whatever is still open or hangs. */
	readonly done: () => void;
}

/**
 * From now on signals cancel, and no end of this process, not even a crash, leaves the groups of hooks behind. A run
 * that is not done in time is handed to `tell`, and left soon after.
 */
export function handleSignals(tell?: Tell): Cancellation {
	const controller = new AbortController();
	const { signal } = controller;
	// Each request in flight listens, and Node 20 would warn of a leak from the eleventh on.
	setMaxListeners(0, signal);
	let isDone = false;
	let isRepeat = true;
	const leaveSoon = () => {
		setTimeout(leave, LEFTOVERS_MS, "pipeline-hooks: cancelled; something of it still hung and was left").unref();
	};
	const onSignal = () => {
		if (signal.aborted) {
			// Someone is in a hurry: commands lose their time to clean up, the report does not.
			if (!isRepeat) killGroups();
			return;
		}
		const why = `pipeline-hooks: cancelled, but not done ${LAST_RESORT_MS} ms later: ended without a whole report`;
		setTimeout(() => {
			tell?.(new UserError({ code: "cancelled", message: LATE, remedy: "" })).catch(() => {});
		}, LATE_MS).unref();
		setTimeout(leave, LAST_RESORT_MS, why).unref();
		setTimeout(() => {
			isRepeat = false;
		}, REPEAT_MS).unref();
		controller.abort();
		if (isDone) leaveSoon();
	};
	for (const name of SIGNALS) process.on(name, onSignal);
	process.on("exit", killGroups);
	return {
		signal,
		done: () => {
			isDone = true;
			if (signal.aborted) leaveSoon();
			else if (!isInThread()) exitOnceWritten();
		},
	};
}

/** Connections that are closing are not waited for, which over TLS takes milliseconds. */
function exitOnceWritten(): void {
	// A turn later, because what could not be written is told by then.
	process.stdout.write("", () => process.stderr.write("", () => setImmediate(() => process.exit())));
}

function leave(why: string): void {
	process.stderr.write(`${why}\n`);
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
