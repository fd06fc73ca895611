// What every store must do: keep what was put whatever is killed, in order, and give it to one claimer at a time.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Claimed, ClaimQuery, NewItem, OpenStore, Store, StoreFailure } from "../../src/model/store.ts";

/** A store, and how tests get at it from outside. */
export interface StoreSubject {
	readonly open: OpenStore;
	/** A script as test/helpers/store-process.ts is. */
	readonly script: string;
	/** What its place may be like so that it cannot be used: what makes it so, and what is then said. */
	readonly unusable: Readonly<Record<string, readonly [spoil: (folder: string) => Promise<void>, problem: RegExp]>>;
}

const text = new TextEncoder();

/** An item of owner `a`. */
export function item(id: string, more: Partial<NewItem> = {}): NewItem {
	return { id, owner: "a", body: text.encode(id), ...more };
}

/** What was no failure. */
export function good<T>(given: T | StoreFailure | undefined): T {
	if (given === undefined) throw new Error("there is none");
	if (typeof given === "object" && given !== null && "problem" in given) throw new Error(String(given.problem));
	return given;
}

/** Runs the suite over a store. */
export function storeSuite(name: string, { open, script, unusable }: StoreSubject): void {
	let folder = "";
	let opened: Store[] = [];
	beforeEach(async () => {
		folder = join(await mkdtemp(join(tmpdir(), "store-")), "held", "job");
	});
	afterEach(async () => {
		for (const store of opened) await store.close();
		opened = [];
		await rm(join(folder, "..", ".."), { recursive: true });
	});

	async function opening(): Promise<Store> {
		const store = good(await open(folder, { create: true }));
		opened.push(store);
		return store;
	}
	async function filled(...ids: readonly string[]): Promise<Store> {
		const store = await opening();
		for (const id of ids) expect(await store.put(item(id))).toBeUndefined();
		return store;
	}
	const claim = async (store: Store, more: Partial<ClaimQuery> = {}, owner = "a"): Promise<Claimed> =>
		good(await store.claim(owner, { items: 3, bytes: 1000, all: false, ...more }));
	const all = async (store: Store, more: Partial<ClaimQuery> = {}) =>
		(await claim(store, { all: true, ...more })).batches;

	/** Starts the script; `onLine` is told each line, and may kill it. The lines, once it has ended. */
	async function run(what: string, onLine: (line: string, kill: () => void) => void = () => {}, limit = "") {
		const command = `${limit} exec "$0" "$@"`;
		const child = spawn("sh", ["-c", command, process.execPath, script, what, folder, limit === "" ? "10" : "5000"]);
		child.stderr.pipe(process.stderr);
		const lines: string[] = [];
		for await (const line of createInterface(child.stdout)) {
			lines.push(line);
			onLine(line, () => child.kill("SIGKILL"));
		}
		return lines;
	}
	const ids = (lines: readonly string[], verb: string) =>
		lines.flatMap((line) => (line.startsWith(`${verb} `) ? line.split(" ").slice(1) : []));

	describe(`a store of ${name}`, () => {
		it("is not made by asking whether it is there", async () => {
			expect(await open(folder, { create: false })).toBeUndefined();
			await (await filled("1")).close();
			expect(good(await good(await open(folder, { create: false })).list())).toEqual(new Map([["a", 1]]));
		});

		it("has once what was put twice, as it was put first", async () => {
			const store = await filled("1", "2");
			await store.put(item("1", { body: text.encode("other") }));
			expect(await all(store)).toEqual([["1", "2"]]);
			expect(await store.read(["2", "1", "3"])).toEqual(
				["2", "1"].map((id) => ({ id, body: new Uint8Array(text.encode(id)) })),
			);
		});

		it("gives nothing until a batch is full, then that one alone, in the order of putting", async () => {
			const store = await filled("9", "1");
			expect(await claim(store)).toEqual({ batches: [], left: 2 });
			await filled("5", "2");
			expect(await claim(store)).toEqual({ batches: [["9", "1", "5"]], left: 1 });
			expect(await claim(store)).toEqual({ batches: [], left: 1 });
			expect(await all(store)).toEqual([["2"]]);
		});

		it("closes a batch that has no room for the next item, and gives one that is too large alone", async () => {
			const [large, small] = [new Uint8Array(600), new Uint8Array(300)];
			const store = await opening();
			await store.put(item("large", { body: large }));
			await store.put(item("larger", { body: large }));
			expect(await claim(store)).toEqual({ batches: [["large"]], left: 1 });
			await store.put(item("small", { body: small }));
			await store.put(item("whole", { body: new Uint8Array(1000) }));
			expect(await claim(store)).toEqual({ batches: [["larger", "small"], ["whole"]], left: 0 });
			await store.put(item("exact", { body: new Uint8Array(400) }));
			await store.put(item("fit", { body: large }));
			expect(await claim(store)).toEqual({ batches: [["exact", "fit"]], left: 0 });
		});

		it("keeps owners apart, and says what each has", async () => {
			const store = await filled("1", "2");
			await store.put(item("3", { owner: "b" }));
			expect(await store.list()).toEqual(
				new Map([
					["a", 2],
					["b", 1],
				]),
			);
			expect(await claim(store, { all: true }, "b")).toEqual({ batches: [["3"]], left: 0 });
			expect(await all(store)).toEqual([["1", "2"]]);
		});

		it("forgets what is done, and gives what was kept again, unchanged and first, when all is claimed", async () => {
			const store = await filled("1", "2", "3", "4");
			const [first = [], second = []] = await all(store);
			await store.settle([], first);
			await store.settle(second, []);
			await store.put(item("5"));
			expect((await claim(store, { items: 1 })).batches).toEqual([["5"]]);
			await store.put(item("6"));
			expect(await all(store)).toEqual([["1", "2", "3"], ["6"]]);
		});

		it("keeps the parts of a batch that are settled apart as batches of their own", async () => {
			const store = await filled("1", "2", "3", "4");
			await all(store, { items: 5 });
			await store.settle([], ["1", "3"]);
			await store.settle(["4"], ["2"]);
			expect(await all(store, { items: 5 })).toEqual([["1", "3"], ["2"]]);
		});

		it("gives a claimed batch to nobody else, until it is settled or closed", async () => {
			const [one, other] = [await filled("1", "2", "3", "4"), await opening()];
			expect(await all(one)).toEqual([["1", "2", "3"], ["4"]]);
			expect([await all(one), await all(other)]).toEqual([[], []]);
			await one.settle([], ["4"]);
			expect(await all(other)).toEqual([["4"]]);
			await one.close();
			expect(await all(other)).toEqual([["1", "2", "3"]]);
		});

		it("gives what was kept of a batch, and not the rest of it that is still claimed", async () => {
			const [one, other] = [await filled("1", "2", "3"), await opening()];
			await all(one);
			await one.settle([], ["1", "2"]);
			expect(await all(other)).toEqual([["1", "2"]]);
			await one.settle([], ["3"]);
			expect(await all(other)).toEqual([["3"]]);
		});

		it("settles nothing that another has claimed since", async () => {
			const [one, other] = [await filled("1", "2"), await opening()];
			await all(one);
			await one.settle([], ["1", "2"]);
			await all(other);
			await one.settle(["1"], ["2"]);
			expect([await all(one), good(await one.list())]).toEqual([[], new Map([["a", 2]])]);
		});

		it("gives each item to one of 8 processes that put and claim at once, and loses none", async () => {
			const runs = await Promise.all(Array.from({ length: 8 }, () => run("share")));
			const lines = runs.flat();
			expect(lines.filter((line) => line.startsWith("problem"))).toEqual([]);
			const put = ids(lines, "put");
			expect([put.length, ids(lines, "settled").toSorted()]).toEqual([64, put.toSorted()]);
			expect(await (await opening()).list()).toEqual(new Map());
		});

		it.each([1, 2, 9, 30])("loses nothing that was put when a process is killed after %i", async (count) => {
			let puts = 0;
			const put = ids(await run("put", (_, kill) => ++puts === count && kill()), "put");
			const found = (await all(await opening(), { items: 1000, bytes: 1_000_000 })).flat();
			expect(found.slice(0, put.length)).toEqual(put);
			expect(found.length - put.length).toBeLessThanOrEqual(1);
		});

		it.each([0, 1, 4])("loses nothing that was claimed when a process is killed after settling %i", async (count) => {
			const names = Array.from({ length: 20 }, (_, index) => `item-${index}`);
			const store = await filled(...names);
			let settled = 0;
			const lines = await run("claim", (line, kill) => {
				if (line.startsWith(count === 0 ? "claimed" : "settled") && ++settled >= count) kill();
			});
			const done = ids(lines, "settled");
			const left = await all(store);
			// The one that was being settled may be done as well.
			expect(names.slice(done.length)).toEqual(expect.arrayContaining(left.flat()));
			expect(names.length - done.length - left.flat().length).toBeLessThanOrEqual(3);
			expect(left.flat()).toEqual(names.slice(names.length - left.flat().length));
			expect(left.slice(0, -1).every(({ length }) => length === 3)).toBe(true);
		});

		it("gives what a living process has to nobody, and all of it once that is killed", async () => {
			const store = await filled("1", "2");
			let meanwhile: Promise<unknown> | undefined;
			await run("hold", (_, kill) => {
				meanwhile = all(store).finally(kill);
			});
			expect(await meanwhile).toEqual([]);
			expect(await all(store)).toEqual([["1", "2"]]);
		});

		it("says that it is full, and has what was put until then", async () => {
			const lines = await run("put", undefined, "ulimit -f 300;");
			expect(lines.at(-1)).toMatch(
				/^problem .*: .*(disk is full; free some space, or name a file on another disk|disk I\/O error)$/,
			);
			const put = ids(lines, "put");
			expect(put.length).toBeGreaterThan(5);
			const found = await all(await opening(), { items: 1000, bytes: 1_000_000 });
			expect(found.flat()).toEqual(put);
		});

		it.each(Object.entries(unusable))("is not used, and named, where %s", async (_, [spoil, problem]) => {
			await (await filled("1")).close();
			await spoil(folder);
			const store = await opening();
			expect(await store.put(item("2"))).toEqual({ problem: expect.stringMatching(problem) });
		});
	});
}
