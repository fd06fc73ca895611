// `fire`, `test` and `flush`: the hooks of an event, with the action's inputs as flags.
import type { Command } from "commander";
import { nodePorts } from "../entry/node.ts";
import { excerpt } from "../lib/text.ts";
import type { PipelineEvent } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";
import { alerting } from "../presets/alerts.ts";
import { textsOption } from "../presets/options.ts";
import type { Report } from "../report/report.ts";
import { type Inputs, readInputs } from "../run/inputs.ts";
import type { Observer } from "../run/prepare.ts";
import { fire } from "../run/run.ts";
import { type Call, collect, defineCommand, type Register, type Terminal } from "./command.ts";
import { readBytes, readMetadataFlags } from "./flags.ts";

/** The flags that need more than their name to become an input; every other flag is an input of the same name. */
export interface FireFlags {
	readonly metadata?: readonly string[];
	readonly context?: string;
	readonly hook?: string;
	readonly dryRun?: boolean;
	readonly yes?: boolean;
	readonly flush?: boolean;
}

export const registerFire = defineCommand<FireFlags>(
	(program) =>
		withInputs(program.command("fire"), "[event]")
			.summary("run the hooks of an event")
			.description("Runs the hooks that select an event: gates first, one at a time, then the others side by side.")
			.option("--events-file <file>", "fire the events of a file, one JSON object per line; - reads stdin")
			.option(...DRY_RUN)
			.option(...UNTRUSTED_SHELL),
	"fire pipeline_error --error 'connection lost' --metadata tables=20",
	(call) => fireEvent(call),
);

export const registerTest: Register = defineCommand<FireFlags>(
	(program) =>
		withInputs(program.command("test"))
			.summary("run the hooks of an event with a made-up context")
			.description(
				"Runs the hooks of an event for real, with a made-up context marked with metadata.test = true. Flags replace " +
					"made-up values. If that would page or mention people, it says so and, on a terminal, asks first.",
			)
			.option(...ONE_HOOK)
			.option("--yes", "do not ask before people are paged or mentioned")
			.option(...DRY_RUN)
			.option(...UNTRUSTED_SHELL),
	"test pipeline_error",
	(call) => fireEvent(call, { examples: "marked" }, { confirm: confirming(call) }),
);

export const registerFlush = defineCommand<FireFlags>(
	(program) =>
		program
			.command("flush")
			.summary("send the events that are held for batches")
			.description(
				"Sends the events that are held for hooks with a batch_size, without waiting for more, and the batches that have " +
					"failed, again. In CI these are the events of earlier steps of the job; elsewhere, those fired in this folder.",
			)
			.option(...CONFIG)
			.option(...JSON_RESULTS)
			.option(...UNTRUSTED_SHELL),
	"flush",
	(call) => fireEvent({ ...call, flags: { ...call.flags, flush: true } }),
);

export const CONFIG = [
	"--config <file>",
	"config file; default: .github/pipeline-hooks.toml, pipeline-hooks.toml or rocky.toml",
] as const;
export const JSON_RESULTS = ["--json", "write the results to stdout as JSON, everything else to stderr"] as const;
const DRY_RUN = ["--dry-run", "show the exact messages without sending them"] as const;
export const ONE_HOOK = [
	"--hook <name>",
	"only this hook, whatever its events and its filter, even if it is disabled",
] as const;
export const STORE = [
	"--store <store>",
	"where records are kept: a path, sqlite, git, nats or none; default: [store] of the config",
] as const;
export const UNTRUSTED_SHELL = [
	"--allow-untrusted-shell",
	"also run shell hooks on GitHub events that a stranger can trigger",
] as const;

export function withInputs(command: Command, argument = "<event>"): Command {
	return command
		.argument(argument, "name of the event, as in `pipeline-hooks events`")
		.option(...CONFIG)
		.option("--run-id <id>", "id of the run")
		.option("--pipeline <name>", "name of the pipeline")
		.option("--model <name>", "model the event is about")
		.option("--table <name>", "table the event is about")
		.option("--error <text>", "what went wrong")
		.option("--status <status>", "how it went, as `${{ job.status }}` says it; default: the event's own status")
		.option("--duration-ms <number>", "how long it took, in milliseconds")
		.option("--metadata <key=value>", "a value of your own, or a JSON object of them; repeatable", collect)
		.option("--context <json>", "JSON object with other keys of the context; @FILE reads a file, - reads stdin")
		.option("--matrix <json>", "values of the job's matrix, as a JSON object")
		.option("--job-id <id>", "id of the job's check run, for a link to the job")
		.option(...STORE)
		.option(...JSON_RESULTS);
}

/** Fires what the flags say; `more` are inputs besides them. */
export async function fireEvent(
	call: Call<FireFlags>,
	more: Partial<Inputs> = {},
	observer: Partial<Observer> = {},
): Promise<Report> {
	const { flags, argument = "", terminal, reporter, onBegin } = call;
	const { env, cwd, signal, input } = terminal;
	const values = new Map([
		...Object.entries(flags).map(([name, value]) => [inputName(name), String(value)] as const),
		["event", argument],
		["context", await readContext(flags.context, terminal)],
		["metadata", readMetadataFlags(flags.metadata ?? [])],
		// Where GitHub's own tools look for it.
		["github-token", env["GITHUB_TOKEN"] ?? ""],
	]);
	const inputs = { ...readInputs((name) => values.get(name) ?? ""), hook: flags.hook, ...more };
	return fire(inputs, nodePorts(env, reporter.log), {
		cwd,
		signal,
		stdin: input,
		onBegin,
		onOutcome: reporter.outcome,
		onPreview: reporter.preview,
		...observer,
	});
}

/** The input of a flag: `run-id` of `runId`. */
export function inputName(flag: string): string {
	return flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The text of `--context`: as it is, from `@FILE`, or from stdin (`-`). */
async function readContext(flag: string | undefined, terminal: Terminal): Promise<string> {
	const file = flag === "-" ? "-" : /^@(.*)$/s.exec(flag ?? "")?.[1];
	if (file === undefined) return flag ?? "";
	const unreadable = (message: string) => ({ code: "input", message: `context: ${message}`, remedy: "" }) as const;
	const bytes = await readBytes(file, { what: "the context", limit: CONTEXT_LIMIT_BYTES, unreadable }, terminal);
	return new TextDecoder().decode(bytes);
}

/** More than any event needs. */
const CONTEXT_LIMIT_BYTES = 10 * 1024 * 1024;

/** Says whom a test would page or mention, and asks first on a terminal. */
function confirming({ flags: { yes, dryRun }, terminal }: Call<FireFlags>): Observer["confirm"] {
	if (dryRun === true) return undefined;
	return async (hooks, event) => {
		const effects = hooks.flatMap((hook) => effectsOn(hook, event));
		if (effects.length === 0) return true;
		terminal.err(`this test would reach people: ${effects.join("; ")}`);
		return yes === true || terminal.ask === undefined || terminal.ask("send it?");
	};
}

/** Phrases for the people whom a hook pages or mentions. What ends an alert, or raises none, pages nobody. */
function effectsOn(hook: Hook, event: PipelineEvent): readonly string[] {
	if (hook.kind === "shell") return [];
	const { name, preset, options, bodyTemplate, sendTo, copyFor } = hook;
	const isAlert = alerting([event]).length > 0 && event.context.status !== "success";
	const pages = preset.pages === true && (isAlert || bodyTemplate !== undefined);
	const mentioned =
		preset.options["mention"] === undefined || bodyTemplate !== undefined ? [] : textsOption(options, "mention");
	const isTemplate = mentioned.some((text) => text.includes("{{"));
	const named = isTemplate ? "may mention whom its template names" : `mentions ${excerpt(mentioned.join(", "), 100)}`;
	const whom = mentioned.length === 0 ? undefined : named;
	const others = preset.mention === undefined || copyFor !== undefined ? [] : sendTo;
	return [
		...(pages ? [`${name} pages through ${preset.title}`] : []),
		...(whom === undefined ? [] : [`${name} ${whom}`]),
		...(others.length === 0 ? [] : [`${name} may mention ${others.join(", ")}`]),
		...(copyFor === undefined ? [] : [`${name} goes to the webhook of ${copyFor}`]),
	];
}
