// `redeliver --dry-run`: what would be sent, what would end, and what is kept, and why.
import { MESSAGE_RULES } from "../deliver/message-rules.ts";
import { mutedReason } from "../deliver/unsent.ts";
import { nodePorts } from "../entry/node.ts";
import { count, excerpt } from "../lib/text.ts";
import { moment } from "../lib/times.ts";
import { UserError } from "../model/problem.ts";
import type { DeliveryRecord, StoredRecord, Wanted } from "../model/records.ts";
import type { RedeliveryPlan } from "../records/bundle.ts";
import { refuseUnsendable } from "../run/stored.ts";
import { writeHeld } from "../store/held-event.ts";
import type { Call } from "./command.ts";
import { shortId } from "./delivery-row.ts";
import { span } from "./spans.ts";
import { findStore, type StoreFlags } from "./store.ts";
import { tableLines } from "./table.ts";

/** More than anyone reads. */
const MOST_LISTED = 50;

/** Shows what a redelivery would do now, and changes nothing. Throws `UserError` where the store cannot be read. */
export async function showPlan(call: Call<StoreFlags>, wanted: Wanted): Promise<void> {
	const { json, terminal, reporter } = call;
	const { run, use } = await findStore(call);
	await use(async ({ records, bundle, store, scope }) => {
		const { config, mask } = run;
		refuseUnsendable(wanted, store, config);
		const ports = nodePorts(terminal.env, reporter.log);
		const outbox = new bundle.Outbox({
			records,
			config,
			scope,
			schedule: store.schedule,
			ports,
			mask,
			rules: MESSAGE_RULES,
			write: writeHeld,
		});
		const plan = await bundle.planOf(outbox, wanted, {
			muted: (hook) => mutedReason({ hook }, run.facts),
			unreadable: (problem) =>
				new UserError({ code: "input", message: `the store cannot be used: ${problem}`, remedy: "" }),
		});
		for (const { message } of outbox.warnings) reporter.log.info(message);
		if (json) reporter.printJson(documentOf(plan));
		else for (const line of linesOf(plan, call)) reporter.print(line);
	});
}

/** How many deliveries of a hook are sent, and how many end without. */
function countsOf({ ready, following, expired, obsolete }: RedeliveryPlan) {
	const lists = {
		send: ready.map(({ from }) => from),
		not_due: following.map(({ from }) => from),
		expire: expired,
		superseded: obsolete.map(({ from }) => from),
	};
	const names = new Set(Object.values(lists).flatMap((list) => list.map(({ record }) => record.hook)));
	const number = (list: readonly StoredRecord[], name: string) =>
		list.filter(({ record }) => record.hook === name).length;
	return [...names].toSorted().map((hook) => ({
		hook,
		send: number(lists.send, hook),
		not_due: number(lists.not_due, hook),
		expire: number(lists.expire, hook),
		superseded: number(lists.superseded, hook),
	}));
}

/** Reasons with how many deliveries are kept for each. */
function keptOf({ waiting }: RedeliveryPlan): readonly { readonly why: string; readonly deliveries: number }[] {
	return [...new Set(waiting)].map((why) => ({
		why,
		deliveries: waiting.filter((other) => other === why).length,
	}));
}

function documentOf(plan: RedeliveryPlan) {
	const idOf = ({ record }: StoredRecord) => record.id;
	return {
		dry_run: true,
		hooks: countsOf(plan),
		send: plan.ready.map(({ id }) => id),
		not_due: plan.following.map(({ id }) => id),
		expire: plan.expired.map(idOf),
		superseded: plan.obsolete.map(({ from, by }) => ({ id: idOf(from), by: by.id })),
		later: plan.later.map(({ id }) => id),
		kept: keptOf(plan),
	};
}

function linesOf(plan: RedeliveryPlan, { terminal: { columns }, reporter: { redact } }: Call): readonly string[] {
	const now = Date.now();
	const counts = countsOf(plan);
	const shown = (text: string) => excerpt(redact(text), 300);
	const rows = counts.map(({ hook, ...numbers }) => [shown(hook), ...Object.values(numbers).map(String)]);
	const told = ({ id, hook, names, created }: DeliveryRecord) =>
		`${shortId(id, redact)} (${shown(hook)}, ${shown(names.join(", "))}, ${span(now - created)} old)`;
	const superseded = plan.obsolete.map(({ from, by }) => `${told(from.record)} by ${told(by)}`);
	const kept = keptOf(plan).map(({ why, deliveries }) => `${deliveries} for ${shown(why)}`);
	return [
		...(counts.length === 0
			? ["nothing would be sent"]
			: tableLines(["HOOK", "SEND", "NOT DUE", "EXPIRE", "SUPERSEDED"], rows, columns)),
		...(plan.following.length === 0 ? [] : ["what is not due is sent too, once its receiver has answered"]),
		...laterLines(plan),
		...listed("superseded:", superseded),
		...listed("kept:", kept),
		"dry run: nothing was sent or changed",
	];
}

function laterLines({ later }: RedeliveryPlan): readonly string[] {
	const next = later.flatMap(({ from }) => from.record.due ?? []).toSorted((a, b) => a - b)[0];
	if (next === undefined) return [];
	return [
		`${count(later.length, "stored message")} ${later.length === 1 ? "waits for its" : "wait for their"} time: the next is due at ${moment(next)}`,
	];
}

function listed(head: string, texts: readonly string[]): readonly string[] {
	const more = texts.length - MOST_LISTED;
	const last = more > 0 ? [`and ${count(more, "other")}`] : [];
	return texts.length === 0 ? [] : [head, ...[...texts.slice(0, MOST_LISTED), ...last].map((text) => `  – ${text}`)];
}
