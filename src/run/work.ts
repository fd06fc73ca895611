// A worker: round after round it sends what is due, and takes what a relay brings, until it is told to stop.
import { Bell } from "../lib/bell.ts";
import { UserError } from "../model/problem.ts";
import type { Taken } from "../model/relay.ts";
import type { Log, Ports } from "../ports.ts";
import { Pauses } from "../records/pauses.ts";
import type { Report } from "../report/report.ts";
import type { Inputs } from "./inputs.ts";
import { type IntakeObserver, openIntake } from "./intake.ts";
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
	/** Rung when a round is to begin at once. */
	readonly bell: Bell;
	readonly onRound: (report: Report) => void;
	/** A round that could not begin, or a config that cannot be used: the one before stays. */
	readonly onProblem: (error: UserError) => void;
	readonly onTaken: (taken: Taken) => void;
	/** Why nothing can be taken from the relay; undefined once something could be. */
	readonly onRelayProblem: IntakeObserver["onProblem"];
}

/** Milliseconds between a round and the next one that was called for meanwhile. */
const PAUSE_MS = 250;

/** A config, and what is taken from its relay. */
interface Duty {
	readonly context: RunContext;
	readonly end: () => Promise<void>;
}

/** Works until it is told to stop. Throws `UserError` where the config cannot be used from the start. */
export async function work(inputs: Inputs, ports: Ports, observer: Observer, options: WorkOptions): Promise<void> {
	const { intervalMs, stopping, takeReload, bell, onRound, onProblem, onTaken, onRelayProblem } = options;
	const { log, next } = unrepeated(ports.log);
	let isFirst = true;
	const arrivals = new Bell();
	const pauses = new Pauses();
	arrivals.onRing(() => bell.ring());
	let duty = await begin();
	try {
		while (!stopping.aborted) {
			const { rung } = bell;
			if (takeReload()) duty = await reloaded(duty);
			const { context } = duty;
			await unlessUsers(async () =>
				onRound(await carryOut(inputs, context, { ...ports, log }, { ...observer, stopping, arrivals, pauses })),
			);
			next();
			isFirst = false;
			if (bell.rung === rung) await sleepUntilRung();
			// Each event that arrives would begin a round of its own, and each round reads all that waits.
			else await ports.clock.sleep(PAUSE_MS, stopping);
		}
	} finally {
		await duty.end();
		ports.http.close();
	}

	async function begin(): Promise<Duty> {
		const context = await prepare(inputs, ports, observer);
		const intake = await openIntake(inputs, context, ports);
		const ending = new AbortController();
		const taking = intake?.({
			signal: AbortSignal.any([stopping, ending.signal]),
			onTaken: (taken) => {
				onTaken(taken);
				if (taken.stored > 0) arrivals.ring();
			},
			onOutcome: observer.onOutcome,
			onProblem: onRelayProblem,
		});
		const end = async () => {
			ending.abort();
			await taking;
		};
		return { context, end };
	}

	async function reloaded(before: Duty): Promise<Duty> {
		const after = await unlessUsers(begin);
		const what = after === undefined ? "the config stays as it was" : "the config was read again";
		ports.log.info(`${what}: ${(after ?? before).context.config.file}`);
		if (after === undefined) return before;
		await before.end();
		// What was wrong was so with the relay before.
		onRelayProblem(undefined);
		return after;
	}

	async function sleepUntilRung(): Promise<void> {
		const ringing = new AbortController();
		const forget = bell.onRing(() => ringing.abort());
		await ports.clock.sleep(intervalMs, AbortSignal.any([stopping, ringing.signal]));
		forget();
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
