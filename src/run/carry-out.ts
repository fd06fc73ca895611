// Carries a run out to its end, whatever is thrown on the way.

import type { Env } from "../lib/env.ts";
import { type Problem, UserError } from "../model/problem.ts";
import type { Report } from "../report/report.ts";
import { problemsOf } from "../secrets/thrown.ts";
import type { Watcher } from "./prepare.ts";

/** What carrying out needs to know of a run. */
export interface Walk {
	readonly env: Env;
	/** Whether anything of it was carried out so far. */
	readonly isBegun: () => boolean;
	/** Gives every delivery that has no outcome yet one. */
	readonly abandon: () => void;
	/** The report of this moment; `stopped` is what the run stopped on. */
	readonly report: (stopped?: Problem) => Report;
}

/**
 * Does the steps of a run in turn. One that throws ends the run there, but those after it are still done, since they wait
 * for what was begun; the report then has all that was delivered, and what was thrown. Throws a `UserError` only where
 * nothing was carried out.
 */
export async function carryOut(
	{ env, isBegun, abandon, report }: Walk,
	watcher: Watcher,
	...steps: readonly (() => Promise<void>)[]
): Promise<Report> {
	const stop = (problem: Problem) => {
		try {
			abandon();
		} catch {
			// What has ended is true all the same, and the first error is the one to tell.
		}
		return report(problem);
	};
	watcher.onBegin?.(stop);
	let problem: Problem | undefined;
	for (const step of steps) {
		try {
			await step();
		} catch (thrown) {
			if (thrown instanceof UserError && !isBegun()) throw thrown;
			problem ??= problemsOf(thrown, env)[0];
		}
	}
	return problem === undefined ? report() : stop(problem);
}
