// Held events over a store that fails at one call, which is told at the hook, and nothing is lost or sent twice.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import type { Delivery, Outcome } from "../../../src/model/delivery.ts";
import type { OpenStore, Store } from "../../../src/model/store.ts";
import { Holding } from "../../../src/run/holding.ts";
import { openSqliteStore } from "../../../src/store/sqlite/items.ts";
import { fakeLog } from "../../helpers/fakes.ts";
import { delivery, event, webhook } from "../../helpers/make.ts";

const hook = webhook({ name: "audit", batchSize: 3 });
const config = {
	file: "hooks.toml",
	hooks: [hook],
	people: [],
	events: [],
	concurrency: 1,
	store: undefined,
	warnings: [],
};

let folder = "";
beforeEach(async () => {
	folder = join(await mkdtemp(join(tmpdir(), "holding-")), "job");
});

/** One run; what its store has in place of its own calls fails. */
function run(broken: Partial<Store> = {}) {
	const openStore: OpenStore = async (path, options) => {
		const store = await openSqliteStore(path, options);
		return store && Object.assign(store, broken);
	};
	const context = { ci: { holdingFolder: folder }, config, receive: (given: object) => given };
	return new Holding(context, { openStore, env: {}, log: fakeLog() });
}

const full = async () => ({ problem: "store.db: the disk is full" });
const messages = ({ warnings }: Holding) => warnings.map(({ message }) => message);
const outcome = (of: Delivery, status: "delivered" | "held" = "delivered"): Outcome => {
	return { delivery: of, status, reason: "", target: "", attempts: [], durationMs: 0, notes: [] };
};

/** The ids of the events of each delivery that is due, which are all delivered. */
async function deliver(holding: Holding, due: AsyncIterable<Delivery> | Iterable<Delivery>) {
	const sent: string[][] = [];
	for await (const each of due) {
		sent.push(each.events.map(({ context }) => context.id));
		holding.settle(outcome(each));
	}
	await holding.end(false);
	return sent;
}

const add = (holding: Holding, id: string, all = false) =>
	holding.add(delivery(hook, event("check_result", { id })), all);

it("holds an event all the same where nothing can be claimed, and sends it when that can be", async () => {
	const holding = run({ claim: full });
	const { due, held } = await add(holding, "1", true);
	expect([await deliver(holding, due), held]).toEqual([[], expect.stringMatching(/^1 of 3 events, sent when/)]);
	expect(messages(holding)).toEqual(["audit: held events stay: store.db: the disk is full"]);
	const next = run();
	expect(await deliver(next, next.rest())).toEqual([["1"]]);
});

it("sends nothing that cannot be read, and sends it when it can be", async () => {
	const holding = run({ read: full });
	const { due } = await add(holding, "1", true);
	expect(await deliver(holding, due)).toEqual([]);
	expect(messages(holding)).toEqual(["audit: held events stay: store.db: the disk is full"]);
	const next = run();
	expect(await deliver(next, next.rest())).toEqual([["1"]]);
});

it("forgets what its service takes nothing of", async () => {
	const holding = run();
	const { due } = await add(holding, "1", true);
	for await (const each of due) {
		const skipped: Outcome = { ...outcome(each), status: "skipped", skipCause: "nothing_to_send", reason: "no" };
		expect(holding.settle(skipped).reason).toBe("no");
	}
	await holding.end(false);
	const next = run();
	expect(await deliver(next, next.rest())).toEqual([]);
});

it("says that what was sent may be sent again where it cannot be forgotten, and gives it the same id then", async () => {
	const holding = run({ settle: full });
	const { due } = await add(holding, "1", true);
	const ids: string[] = [];
	for await (const each of due) {
		ids.push(each.id);
		holding.settle(outcome(each));
	}
	await holding.end(false);
	expect(messages(holding)).toEqual([
		"audit: what was sent stays held, and may be sent again: store.db: the disk is full",
	]);
	for await (const each of run().rest()) ids.push(each.id);
	expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
});

it("gives back what was claimed and never asked for", async () => {
	const holding = run();
	await add(holding, "1");
	await add(holding, "2", true);
	await holding.end(false);
	const next = run();
	expect(await deliver(next, next.rest())).toEqual([["1", "2"]]);
});

it("sends each event by itself where there is no folder that lasts as long as the job", async () => {
	const context = { ci: { holdingFolder: undefined }, config, receive: (given: object) => given };
	const holding = new Holding(context, { openStore: openSqliteStore, env: {}, log: fakeLog() });
	const { due, held } = await add(holding, "1");
	expect([await deliver(holding, due), held, messages(holding)]).toEqual([[["1"]], undefined, []]);
});

it.each([
	[true, []],
	[false, [["2", "3"]]],
] as const)("holds what is put on record only until all of that is written (written: %s)", async (isRecorded, left) => {
	const holding = run();
	for (const id of ["1", "2"]) await add(holding, id);
	const { due } = await add(holding, "3");
	for await (const each of due) {
		// A fallback has delivered the first.
		const failed: Outcome = { ...outcome(each), status: "failed", missed: [1, 2], nextAttempt: 5000 };
		expect(holding.settle(failed)).toBe(failed);
	}
	await holding.end(isRecorded);
	const next = run();
	expect(await deliver(next, next.rest())).toEqual(left);
});
