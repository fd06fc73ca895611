// `status`: how each hook fares, by the deliveries that are on record.

import { mutedReason } from "../deliver/unsent.ts";
import { duration, excerpt } from "../lib/text.ts";
import type { Hook } from "../model/hook.ts";
import type { DisabledHook, StoredRecord } from "../model/records.ts";
import { belongsTo } from "../model/scope.ts";
import type { HookStatus } from "../records/bundle.ts";
import type { RunContext } from "../run/prepare.ts";
import type { Mask } from "../secrets/mask.ts";
import { type Call, defineCommand, EXIT } from "./command.ts";
import { CONFIG, STORE } from "./fire.ts";
import { hookNamed, isOnRecord } from "./recorded-hook.ts";
import { fromNow } from "./spans.ts";
import { type CommandStore, findStore, type StoreFlags } from "./store.ts";
import { fittingRows, notedTableLines } from "./table.ts";

interface StatusFlags extends StoreFlags {
	readonly check?: boolean;
}

export const registerStatus = defineCommand<StatusFlags>(
	(program) =>
		program
			.command("status")
			.summary("show how each hook fares")
			.description(
				"Shows a line for each hook whose deliveries are put on record: its status, how many were delivered, how long " +
					"attempts took, its last failure, and its next attempt. A delivery that succeeds clears the failures before it.",
			)
			.argument("[name]", "name of a hook; all without it")
			.option(
				"--check",
				"exit with 1 if a delivery was given up (retryLimitReached) or a receiver has switched its hook off",
			)
			.option(...CONFIG)
			.option(...STORE)
			.option("--json", "write JSON"),
	"status --check",
	async (call) => {
		const { argument: name, json, flags, reporter } = call;
		const { run, use } = await findStore(call);
		const hooks = name === undefined ? run.config.hooks.filter(isOnRecord) : [hookNamed(name, run.config)];
		return use(async (store) => {
			const found = await store.list(name === undefined ? {} : { hook: name });
			const statuses = await faresOf(hooks, found, store);
			const isKnown = ({ record }: StoredRecord) =>
				belongsTo(record.scope, store.scope) && hooks.some((hook) => hook.name === record.hook);
			const others = found.filter((one) => !isKnown(one)).length;
			if (json) {
				const { keepsAll } = store.records;
				const rows = statuses.map(documentOf);
				reporter.printJson({ config: run.config.file, keeps_all: keepsAll, hooks: rows, other_deliveries: others });
			} else {
				const lines = linesOf(statuses, { run, keepsAll: store.records.keepsAll, others, call });
				for (const line of lines) reporter.print(line);
			}
			const isBad = statuses.some(({ status, off }) => status.status === "retryLimitReached" || off !== undefined);
			return flags.check === true && isBad ? EXIT.aborted : EXIT.ok;
		});
	},
);

/** A hook with its status, and why its receiver has switched it off. */
interface NamedStatus {
	readonly hook: Hook;
	readonly status: HookStatus;
	readonly off: DisabledHook | undefined;
}

/** How one hook fares. Throws `UserError` where the store cannot be read. */
export async function statusOf(hook: Hook, store: CommandStore): Promise<HookStatus | undefined> {
	const [only] = await faresOf([hook], await store.list({ hook: hook.name }), store);
	return only?.status;
}

async function faresOf(
	hooks: readonly Hook[],
	found: readonly StoredRecord[],
	{ scope, bundle, records, switchedOff: readOff }: CommandStore,
): Promise<readonly NamedStatus[]> {
	const ours = found.flatMap(({ record }) => (belongsTo(record.scope, scope) ? [record] : []));
	const switchedOff = await readOff();
	return hooks.map((hook) => {
		const off = switchedOff.find((each) => each.hook === hook.name);
		const own = ours.filter((record) => record.hook === hook.name);
		const facts = { isDisabled: !hook.enabled || off !== undefined, keepsAll: records.keepsAll };
		return { hook, off, status: bundle.hookStatus(own, facts) };
	});
}

/** The failure and the next attempt have OpenMetadata's names and milliseconds since 1970, as there. */
function documentOf({ hook, status, off }: NamedStatus) {
	return {
		hook: hook.name,
		status: status.status,
		disabled_reason: off?.reason,
		deliveries: status.deliveries,
		waiting: status.waiting,
		success_rate: status.successRate,
		p50_ms: status.p50Ms,
		p95_ms: status.p95Ms,
		lastFailedAt: status.lastFailedAt,
		lastFailedStatusCode: status.lastFailedStatusCode,
		lastFailedReason: status.lastFailedReason,
		nextAttempt: status.nextAttempt,
	};
}

/** What is shown besides the statuses. */
interface Shown {
	readonly run: RunContext;
	readonly keepsAll: boolean;
	/** How many deliveries are on record besides. */
	readonly others: number;
	readonly call: Call<StatusFlags>;
}

function linesOf(statuses: readonly NamedStatus[], { run, keepsAll, others, call }: Shown): readonly string[] {
	const {
		terminal: { columns },
		reporter: { redact },
	} = call;
	if (statuses.length === 0) return ["no hook is put on record: the config has no webhook other than gates"];
	const now = Date.now();
	const head = ["HOOK", "STATUS", "DELIVERIES", ...(keepsAll ? ["SUCCESS", "P50", "P95"] : [])];
	const rows = fittingRows(head, columns, (limit) =>
		statuses.map(({ hook, status }) => [
			excerpt(redact(hook.name), limit),
			status.status,
			String(status.deliveries),
			...(keepsAll ? [rateText(status.successRate), timeText(status.p50Ms), timeText(status.p95Ms)] : []),
		]),
	);
	const texts = statuses.map((one) => noteOf(one, mutedReason(one, run.facts), now, redact));
	const total = statuses.reduce((sum, { status }) => sum + status.deliveries, 0);
	return [
		...notedTableLines(head, rows, { head: "LAST FAILURE", texts }, columns),
		...(total === 0 && others === 0 ? ["nothing is stored"] : []),
		...(others === 0 ? [] : [`${others} more on record, of hooks that are not in this config`]),
		...(keepsAll ? [] : ["success rates and times are not known: this store keeps only what failed for now"]),
	];
}

function noteOf({ status, off }: NamedStatus, muted: string | undefined, now: number, mask: Mask): string {
	const { lastFailedAt, lastFailedReason = "", nextAttempt } = status;
	const reason = excerpt(mask(lastFailedReason), 600);
	return [
		muted,
		off && `switched off by its receiver: ${excerpt(mask(off.reason), 300)}`,
		lastFailedAt === undefined ? undefined : `${fromNow(lastFailedAt, now)}: ${reason}`,
		nextAttempt === undefined
			? undefined
			: nextAttempt <= now
				? "due now"
				: `next attempt ${fromNow(nextAttempt, now)}`,
	]
		.filter((text) => text !== undefined)
		.join("; ");
}

/** Rounded down, so that 100 % means all. */
function rateText(rate: number | undefined): string {
	return rate === undefined ? "–" : `${Math.floor(rate * 1000) / 10} %`;
}

function timeText(ms: number | undefined): string {
	return ms === undefined ? "–" : duration(ms);
}
