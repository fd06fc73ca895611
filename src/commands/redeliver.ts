// `redeliver`: sends what is stored and due, or what a person asks for.
import { nodePorts } from "../entry/node.ts";
import { redeliverInputs } from "../run/redeliver.ts";
import { fire } from "../run/run.ts";
import { collect, defineCommand } from "./command.ts";
import { CONFIG, inputName, JSON_RESULTS, STORE, UNTRUSTED_SHELL } from "./fire.ts";

/** Every flag is an input of the same name. */
type RedeliverFlags = Readonly<Record<string, string | boolean | readonly string[]>>;

export const registerRedeliver = defineCommand<RedeliverFlags>(
	(program) =>
		program
			.command("redeliver")
			.summary("send stored messages that are due")
			.description(
				"Sends the messages of the store that failed for now and are due again. A receiver gets one first, and the others " +
					"once it has answered. What a newer message has made obsolete, or is too old, is not sent.",
			)
			.option("--all", "also what is not due, and what was given up, however old")
			.option("--hook <name>", "only the messages of this hook")
			.option("--id <id>", "this message, whatever became of it, also a delivered one")
			.option("--since <time>", "all that failed since then, such as 2h or 2026-04-02T14:30:00Z")
			.option("--until <time>", "all that failed before then")
			.option("--results <file>", "store first what a run has left in its results file; repeatable", collect)
			.option(...CONFIG)
			.option(...STORE)
			.option(...JSON_RESULTS)
			.option(...UNTRUSTED_SHELL),
	"redeliver --since 2h",
	async ({ flags, terminal, reporter, onBegin }) => {
		const { env, cwd, signal } = terminal;
		const values = new Map([
			["github-token", env["GITHUB_TOKEN"] ?? ""],
			...Object.entries(flags).map(([name, value]) => [inputName(name), [value].flat().join("\n")] as const),
		]);
		const inputs = redeliverInputs((name) => values.get(name) ?? "", Date.now());
		return fire(inputs, nodePorts(env, reporter.log), {
			cwd,
			signal,
			onBegin,
			onOutcome: reporter.outcome,
			onPreview: reporter.preview,
		});
	},
);
