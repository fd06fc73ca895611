// A worker: round after round it sends what is due, until it is told to stop.
import { UserError } from "../model/problem.ts";
import type { Ports } from "../ports.ts";
import type { Report } from "../report/report.ts";
import type { Inputs } from "./inputs.ts";
import { type Observer, prepare, type RunContext } from "./prepare.ts";
import { carryOut } from "./run.ts";

/** How a worker works. */
export interface WorkOptions {
	/** Milliseconds between the end of a round and the next one. */
	readonly intervalMs: number;
	/** Aborts when nothing new is to be begun. */
	readonly stopping: AbortSignal;
	/** Whether the config is to be read again; asked before each round. */
	readonly takeReload: () => boolean;
	/** Aborts when a round is to begin at once; asked for before each wait. */
	readonly wake: () => AbortSignal;
	readonly onRound: (report: Report) => void;
	/** A round that could not begin, or a config that cannot be used: the one before stays. */
	readonly onProblem: (error: UserError) => void;
}

/** Works until it is told to stop. Throws `UserError` where the config cannot be used from the start. */
export async function work(inputs: Inputs, ports: Ports, observer: Observer, options: WorkOptions): Promise<void> {
	const { intervalMs, stopping, takeReload, wake, onRound, onProblem } = options;
	let context = await prepare(inputs, ports, observer);
	try {
		while (!stopping.aborted) {
			const waiting = wake();
			if (takeReload()) context = await reloaded(context);
			await unlessUsers(async () => onRound(await carryOut(inputs, context, ports, { ...observer, stopping })));
			await ports.clock.sleep(intervalMs, AbortSignal.any([stopping, waiting]));
		}
	} finally {
		ports.http.close();
	}

	async function reloaded(before: RunContext): Promise<RunContext> {
		const after = await unlessUsers(() => prepare(inputs, ports, observer));
		if (after !== undefined) ports.log.info(`the config was read again: ${after.config.file}`);
		return after ?? before;
	}

	async function unlessUsers<T>(step: () => Promise<T>): Promise<T | undefined> {
		try {
			return await step();
		} catch (thrown) {
			if (!(thrown instanceof UserError)) throw thrown;
			onProblem(thrown);
			return undefined;
		}
	}
}
