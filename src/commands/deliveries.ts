// `deliveries`: what is stored, the newest first, or as it changes.
import { nodeClock } from "../entry/node.ts";
import { count, excerpt } from "../lib/text.ts";
import { moment } from "../lib/times.ts";
import { nearestEvent } from "../model/catalog.ts";
import { RECORD_STATES, type RecordQuery, type RecordState, type StoredRecord } from "../model/records.ts";
import { inertJson, mapTexts } from "../report/json.ts";
import type { RunContext } from "../run/prepare.ts";
import { readTimes } from "../run/times.ts";
import { type Call, collect, defineCommand, EXIT, type Register } from "./command.ts";
import { cellsOf, documentOf, HEAD, noteOf, type RowFacts } from "./delivery-row.ts";
import { registerShow } from "./delivery-show.ts";
import { CONFIG, STORE } from "./fire.ts";
import { checkFlags, readWhole } from "./flags.ts";
import { recordedHook } from "./recorded-hook.ts";
import { type FoundStore, findStore, type StoreFlags } from "./store.ts";
import { fittingRows, notedTableLines } from "./table.ts";

interface DeliveriesFlags extends StoreFlags {
	readonly hook?: string;
	readonly event?: string;
	readonly status?: readonly string[];
	readonly run?: string;
	readonly since?: string;
	readonly until?: string;
	readonly limit: string;
	readonly follow?: boolean;
}

type DeliveriesCall = Call<DeliveriesFlags>;

/** `deliveries`, and `deliveries show` below it. */
export const registerDeliveries: Register = (program, terminal, done) => {
	const deliveries = program.command("deliveries");
	registerNewest(deliveries, terminal, done);
	registerShow(deliveries, terminal, done);
};

const registerNewest = defineCommand<DeliveriesFlags>(
	(deliveries) =>
		deliveries
			.summary("list stored deliveries, the newest first, or one in full")
			.description(
				"Lists the deliveries that are on record in the store, the newest first: what became of each, why it failed last, " +
					"and when it is tried again. `deliveries show ID` shows one in full.",
			)
			.option("--hook <name>", "only those of this hook")
			.option("--event <name>", "only those with this event")
			.option("--status <status>", `only those that are ${RECORD_STATES.join(", ")}; repeatable`, collect)
			.option("--run <id>", "only those of this run")
			.option("--since <time>", "only those since then, such as 2h or 2026-04-02T14:30:00Z")
			.option("--until <time>", "only those before then")
			.option("--limit <number>", "at most so many", "20")
			.option("--follow", "go on, with a line for each that is new or has changed; Ctrl-C ends it")
			.option(...CONFIG)
			.option(...STORE)
			.option("--json", "write JSON, with --follow one object a line"),
	"deliveries --hook tell-slack --since 2h",
	async (call) => {
		const now = Date.now();
		const { limit, ...query } = readQuery(call.flags, now);
		const store = await findStore(call);
		const event = query.event === undefined ? undefined : (store.run.vocabulary.find(query.event)?.name ?? query.event);
		const wanted = { ...query, ...(event !== undefined && { event }) };
		if (call.flags.follow === true) await follow(call, store, wanted, limit);
		else await showNewest(call, store, { wanted, limit, now });
		return EXIT.ok;
	},
);

function readQuery(flags: DeliveriesFlags, now: number): RecordQuery & { readonly limit: number } {
	const { hook, event, run: runId } = flags;
	return checkFlags((reject) => {
		const states = (flags.status ?? []).flatMap((text): readonly RecordState[] => {
			const state = RECORD_STATES.find((known) => known === text);
			if (state !== undefined) return [state];
			reject(`status: ${JSON.stringify(text.slice(0, 40))} is not a status`, `use one of ${RECORD_STATES.join(", ")}`);
			return [];
		});
		const times = readTimes((name) => flags[name] ?? "", now, reject);
		return {
			limit: readWhole("limit", flags.limit, { least: 1, most: 1_000_000, example: "100" }, reject) ?? 0,
			...(states.length > 0 && { states }),
			...(hook !== undefined && { hook }),
			...(event !== undefined && { event }),
			...(runId !== undefined && { runId }),
			...times,
		};
	});
}

/** What is listed, and how many at most. */
interface Listing {
	readonly wanted: RecordQuery;
	readonly limit: number;
	readonly now: number;
}

async function showNewest(call: DeliveriesCall, store: FoundStore, { wanted, limit, now }: Listing): Promise<void> {
	const { json, terminal, reporter } = call;
	await store.use(async ({ list, scope }) => {
		// One more than is shown tells whether there are others.
		const found = await list({ ...wanted, newest: limit + 1 });
		const records = found.slice(0, limit).map(({ record }) => record);
		const hasMore = found.length > limit;
		if (json) {
			reporter.printJson({ deliveries: records.map((record) => documentOf(record, scope)), more: hasMore });
			return;
		}
		if (records.length === 0) {
			reporter.print(nothingFound(wanted, store));
			return;
		}
		const facts: RowFacts = { now, scope, mask: reporter.redact };
		const texts = records.map((record) => noteOf(record, facts));
		const rows = fittingRows(HEAD, terminal.columns, (limit) => records.map((record) => cellsOf(record, facts, limit)));
		for (const line of notedTableLines(HEAD, rows, { head: "LAST FAILURE", texts }, terminal.columns)) {
			reporter.print(line);
		}
		if (hasMore) reporter.print(`older ones are not shown: --limit ${limit * 5} shows more`);
	});
}

/** What is said where nothing is found: a name that is written wrong must not look like a message that was never stored. */
function nothingFound(wanted: RecordQuery, { run }: FoundStore): string {
	const hints = [...hookHints(wanted, run), ...eventHints(wanted, run)];
	return [Object.keys(wanted).length > 0 ? "no stored delivery matches" : "nothing is stored", ...hints].join("; ");
}

function hookHints({ hook }: RecordQuery, { config }: RunContext): readonly string[] {
	if (hook === undefined) return [];
	const found = recordedHook(hook, config);
	if (!("message" in found)) return [];
	return [found.remedy === "" ? found.message : `${found.message}: ${found.remedy}`];
}

function eventHints({ event }: RecordQuery, { vocabulary: { find, events } }: RunContext): readonly string[] {
	if (event === undefined || find(event) !== undefined) return [];
	const names = events.map(({ name }) => name);
	const near = nearestEvent(event, names);
	const remedy = near === undefined ? "`pipeline-hooks events` lists the known ones" : `did you mean "${near}"?`;
	return [`no event is named ${JSON.stringify(excerpt(event, 100))}: ${remedy}`];
}

/** Between two looks at the store: a file on this machine, or one far away. */
const [NEAR_MS, FAR_MS] = [500, 10_000] as const;

/** The newest deliveries that are watched. */
const WATCHED = 1000;

/** Shows the newest ones, the oldest of them first, and then each that is new or has changed, until somebody ends it. */
async function follow(call: DeliveriesCall, store: FoundStore, wanted: RecordQuery, limit: number): Promise<void> {
	const { terminal } = call;
	const end = AbortSignal.any([terminal.signal, terminal.unread]);
	const seen = new Map<string, string>();
	for (let isFirst = true; !end.aborted; isFirst = false) {
		// Opened anew each time, since the store may be made, or put in another's place, while this goes on.
		const wait = await store.use(async ({ list, records, scope }) => {
			const found = (await list({ ...wanted, newest: WATCHED })).toReversed();
			if (isFirst && found.length === 0) terminal.err(call.reporter.redact(nothingFound(wanted, store)));
			const changed = found.filter(({ record }) => seen.get(record.id) !== signOf({ record }));
			for (const { record } of found) seen.set(record.id, signOf({ record }));
			for (const one of isFirst ? changed.slice(-limit) : changed) tell(call, one, scope);
			return records.keepsAll ? NEAR_MS : FAR_MS;
		});
		await nodeClock.sleep(wait, end);
	}
}

/** Differs where something has happened to the delivery, and not where it was only claimed. */
function signOf({ record: { state, attempts, due } }: Pick<StoredRecord, "record">): string {
	return `${state} ${attempts.length} ${due}`;
}

function tell({ json, terminal, reporter }: DeliveriesCall, { record }: StoredRecord, scope: string): void {
	if (json) {
		terminal.out(inertJson(JSON.stringify(mapTexts(documentOf(record, scope), reporter.redact))));
		return;
	}
	const now = Date.now();
	const facts: RowFacts = { now, scope, mask: reporter.redact };
	const [id = "", , hook = "", event = "", state = ""] = cellsOf(record, facts);
	const note = noteOf(record, facts);
	const at = moment(record.attempts.at(-1)?.at ?? record.created);
	const parts = [at, id, hook, event, state, count(record.attempts.length, "attempt")];
	reporter.print(`${parts.join(" · ")}${note === "" ? "" : `: ${note}`}`);
}
