// `deliveries show`: one stored delivery in full, and what to do about it now.
import { mutedReason } from "../deliver/unsent.ts";
import { count, duration, excerpt } from "../lib/text.ts";
import { moment } from "../lib/times.ts";
import { isGate } from "../model/delivery.ts";
import type { DeliveryRecord, DisabledHook, StoredRecord } from "../model/records.ts";
import { belongsTo } from "../model/scope.ts";
import type { RunContext } from "../run/prepare.ts";
import { readHeld } from "../store/held-event.ts";
import { type Call, defineCommand, EXIT } from "./command.ts";
import { documentOf, iso, reasonOf } from "./delivery-row.ts";
import { CONFIG, STORE } from "./fire.ts";
import { fromNow } from "./spans.ts";
import { findOne, findStore, type StoreFlags, toType } from "./store.ts";
import { notedTableLines, pairLines, tableLines } from "./table.ts";

type ShowCall = Call<StoreFlags>;

export const registerShow = defineCommand<StoreFlags>(
	(deliveries) =>
		deliveries
			.command("show")
			.summary("show one stored delivery in full")
			.description(
				"Shows everything that is on record of one delivery: each attempt, its events, what made it obsolete, when it is " +
					"tried again, and what to do now.",
			)
			.argument("<id>", "id of the delivery, or how it begins")
			.option(...CONFIG)
			.option(...STORE)
			.option("--json", "write JSON"),
	"deliveries show dlv_4f1c2a",
	async (call) => {
		const { run, use } = await findStore(call);
		await use(async (store) => {
			const found = await findOne(call.argument ?? "", store, call.flags);
			const off = (await store.switchedOff()).find(({ hook }) => hook === found.record.hook);
			const next = whatNow(found, { off, run, scope: store.scope, flags: call.flags, now: Date.now() });
			if (call.json) call.reporter.printJson({ ...wholeOf(found.record, run, store.scope), what_now: next });
			else printWhole(call, found, run, next);
		});
		return EXIT.ok;
	},
);

/** How many are shown at most, as a record of somebody else's may have any number: as many events as a batch can have. */
const [MOST_ATTEMPTS, MOST_EVENTS] = [100, 1000] as const;

/** An event of a record: its context as hooks get it, or what is wrong with its text. */
function eventsOf({ events }: DeliveryRecord, { receive }: RunContext) {
	return events.slice(0, MOST_EVENTS).map((text) => readHeld(text, receive));
}

function wholeOf(record: DeliveryRecord, run: RunContext, scope: string) {
	return {
		...documentOf(record, scope),
		failures: record.failures,
		log: record.attempts.slice(-MOST_ATTEMPTS).map(({ at, ms, status, cause, reason }) => ({
			at: iso(at),
			duration_ms: ms,
			http_status: status,
			cause,
			error: reason,
		})),
		contexts: eventsOf(record, run).map((read) => ("problem" in read ? { problem: read.problem } : read.event.context)),
	};
}

function printWhole(
	{ terminal: { columns }, reporter: { print, redact } }: ShowCall,
	{ record, claimedUntil = 0 }: StoredRecord,
	run: RunContext,
	next: string,
): void {
	const now = Date.now();
	const { id, hook, state, names, runId, created, eventTime, due, expires, supersededBy } = record;
	const shown = (text: string) => excerpt(redact(text), 200);
	const time = (at: number) => `${moment(at)} (${fromNow(at, now)})`;
	const events = eventsOf(record, run);
	const [ci] = events.flatMap((read) => ("problem" in read ? [] : [read.event.context.ci]));
	const link = ci?.job_url ?? ci?.run_url;
	const facts: readonly (readonly [string, string | undefined])[] = [
		["hook", shown(hook)],
		["status", claimedUntil > now ? `${state}, and being sent now` : state],
		["events", shown(names.join(", "))],
		["event time", time(eventTime)],
		["repository", ci?.repository && shown(ci.repository)],
		["run", shown(runId)],
		["log", link && shown(link)],
		["stored", time(created)],
		["next attempt", due === undefined ? undefined : time(due)],
		[expires > now ? "worth sending until" : "too old since", time(expires)],
		["superseded by", supersededBy && shown(supersededBy)],
	];
	const pairs = facts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
	const lines = [shown(id), ...pairLines(pairs, columns), "", ...attemptLines(record, redact, columns), "", "events:"];
	for (const line of [
		...lines,
		...eventLines(events, record.events.length - events.length, columns, shown),
		"",
		`what to do: ${excerpt(redact(next), 1000)}`,
	])
		print(line);
}

function attemptLines(record: DeliveryRecord, mask: (text: string) => string, columns: number): readonly string[] {
	const attempts = record.attempts.slice(-MOST_ATTEMPTS);
	if (attempts.length === 0) return ["attempts: none"];
	const rows = attempts.map(({ at, ms, status, cause }) => [
		moment(at),
		duration(ms),
		status === undefined ? "–" : String(status),
		cause === undefined ? "delivered" : excerpt(mask(cause), 30),
	]);
	const texts = attempts.map((attempt) => reasonOf(attempt, mask));
	return [
		...notedTableLines(["ATTEMPT AT", "TOOK", "HTTP", "CAUSE"], rows, { head: "REASON", texts }, columns),
		...othersLine(record.attempts.length - attempts.length, "earlier attempt"),
	];
}

function eventLines(
	events: ReturnType<typeof eventsOf>,
	others: number,
	columns: number,
	shown: (text: string) => string,
): readonly string[] {
	const rows = events.map((read) => {
		if ("problem" in read) return ["–", `cannot be read: ${shown(read.problem)}`, ""];
		const { definition, context } = read.event;
		return [shown(definition.name), shown(context.id), shown(context.error ?? context.pipeline)];
	});
	return [...tableLines(["EVENT", "ID", "OF"], rows, columns), ...othersLine(others, "more event")];
}

function othersLine(others: number, noun: string): readonly string[] {
	return others === 0 ? [] : [`… and ${count(others, noun)}`];
}

/** What is known when it is said what to do. */
interface Situation {
	readonly off: DisabledHook | undefined;
	readonly run: RunContext;
	readonly scope: string;
	readonly flags: StoreFlags;
	readonly now: number;
}

/** What a person can do about a delivery now, in one sentence. */
function whatNow({ record, claimedUntil = 0 }: StoredRecord, { off, run, scope, flags, now }: Situation): string {
	const { id, hook: name, state, due = now } = record;
	const hook = run.config.hooks.find((each) => each.name === name);
	if (!belongsTo(record.scope, scope)) return "it belongs to another project or config file";
	if (hook === undefined) return `nothing can be sent, since the config no longer has the hook ${name}`;
	if (hook.kind === "shell" || isGate(hook))
		return `nothing can be sent: ${name} is a shell hook or a gate, which are never redelivered`;
	const again = `\`${toType(["redeliver", "--id", id], flags)}\``;
	if (!hook.enabled) return `enable ${name} in the config; then ${again} sends it`;
	if (off !== undefined)
		return `\`${toType(["enable", name], flags)}\` switches ${name} on (${off.reason}); then ${again} sends it`;
	if (claimedUntil > now)
		return `nothing, since it is being sent; if that process was killed, it is free ${fromNow(claimedUntil, now)}`;
	const muted = mutedReason({ hook }, run.facts);
	if (muted !== undefined) return `${name} is ${muted}; after that ${again} sends it`;
	switch (state) {
		case "waiting":
			return due > now
				? `nothing, since \`redeliver\` tries it again ${fromNow(due, now)}; ${again} sends it at once`
				: `\`${toType(["redeliver"], flags)}\` sends what is due, ${again} this one alone`;
		case "failed":
			return `mend what the reason says; then ${again} sends it again`;
		case "retry_limit_reached":
			return `when the receiver works again, ${again} sends it`;
		case "expired":
			return `nothing, if it is no longer true; ${again} sends it all the same`;
		case "superseded":
			return `nothing, since a newer delivery says how it is now; ${again} sends this one all the same`;
		case "delivered":
			return `nothing; ${again} sends it once more`;
	}
}
