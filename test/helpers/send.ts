// One event fired through the built action or the built command, and what is to be expected of it.
import { expect } from "vitest";
import {
	type ActionGiven,
	type ActionRun,
	type CommandGiven,
	type Ended,
	runAction,
	runCommand,
	workspace,
} from "./runner.ts";

type Files = Parameters<typeof workspace>[0];

/** What a test may give besides the config: files of the workspace, inputs, the environment, a look at the process. */
type Given = Omit<ActionGiven, "inputs" | "workspace"> & {
	/** Of the catalog; pipeline_start if none is given. */
	readonly event?: string;
	readonly inputs?: ActionGiven["inputs"];
	readonly files?: Files;
};

/** A table for pipeline_start whose waits are short; `more` are further keys of it, on lines of their own. */
export function webhook(url: string, more = "", name = "r"): string {
	const waits = more.includes("retry_delay_ms") ? "" : "retry_delay_ms = 1\n";
	return `[[hook.webhooks.pipeline_start]]\nname = "${name}"\nurl = "${url}"\n${waits}${more}\n`;
}

/** Fires an event at a config by the action. `elapsedMs` is the time of the whole process. */
export async function fire(
	config: string | Uint8Array,
	{ event = "pipeline_start", inputs, files, ...more }: Given = {},
): Promise<ActionRun & { readonly elapsedMs: number }> {
	const folder = workspace({ "pipeline-hooks.toml": config, ...files });
	const start = performance.now();
	const run = await runAction({ inputs: { event, ...inputs }, workspace: folder, ...more });
	return { ...run, elapsedMs: performance.now() - start };
}

/** Runs the command in a folder with a config. */
export function cli(
	args: readonly string[],
	config: string | Uint8Array,
	{ files, ...more }: Omit<CommandGiven, "workspace"> & { readonly files?: Files } = {},
): Promise<Ended> {
	return runCommand(args, { workspace: workspace({ "pipeline-hooks.toml": config, ...files }), ...more });
}

/** Fires pipeline_start at one {@link webhook}. */
export function send(url: string, more = "", given: Given = {}): ReturnType<typeof fire> {
	return fire(webhook(url, more), given);
}

/** For `toMatchObject`: the only webhook was delivered, and nobody is told. */
export function delivered(attempts = 1): object {
	return { code: 0, stderr: "", annotations: [], results: { results: [{ status: "delivered", attempts }] } };
}

/** For `toMatchObject`: the only webhook failed with this reason, which is one warning, and the step goes on. */
export function failed(reason: string | RegExp, attempts = 1): object {
	return ended("warning", 0, "the webhook failed: ", reason, attempts);
}

/** For `toMatchObject`: the only webhook is a gate, which stopped the pipeline for this reason. */
export function denied(reason: string | RegExp, attempts = 1): object {
	return ended("error", 1, "the gate stopped the pipeline: ", reason, attempts);
}

function ended(kind: string, code: number, what: string, reason: string | RegExp, attempts: number): object {
	const isText = typeof reason === "string";
	const message = isText ? what + reason : expect.stringContaining(what);
	const error = isText ? reason : expect.stringMatching(reason);
	return {
		code,
		stderr: "",
		annotations: [{ kind, message }],
		results: { results: [{ status: "failed", attempts, error }] },
	};
}

/** For {@link sendEach}: what the results say of a webhook that was delivered. */
export function deliveredRow(attempts = 1): object {
	return { status: "delivered", attempts };
}

/** For {@link sendEach}: what the results say of one that failed. */
export function failedRow(reason: string | RegExp, attempts = 1): object {
	return { status: "failed", attempts, error: typeof reason === "string" ? reason : expect.stringMatching(reason) };
}

/** Fires webhooks in one run of pipeline_start. The results must have this row of each. */
export async function sendEach(
	hooks: readonly (readonly [url: string, more: string, row: object])[],
): ReturnType<typeof fire> {
	const run = await fire(hooks.map(([url, more], n) => webhook(url, more, `h${n}`)).join(""));
	expect(run).toMatchObject({ code: 0, stderr: "" });
	const { results }: { results: readonly { readonly hook: string }[] } = JSON.parse(run.outputs["results"] ?? "");
	const rows = hooks.map((_, n) => results.find(({ hook }) => hook === `h${n}`));
	expect(rows).toMatchObject(hooks.map(([, , row]) => row));
	return run;
}
