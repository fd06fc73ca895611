// `redeliver`: sends what is stored and due, or what a person asks for.
import { nodePorts } from "../entry/node.ts";
import type { Wanted } from "../model/records.ts";
import { readStore } from "../run/inputs.ts";
import { fire } from "../run/run.ts";
import { defineCommand } from "./command.ts";
import { CONFIG, JSON_RESULTS, STORE, UNTRUSTED_SHELL } from "./fire.ts";
import { checkFlags } from "./flags.ts";
import { readTime } from "./times.ts";

interface RedeliverFlags {
	readonly config?: string;
	readonly store?: string;
	readonly all?: boolean;
	readonly hook?: string;
	readonly id?: string;
	readonly since?: string;
	readonly until?: string;
	readonly allowUntrustedShell?: boolean;
}

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
			.option(...CONFIG)
			.option(...STORE)
			.option(...JSON_RESULTS)
			.option(...UNTRUSTED_SHELL),
	"redeliver --since 2h",
	async ({ flags, terminal, reporter, onBegin }) => {
		const { config, hook, id, all = false, allowUntrustedShell = false } = flags;
		const { env, cwd, signal } = terminal;
		const now = Date.now();
		const { store, since, until } = checkFlags((reject) => ({
			store: readStore(flags.store ?? "", reject),
			since: readTime("since", flags.since, now, reject),
			until: readTime("until", flags.until, now, reject),
		}));
		const redeliver: Wanted = { all, hook, id, since, until };
		const common = { event: "", context: {}, dryRun: false, summary: true, githubToken: env["GITHUB_TOKEN"] ?? "" };
		return fire({ ...common, config, store, redeliver, allowUntrustedShell }, nodePorts(env, reporter.log), {
			cwd,
			signal,
			onBegin,
			onOutcome: reporter.outcome,
			onPreview: reporter.preview,
		});
	},
);
