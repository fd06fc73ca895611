// The exit code of a command that has fired something.
import type { Report } from "../report/report.ts";
import { EXIT, type ExitCode, type Terminal } from "./command.ts";

/** A script must not go on after Ctrl-C as if everything had run, and a broken line is a mistake in what was given. */
export function exitCodeOf({ result, stopped }: Report, { signal }: Terminal): ExitCode {
	if (result === "aborted" || signal.aborted) return EXIT.aborted;
	return stopped === undefined ? EXIT.ok : EXIT.usage;
}
