// The one end of a run: whatever is thrown, and whenever, is reported with all that was delivered until then.
import type { Env } from "../lib/env.ts";
import { type Problem, UserError } from "../model/problem.ts";
import type { Report, Reporter } from "../report/report.ts";
import { problemsOf } from "../secrets/thrown.ts";

/** The exit codes of every command: 2 only where nothing was run, because of what the user wrote. */
export const EXIT = { ok: 0, aborted: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Reports what was thrown. */
export type Tell = (thrown: unknown) => Promise<unknown>;

/** What the end of a run needs to know of its process. */
export interface Process {
	readonly env: Env;
	/** Aborts on cancellation. */
	readonly signal: AbortSignal;
	/** From now on errors that nothing catches are reported this way. */
	readonly onCrash: (tell: Tell) => void;
	/** From now on SIGHUP calls this, and cancels nothing. */
	readonly onReload: (reload: () => void) => void;
}

/**
 * Does the work of a run and reports it. An error before the work hands over its `stop` means that nothing was run; a
 * later one is reported with the report that `stop` makes; one after the report is added to it.
 */
export async function runToEnd(
	reporter: Reporter,
	{ env, signal, onCrash }: Process,
	work: (onBegin: (stop: (problem: Problem) => Report) => void) => Promise<Report | ExitCode>,
): Promise<ExitCode> {
	let stop: ((problem: Problem) => Report) | undefined;
	let isTold = false;
	const tell = async (thrown: unknown): Promise<ExitCode> => {
		const problems = problemsOf(thrown, env);
		if (isTold) {
			await reporter.fail(problems[0]);
			return EXIT.aborted;
		}
		isTold = true;
		try {
			if (stop === undefined || isUsage(thrown)) return await reject(thrown, reporter, { env, signal });
			await reporter.finish(stop(problems[0]));
		} catch (again) {
			await reporter.fail(problemsOf(again, env)[0]);
		}
		return EXIT.aborted;
	};
	onCrash(tell);
	try {
		const report = await work((given) => {
			stop = given;
		});
		if (isTold) return EXIT.aborted;
		if (typeof report === "number") return report;
		isTold = true;
		await reporter.finish(report);
		return exitCodeOf(report, signal);
	} catch (thrown) {
		return tell(thrown);
	}
}

/** Reports why nothing was run. */
export async function reject(
	thrown: unknown,
	reporter: Pick<Reporter, "reject">,
	{ env, signal }: Pick<Process, "env" | "signal">,
): Promise<ExitCode> {
	await reporter.reject(problemsOf(thrown, env));
	return isUsage(thrown) && !signal.aborted ? EXIT.usage : EXIT.aborted;
}

/** Whether it is an error of the user, which is found before anything is run. */
function isUsage(thrown: unknown): boolean {
	return thrown instanceof UserError && thrown.problems[0].code !== "cancelled";
}

/** A script must not go on after Ctrl-C as if everything had run. */
function exitCodeOf({ result, stopped, source }: Report, signal: AbortSignal): ExitCode {
	if (result === "aborted" || signal.aborted) return EXIT.aborted;
	if (stopped === undefined) return EXIT.ok;
	const isNothingRun = source.kind === "file" && source.events === 0 && stopped.code !== "internal";
	return isNothingRun ? EXIT.usage : EXIT.aborted;
}
