// `fire`, `test` and `render`: one event through its hooks, with the action's inputs as flags.
import type { Command } from "commander";
import { nodeFiles } from "../entry/node.ts";
import type { Env } from "../lib/env.ts";
import { excerpt } from "../lib/text.ts";
import type { Hook } from "../model/hook.ts";
import { unlessCancelled } from "../model/problem.ts";
import { textsOption } from "../presets/options.ts";
import { type InputReader, type Inputs, readInputs } from "../run/inputs.ts";
import type { Observer } from "../run/prepare.ts";
import { collect, type ExitCode, type Register, runHooks, type Terminal } from "./command.ts";
import { readContextFlag, readMetadataFlags } from "./flags.ts";

interface Flags {
	readonly config?: string;
	readonly runId?: string;
	readonly pipeline?: string;
	readonly model?: string;
	readonly table?: string;
	readonly error?: string;
	readonly durationMs?: string;
	readonly metadata?: readonly string[];
	readonly context?: string;
	readonly eventsFile?: string;
	readonly matrix?: string;
	readonly dryRun?: boolean;
	readonly allowUntrustedShell?: boolean;
	/** Of `test` and `render`. */
	readonly hook?: string;
	/** Of `test`. */
	readonly yes?: boolean;
	readonly json?: boolean;
}

/** Runs the hooks of an event. */
export const registerFire: Register = (program, terminal, done) => {
	withInputs(program.command("fire"), "[event]")
		.summary("run the hooks of an event")
		.description("Runs the hooks that the config attaches to an event: gates first, then the rest side by side.")
		.option("--events-file <file>", "fire the events of a file, one JSON object a line; - reads stdin")
		.option("--dry-run", "show the exact messages without sending them")
		.option(...UNTRUSTED_SHELL)
		.addHelpText("after", example("fire pipeline_error --error 'connection lost' --metadata tables=20"))
		.action(async (event: string | undefined, flags: Flags) => done(await run(event ?? "", flags, terminal)));
};

/** Runs the hooks of an event with a made-up context. */
export const registerTest: Register = (program, terminal, done) => {
	withInputs(program.command("test"))
		.summary("run the hooks of an event with a made-up context")
		.description(
			"Runs the hooks of an event for real, with a made-up context marked by metadata.test = true. " +
				"Flags replace what is made up. Where that pages or mentions people, it says so, and on a terminal it asks before.",
		)
		.option(...ONE_HOOK)
		.option("--yes", "do not ask before people are paged or mentioned")
		.option("--dry-run", "show the exact messages without sending them")
		.option(...UNTRUSTED_SHELL)
		.addHelpText("after", example("test pipeline_error"))
		.action(async (event: string, flags: Flags) =>
			done(await run(event, flags, terminal, { synthetic: true }, confirming(flags, terminal))),
		);
};

/** Shows what an event would send. */
export const registerRender: Register = (program, terminal, done) => {
	withInputs(program.command("render"))
		.summary("show the exact messages of an event without sending them")
		.description(
			"Shows the exact messages that an event would send, secrets blanked. Nothing is run or sent. What the flags " +
				"leave open is made up, as `test` does; `fire --dry-run` makes nothing up.",
		)
		.option(...ONE_HOOK)
		.addHelpText("after", example("render pipeline_complete --duration-ms 45200"))
		.action(async (event: string, flags: Flags) =>
			done(await run(event, { ...flags, dryRun: true }, terminal, { synthetic: true, placeholders: true })),
		);
};

const ONE_HOOK = ["--hook <name>", "this hook alone, whatever its events and its filter, also a disabled one"] as const;

const UNTRUSTED_SHELL = [
	"--allow-untrusted-shell",
	"run shell hooks also on GitHub's events that a stranger can trigger",
] as const;

function withInputs(command: Command, argument = "<event>"): Command {
	return command
		.argument(argument, "name of the event, as `pipeline-hooks events` lists them")
		.option("--config <file>", "config file; default: .github/pipeline-hooks.toml, pipeline-hooks.toml or rocky.toml")
		.option("--run-id <id>", "id of the run")
		.option("--pipeline <name>", "name of the pipeline")
		.option("--model <name>", "model the event is about")
		.option("--table <name>", "table the event is about")
		.option("--error <text>", "what went wrong")
		.option("--duration-ms <number>", "how long it took, in milliseconds")
		.option("--metadata <key=value>", "a value of your own, or a JSON object of them; repeatable", collect)
		.option("--context <json>", "any other context key, as a JSON object; @FILE reads a file, - reads stdin")
		.option("--matrix <json>", "values of the job's matrix, as a JSON object")
		.option("--json", "write the results to stdout as JSON, everything else to stderr");
}

function example(command: string): string {
	return `\nExample:\n  $ pipeline-hooks ${command}\n`;
}

function run(
	event: string,
	flags: Flags,
	terminal: Terminal,
	more: Partial<Inputs> = {},
	confirm?: Observer["confirm"],
): Promise<ExitCode> {
	return runHooks(
		flags.json,
		terminal,
		async () => {
			const context = await unlessCancelled(readContextFlag(flags.context, terminal, nodeFiles), terminal.signal);
			return { ...readInputs(reader(event, flags, context, terminal.env)), hook: flags.hook, ...more };
		},
		confirm,
	);
}

/** Says what a test would do to people, and asks where there is somebody to be asked. */
function confirming({ yes, dryRun }: Flags, terminal: Terminal): Observer["confirm"] {
	if (dryRun === true) return undefined;
	return async (hooks) => {
		const effects = hooks.flatMap(effectsOn);
		if (effects.length === 0) return true;
		terminal.err(`this test reaches people: ${effects.join("; ")}`);
		return yes === true || terminal.ask === undefined || terminal.ask("send it?");
	};
}

/** Whom a hook pages or mentions, as phrases. */
function effectsOn(hook: Hook): readonly string[] {
	if (hook.kind === "shell") return [];
	const { name, preset, options } = hook;
	const mentioned = preset.options["mention"] === undefined ? [] : textsOption(options, "mention");
	return [
		...(preset.pages === true ? [`${name} pages by ${preset.title}`] : []),
		...(mentioned.length === 0 ? [] : [`${name} mentions ${excerpt(mentioned.join(", "), 100)}`]),
	];
}

/** The flags under the names of the action's inputs; the token is where GitHub's own tools look for it. */
function reader(event: string, flags: Flags, context: string, env: Env): InputReader {
	const values: Readonly<Record<string, string | undefined>> = {
		event,
		config: flags.config,
		"run-id": flags.runId,
		pipeline: flags.pipeline,
		model: flags.model,
		table: flags.table,
		error: flags.error,
		"duration-ms": flags.durationMs,
		metadata: readMetadataFlags(flags.metadata ?? []),
		context,
		"events-file": flags.eventsFile,
		matrix: flags.matrix,
		"dry-run": flags.dryRun === true ? "true" : "",
		"allow-untrusted-shell": flags.allowUntrustedShell === true ? "true" : "",
		"github-token": env["GITHUB_TOKEN"],
	};
	return (name) => values[name] ?? "";
}
