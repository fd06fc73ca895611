// What every store of records must do: keep what was put whatever is killed, and give each record to one claimer at a time.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DeliveryRecord, MAX_CLAIM_MS, type Records, type StoredRecord } from "../../src/model/records.ts";
import type { StoreFailure } from "../../src/model/store.ts";
import { good, record } from "../helpers/records.ts";

/** A store of records, and how tests get at it from outside. */
export interface RecordsSubject {
	/** Makes a new place for a store, and what removes it. */
	readonly place: () => Promise<{ readonly place: string; readonly remove: () => Promise<void> }>;
	readonly open: (place: string) => Promise<Records | StoreFailure>;
	/** Opens it only to look: a store that is missing is not made. */
	readonly look: (place: string) => Promise<Records | StoreFailure>;
	/** Whether there is anything of a store at a place. */
	readonly isMade: (place: string) => Promise<boolean>;
	/** A script as test/helpers/sqlite-records-process.ts is. */
	readonly script: string;
	/** Writes another text in the place of a record's. */
	readonly tamper: (place: string, id: string, text: string) => Promise<void>;
	/** What makes a place unusable, and what is then said. */
	readonly unusable: Readonly<Record<string, readonly [spoil: (place: string) => Promise<void>, problem: RegExp]>>;
	/** How many processes work at once. */
	readonly workers?: number;
}

/** A text that other code than ours may have written. */
const TAMPERED = [
	"{}",
	"[]",
	"not JSON",
	JSON.stringify({ version: 1, ...record("x"), events: "rm -rf /" }),
	JSON.stringify({ version: 1, ...record("x"), due: "soon" }),
	JSON.stringify({ version: 1, ...record("x"), state: "paid" }),
	JSON.stringify({ version: 99, ...record("x") }),
];

/** Runs the suite over a store. */
export function recordsSuite(name: string, subject: RecordsSubject): void {
	const { open, script, tamper, unusable, workers = 8 } = subject;
	let place = "";
	let remove = async () => {};
	let opened: Records[] = [];
	beforeEach(async () => {
		({ place, remove } = await subject.place());
	});
	afterEach(async () => {
		for (const store of opened) await store.close();
		opened = [];
		await remove();
	});

	async function opening(): Promise<Records> {
		const store = good(await open(place));
		opened.push(store);
		return store;
	}
	async function filled(...ids: readonly string[]): Promise<Records> {
		const store = await opening();
		expect(await store.put(ids.map((id) => record(id)))).toBeUndefined();
		return store;
	}
	const all = async (store: Records, query = {}) => good(await store.list(query)).records;
	const idsOf = (found: readonly StoredRecord[]) => found.map((each) => each.record.id);
	const times = { now: 5000, until: 6000 };

	/** Starts the script; `onLine` is told each line, and may kill it. The lines, once it has ended. */
	async function run(what: string, onLine: (line: string, kill: () => void) => void = () => {}) {
		const child = spawn(process.execPath, [script, what, place]);
		child.stderr.pipe(process.stderr);
		const lines: string[] = [];
		for await (const line of createInterface(child.stdout)) {
			lines.push(line);
			onLine(line, () => child.kill("SIGKILL"));
		}
		return lines;
	}
	const named = (lines: readonly string[], verb: string) =>
		lines.flatMap((line) => (line.startsWith(`${verb} `) ? line.split(" ").slice(1) : []));

	describe(`records in ${name}`, () => {
		it("are kept as they were put, and by the next process too", async () => {
			const full = record("full", { key: "k", supersededBy: "other", events: ["{}\n{}", "𝄞\u0000\u2028'\"\\"] });
			const store = await opening();
			await store.put([record("plain"), full]);
			await store.close();
			expect((await all(await opening())).map((each) => each.record)).toEqual([record("plain"), full]);
		});

		it("are there once if put twice, as they were put first", async () => {
			const store = await filled("1", "2");
			await store.put([record("1", { hook: "other" }), record("3")]);
			expect((await all(store)).map((each) => [each.record.id, each.record.hook])).toEqual([
				["1", "tell"],
				["2", "tell"],
				["3", "tell"],
			]);
		});

		it("are found by what is asked for, the oldest first, or the newest", async () => {
			const store = await opening();
			await store.put([
				record("b", { created: 2000, due: 3000, key: "k" }),
				record("a", { created: 1000, due: 9000, hook: "other", names: ["pipeline_error", "check_result"] }),
				record("c", { created: 3000, state: "delivered", key: "k", runId: "run-2" }),
				record("d", { created: 4000, key: "l" }),
			]);
			const found = async (query: Parameters<Records["list"]>[0]) => idsOf(await all(store, query));
			expect(await found({})).toEqual(["a", "b", "c", "d"]);
			expect(await found({ newest: 2 })).toEqual(["d", "c"]);
			expect(await found({ states: ["waiting"], dueBy: 3000 })).toEqual(["b", "d"]);
			expect(await found({ keys: ["k", "none"] })).toEqual(["b", "c"]);
			expect(await found({ hook: "other" })).toEqual(["a"]);
			expect(await found({ ids: ["d", "a", "none"] })).toEqual(["a", "d"]);
			expect(await found({ idPrefix: "b" })).toEqual(["b"]);
			expect(await found({ event: "check_result" })).toEqual(["a"]);
			expect(await found({ runId: "run-2", newest: 1 })).toEqual(["c"]);
			expect(await found({ since: 2000, until: 4000 })).toEqual(["b", "c"]);
			expect(await found({ states: [] })).toEqual([]);
		});

		it("have as rivals what is about the same: all that was not delivered, and the last that was", async () => {
			const store = await opening();
			const of = (id: string, key: string, more: Partial<DeliveryRecord> = {}) =>
				record(id, { key, created: 1, ...more });
			await store.put([of("w1", "k"), of("w2", "k", { hook: "other" }), of("x", "l")]);
			await store.put([of("lost", "k", { state: "expired" }), of("past", "k", { state: "superseded" })]);
			for (const [id, hook] of [
				["d1", "tell"],
				["d2", "tell"],
				["d3", "other"],
			] as const) {
				await store.put([of(id, "k", { state: "delivered", hook, eventTime: id === "d2" ? 950 : 900 })]);
			}
			const about = [
				{ key: "k", hook: "tell" },
				{ key: "k", hook: "other" },
				{ key: "none", hook: "tell" },
			];
			const rivals = idsOf(good(await store.rivals(["k", "none"], about)).records);
			expect(rivals).toEqual(expect.arrayContaining(["w1", "w2", "lost"]));
			expect(rivals).not.toContain("x");
			if (store.keepsAll) expect(rivals).toEqual(expect.arrayContaining(["d2", "d3"]));
			// One that has ended just now is among them.
			const [first] = good(await store.claim(await all(store, { ids: ["w1"] }), times));
			if (first === undefined) throw new Error("not claimed");
			await store.settle([{ from: first, to: of("w1", "k", { state: "delivered" }) }]);
			expect(idsOf(good(await store.rivals(["k"], about)).records)).toContain("w1");
			const many = Array.from({ length: 20 }, (_, n) => `none-${n}`);
			expect(idsOf(good(await store.rivals([...many, "l"], [])).records)).toEqual(["x"]);
		});

		it("are claimed by one only, until the claim is over", async () => {
			const [one, other] = [await filled("1", "2"), await opening()];
			const listed = await all(one);
			expect(idsOf(good(await one.claim(listed, times)))).toEqual(["1", "2"]);
			expect(good(await other.claim(listed, times))).toEqual([]);
			const again = await all(other);
			expect(again.map((each) => each.claimedUntil)).toEqual([6000, 6000]);
			expect(good(await other.claim(again, { now: 5999, until: 7000 }))).toEqual([]);
			expect(idsOf(good(await other.claim(again, { now: 6000, until: 7000 })))).toEqual(["1", "2"]);
		});

		it("are free again where a clock that jumped has claimed them for too long", async () => {
			const store = await filled("1");
			await store.claim(await all(store), { now: 0, until: MAX_CLAIM_MS * 3 });
			expect(idsOf(good(await store.claim(await all(store), times)))).toEqual(["1"]);
		});

		it("are changed and released, or removed, by who has claimed them", async () => {
			const store = await filled("1", "2");
			const [first, second] = good(await store.claim(await all(store), times));
			if (first === undefined || second === undefined) throw new Error("not claimed");
			const later = record("1", { failures: 2, due: 7000, attempts: [] });
			expect(
				await store.settle([
					{ from: first, to: later },
					{ from: second, to: undefined },
				]),
			).toEqual([]);
			const [kept, ...others] = await all(store);
			expect([kept?.record, kept?.claimedUntil, others]).toEqual([later, undefined, []]);
			expect(idsOf(good(await store.claim(await all(store), times)))).toEqual(["1"]);
		});

		it("are left as they are by who no longer has them, and who is told so", async () => {
			const [one, other] = [await filled("1", "2"), await opening()];
			const mine = good(await one.claim(await all(one), times));
			const theirs = good(await other.claim(await all(other), { now: 6000, until: 7000 }));
			expect(theirs.length).toBe(2);
			expect(await one.settle(mine.map((from) => ({ from, to: undefined })))).toEqual(["1", "2"]);
			expect(await other.settle(theirs.map((from) => ({ from, to: from.record })))).toEqual([]);
			expect(idsOf(await all(one))).toEqual(["1", "2"]);
		});

		it("are not claimed by a list that is out of date", async () => {
			const [one, other] = [await filled("1", "2"), await opening()];
			const stale = await all(other);
			const mine = good(await one.claim(stale, times));
			await one.settle(mine.map((from, at) => ({ from, to: at === 0 ? { ...from.record, failures: 2 } : undefined })));
			expect(good(await other.claim(stale, times))).toEqual([]);
		});

		it("are none, and none are made, where a store is missing and only looked at", async () => {
			const store = good(await subject.look(place));
			expect(await store.list({})).toEqual({ records: [], invalid: 0 });
			expect(await store.disabled()).toEqual([]);
			expect(await store.enable({ scope: "scope", hook: "tell" })).toBe(false);
			await store.close();
			expect(await subject.isMade(place)).toBe(false);
		});

		it("are looked at as they are where there is a store", async () => {
			await filled("1");
			const store = good(await subject.look(place));
			opened.push(store);
			expect(idsOf(await all(store))).toEqual(["1"]);
		});

		it("are passed over and counted where somebody else has written them", async () => {
			const store = await filled("1", ...TAMPERED.map((_, at) => `t${at}`));
			for (const [at, text] of TAMPERED.entries()) await tamper(place, `t${at}`, text);
			const { records, invalid } = good(await store.list({}));
			expect([idsOf(records), invalid]).toEqual([["1"], TAMPERED.length]);
			expect(await store.removeInvalid()).toBe(TAMPERED.length);
			expect(await store.removeInvalid()).toBe(0);
			expect(good(await store.list({}))).toMatchObject({ records: [{ record: { id: "1" } }], invalid: 0 });
			expect(idsOf(await all(store, { event: "pipeline_error", runId: "run-1" }))).toEqual(["1"]);
		});

		it("know the hooks that are disabled, until they are enabled", async () => {
			const [store, other] = [await opening(), await opening()];
			const hook = { scope: "scope", hook: "tell it", at: 5, reason: "410 Gone" };
			expect(await store.disable(hook)).toBeUndefined();
			expect(await other.disable({ ...hook, at: 6 })).toBeUndefined();
			expect(await other.disable({ ...hook, scope: "another", at: 7 })).toBeUndefined();
			expect(await other.disabled()).toEqual([hook, { ...hook, scope: "another", at: 7 }]);
			expect(await other.enable(hook)).toBe(true);
			expect(await store.enable(hook)).toBe(false);
			expect(await store.disabled()).toEqual([{ ...hook, scope: "another", at: 7 }]);
		});

		it("are each taken once where several processes work on them", async () => {
			const ids = Array.from({ length: 3 * workers }, (_, n) => `id-${n}`);
			await filled(...ids);
			const lines = (await Promise.all(Array.from({ length: workers }, () => run("take")))).flat();
			expect(named(lines, "settled").toSorted()).toEqual(ids.toSorted());
			expect(named(lines, "took").length).toBe(ids.length);
		});

		it("are put by several processes at once, and all are there", async () => {
			const lines = await Promise.all(
				Array.from({ length: workers }, () => {
					let left = 2;
					return run("put", (_, kill) => --left > 0 || kill());
				}),
			);
			const there = idsOf(await all(await opening()));
			expect(there).toEqual(expect.arrayContaining(named(lines.flat(), "put")));
		});

		it("survive the death of who has claimed them, and are free when the claim is over", async () => {
			const store = await filled("1", "2");
			const lines = await run("hold", (line, kill) => line === "took 2" && kill());
			expect(named(lines, "took")).toEqual(["1", "2"]);
			const left = await all(store);
			expect(idsOf(left)).toEqual(["1", "2"]);
			const [{ claimedUntil = 0 } = {}] = left;
			expect(good(await store.claim(left, { now: claimedUntil - 1, until: claimedUntil }))).toEqual([]);
			expect(good(await store.claim(left, { now: claimedUntil, until: claimedUntil + 1 })).length).toBe(2);
		});

		it.each(Object.entries(unusable))("cannot be used where %s, and say so", async (_, [spoil, problem]) => {
			await (await filled("1")).close();
			await spoil(place);
			const store = await open(place);
			const failures = "problem" in store ? [store] : [await store.put([record("2")]), await store.list({})];
			for (const failure of failures) expect(failure).toEqual({ problem: expect.stringMatching(problem) });
			if (!("problem" in store)) await store.close();
		});
	});
}
