// A worker: round after round it sends what is due, until it is told to stop.
import { UserError } from "../model/problem.ts";
import type { Log, Ports } from "../ports.ts";
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
	const { log, next } = unrepeated(ports.log);
	let context = await prepare(inputs, ports, observer);
	let isFirst = true;
	try {
		while (!stopping.aborted) {
			const waiting = wake();
			if (takeReload()) context = await reloaded(context);
			await unlessUsers(async () =>
				onRound(await carryOut(inputs, context, { ...ports, log }, { ...observer, stopping })),
			);
			next();
			isFirst = false;
			await ports.clock.sleep(intervalMs, AbortSignal.any([stopping, waiting]));
		}
	} finally {
		ports.http.close();
	}

	async function reloaded(before: RunContext): Promise<RunContext> {
		const after = await unlessUsers(() => prepare(inputs, ports, observer));
		const what = after === undefined ? "the config stays as it was" : "the config was read again";
		ports.log.info(`${what}: ${(after ?? before).config.file}`);
		return after ?? before;
	}

	async function unlessUsers<T>(step: () => Promise<T>): Promise<T | undefined> {
		try {
			return await step();
		} catch (thrown) {
			// What is wrong from the start, such as a missing store, no later round mends.
			if (!(thrown instanceof UserError) || isFirst) throw thrown;
			onProblem(thrown);
			return undefined;
		}
	}
}

/** A log that says nothing that the round before has said too: what waits for a person waits in every round. */
function unrepeated(log: Log) {
	let [before, now] = [new Set<string>(), new Set<string>()];
	const info = (line: string) => {
		now.add(line);
		if (!before.has(line)) log.info(line);
	};
	const next = () => {
		[before, now] = [now, new Set()];
	};
	return { log: { ...log, info }, next };
}
