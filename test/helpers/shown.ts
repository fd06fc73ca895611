// Everything of a run that anyone but the runner gets to read.
import { readFileSync } from "node:fs";
import type { ActionRun } from "./runner.ts";

/** Log, annotations, outputs, the results file and the summary as one text; without the commands that tell masks. */
export function shownBy(run: ActionRun): string {
	const file = run.outputs["results-file"];
	const results = file === undefined ? "" : readFileSync(file, "utf8");
	return [run.log, run.stderr, JSON.stringify(run.outputs), results, run.summary].join("\n");
}
