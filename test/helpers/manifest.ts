// The manifests of our two actions, read by GitHub's own parser.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { NoOperationTraceWriter } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { type ActionInputDefinition, convertActionTemplate } from "@actions/workflow-parser/actions/action-template";
import { ROOT } from "./pages.ts";

export interface Manifest {
	readonly inputs: readonly ActionInputDefinition[];
	/** The files that the runner calls; absolute. */
	readonly main: string;
	readonly post: string | undefined;
}

/** Reads `action.yml` or `lifecycle/action.yml`. */
export function readManifest(path: string): Manifest {
	const content = readFileSync(join(ROOT, path), "utf8");
	const { context, value } = parseAction({ name: path, content }, new NoOperationTraceWriter());
	if (value === undefined) throw new Error(`${path}: ${context.errors.getErrors().map(String).join("; ")}`);
	const { inputs = [], runs } = convertActionTemplate(context, value);
	if (runs.using !== "node24") throw new Error(`${path} does not run on Node 24`);
	const file = (name: string) => join(ROOT, dirname(path), name);
	return { inputs, main: file(runs.main), post: runs.post === undefined ? undefined : file(runs.post) };
}
