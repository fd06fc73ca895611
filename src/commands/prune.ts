// `prune`: removes old records.
import { count } from "../lib/text.ts";
import { moment } from "../lib/times.ts";
import { readTime } from "../run/times.ts";
import { type Call, defineCommand, EXIT } from "./command.ts";
import { CONFIG, STORE } from "./fire.ts";
import { checkFlags } from "./flags.ts";
import { type CommandStore, findStore, good, type StoreFlags } from "./store.ts";

interface PruneFlags extends StoreFlags {
	readonly olderThan: string;
	readonly all?: boolean;
	readonly unreadable?: boolean;
	readonly dryRun?: boolean;
}

export const registerPrune = defineCommand<PruneFlags>(
	(program) =>
		program
			.command("prune")
			.summary("remove old records from the store")
			.description(
				"Removes the records of deliveries that have ended, and are older than 30 days. What waits to be sent stays, and so " +
					"does what is being sent at this moment.",
			)
			.option("--older-than <time>", "those stored before then, such as 7d or 2026-04-02", "30d")
			.option("--all", "also those that wait: they are never sent")
			.option("--unreadable", "only what cannot be read, whatever its age; a newer version may have written it")
			.option("--dry-run", "say how many there are, and remove nothing")
			.option(...CONFIG)
			.option(...STORE)
			.option("--json", "write JSON"),
	"prune --older-than 7d --dry-run",
	async (call) => {
		const { flags, json, reporter } = call;
		const until = checkFlags((reject) => readTime("older-than", flags.olderThan, Date.now(), reject)) ?? 0;
		const { use } = await findStore(call);
		if (flags.unreadable === true) {
			await use((store) => pruneUnreadable(call, store));
			return EXIT.ok;
		}
		await use(async ({ records, bundle, list }) => {
			const query = { until, ...(flags.all !== true && { states: bundle.ENDED }) };
			const found = (await list(query)).length;
			const removed = flags.dryRun === true ? 0 : good(await bundle.prune(records, query, Date.now));
			if (json) {
				reporter.printJson({ older_than: moment(until), found, removed });
				return;
			}
			const what = flags.all === true ? "record" : "ended record";
			if (flags.dryRun === true) reporter.print(`${count(found, what)} would be removed`);
			else reporter.print(`${count(removed, what)} removed`);
			if (flags.dryRun !== true && found > removed) {
				reporter.print(`${count(found - removed, "other")} not: another process has just claimed or changed them`);
			}
		});
		return EXIT.ok;
	},
);

async function pruneUnreadable({ flags, json, reporter }: Call<PruneFlags>, { records }: CommandStore): Promise<void> {
	const found = good(await records.list({})).invalid;
	const removed = flags.dryRun === true ? 0 : good(await records.removeInvalid());
	if (json) reporter.printJson({ found, removed });
	else if (flags.dryRun === true) reporter.print(`${count(found, "unreadable record")} would be removed`);
	else reporter.print(`${count(removed, "unreadable record")} removed`);
}
