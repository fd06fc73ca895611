// `redeliver`: sends what is stored and due, or what a person asks for.
import { nodePorts } from "../entry/node.ts";
import { compact } from "../lib/json.ts";
import { UserError } from "../model/problem.ts";
import type { Wanted } from "../model/records.ts";
import { redeliverInputs } from "../run/redeliver.ts";
import { fire } from "../run/run.ts";
import { type Call, collect, defineCommand, EXIT } from "./command.ts";
import { CONFIG, inputName, JSON_RESULTS, STORE, UNTRUSTED_SHELL } from "./fire.ts";
import { showPlan } from "./redeliver-plan.ts";
import { findOne, findStore, type StoreFlags } from "./store.ts";

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
			.option("--hook <name>", "only the messages of this hook, and what must arrive before them")
			.option("--id <id>", "this message, whatever became of it, also a delivered one; how its id begins is enough")
			.option("--since <time>", "all that failed since then, such as 2h or 2026-04-02T14:30:00Z")
			.option("--until <time>", "all that failed before then")
			.option("--results <file>", "store first what a run has left in its results file; repeatable", collect)
			.option("--dry-run", "show what would be sent, what would end and what is kept, and change nothing")
			.option(...CONFIG)
			.option(...STORE)
			.option(...JSON_RESULTS)
			.option(...UNTRUSTED_SHELL),
	"redeliver --since 2h",
	async (call) => {
		const { flags, terminal, reporter, onBegin } = call;
		const { env, cwd, signal } = terminal;
		const values = new Map([
			["github-token", env["GITHUB_TOKEN"] ?? ""],
			...Object.entries(flags).map(([name, value]) => [inputName(name), [value].flat().join("\n")] as const),
		]);
		const read = redeliverInputs((name) => values.get(name) ?? "", Date.now());
		const place = compact<StoreFlags>({ config: values.get("config"), store: values.get("store") });
		const looking = { ...call, flags: place };
		const redeliver = await withWholeId(read.redeliver ?? {}, looking);
		if (values.get("dry-run") === "true") {
			await showPlan(looking, planned(redeliver));
			return EXIT.ok;
		}
		const inputs = { ...read, redeliver };
		try {
			return await fire(inputs, nodePorts(env, reporter.log), {
				cwd,
				signal,
				onBegin,
				onOutcome: reporter.outcome,
				onPreview: reporter.preview,
				onProgress: terminal.progress && ((done, total) => terminal.progress?.(`${done} of ${total}`)),
			});
		} finally {
			terminal.progress?.("");
		}
	},
);

/** With the id of the one delivery that begins so; of results files no id is known yet. Throws `UserError` for none. */
async function withWholeId(wanted: Wanted, call: Call<StoreFlags>): Promise<Wanted> {
	const { id } = wanted;
	if (id === undefined || hasResults(wanted)) return wanted;
	const { use } = await findStore(call);
	return { ...wanted, id: (await use((store) => findOne(id, store, call.flags))).record.id };
}

function hasResults({ results = [] }: Wanted): boolean {
	return results.length > 0;
}

/** What would be sent. Throws `UserError` where it depends on what is stored before. */
function planned(wanted: Wanted): Wanted {
	if (!hasResults(wanted)) return wanted;
	const message = "dry-run: cannot show what is sent of results files, which are stored first";
	throw new UserError({ code: "usage", message, remedy: "leave out --results, or --dry-run" });
}
