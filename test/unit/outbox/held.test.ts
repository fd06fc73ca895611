// Events held for batches: in order, each batch taken once, what failed or cannot be opened kept.
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseReference } from "../../../src/model/reference.ts";
import { directorySpool } from "../../../src/outbox/directory.ts";
import { HeldEvents, heldFolders } from "../../../src/outbox/held.ts";
import { bytesBefore, sealOf } from "../../../src/outbox/seal.ts";
import type { HeldBatch } from "../../../src/outbox/shelf.ts";
import type { Spool } from "../../../src/ports.ts";
import { fakeClock } from "../../helpers/fakes.ts";
import { webhook } from "../../helpers/make.ts";

const hook = webhook({ name: "data-team", secrets: [parseReference("${SECRET}")] });
const SEAL = sealOf([hook], { SECRET: "a secret" });
let root = "";

beforeEach(async () => {
	root = join(await mkdtemp(join(tmpdir(), "held-")), "held");
});
afterEach(() => rm(join(root, ".."), { recursive: true }));

interface Given {
	readonly size?: number;
	readonly bytes?: number;
	readonly owner?: string;
	readonly spool?: Spool;
	readonly seal?: typeof SEAL;
	readonly onProblem?: (problem: string) => void;
}

/** A text stands for itself, but one that begins with `?` for nothing. */
function shelf(given: Given = {}) {
	const { size = 3, bytes = 1000, owner = "data-team", spool = directorySpool, seal = SEAL } = given;
	const read = (text: string) => (text.startsWith("?") ? { problem: "it says nothing" } : { event: text });
	const { onProblem = () => {} } = given;
	const limits = { events: size, bytes };
	return new HeldEvents({ root, owner, seal, read, limits, onProblem }, { spool, clock: fakeClock() });
}

async function put(...texts: readonly string[]) {
	for (const text of texts) expect(await shelf().put(text)).toBeUndefined();
}

/** What is taken out, all of it read. */
async function take(all: boolean, given: Given = {}) {
	const problems: string[] = [];
	const { batches: reading, left } = await shelf({ ...given, onProblem: (problem) => problems.push(problem) }).take(
		all,
	);
	const batches = [];
	for await (const batch of reading) batches.push(batch);
	return { batches, texts: batches.map(({ events }) => events), left, problems };
}

const settle = (batch: HeldBatch<string> | undefined, failed: readonly number[]) => {
	if (batch === undefined) throw new Error("no batch");
	return shelf().settle(batch, failed);
};

/** A process of that name has ended. */
const GONE = `${2 ** 22 + 1}-1`;

/** The folder of the only hook. */
async function folder(): Promise<string> {
	const [name = ""] = await readdir(root);
	return join(root, name);
}

describe("a shelf", () => {
	it("gives nothing until a batch is full, then that one alone, in the order of putting", async () => {
		await put("1", "2");
		expect(await take(false)).toEqual({ batches: [], texts: [], left: 2, problems: [] });
		await put("3", "4");
		expect(await take(false)).toMatchObject({ texts: [["1", "2", "3"]], left: 1 });
		expect(await take(false)).toMatchObject({ texts: [], left: 1 });
	});

	it("gives everything that waits when all is taken, in batches of the size", async () => {
		await put("1", "2", "3", "4");
		expect(await take(true)).toMatchObject({ texts: [["1", "2", "3"], ["4"]], left: 0 });
	});

	it("gives a batch that has no room for the next event, and an event of its size alone", async () => {
		const [large, small, whole] = ["l".repeat(600), "s".repeat(300), "w".repeat(1000)];
		await put(large);
		expect((await take(false)).texts).toEqual([]);
		await put(large);
		expect(await take(false)).toMatchObject({ texts: [[large]], left: 1 });
		await put(small, whole);
		expect(await take(false)).toMatchObject({ texts: [[large, small], [whole]], left: 0 });
		await put(small, large, small);
		expect(await take(true)).toMatchObject({ texts: [[small, large], [small]], left: 0 });
	});

	it("reads a batch only when it is asked for", async () => {
		await put("1", "2", "3", "4");
		const read: string[] = [];
		const spool: Spool = {
			...directorySpool,
			read: (path, limit) => {
				if (path.endsWith(".event")) read.push(basename(path));
				return directorySpool.read(path, limit);
			},
		};
		const { batches } = await shelf({ spool }).take(true);
		const reading = batches[Symbol.asyncIterator]();
		expect(read).toEqual([]);
		await reading.next();
		expect(read).toEqual(["00000001.event", "00000002.event", "00000003.event"]);
	});

	it("forgets what was delivered, and gives what was not again, unchanged and first, when all is taken", async () => {
		await put("1", "2", "3", "4");
		const [first, second] = (await take(true)).batches;
		await settle(first, [0, 1, 2]);
		await settle(second, []);
		await put("5");
		expect((await take(false)).texts).toEqual([]);
		expect((await take(true)).texts).toEqual([["1", "2", "3"], ["5"]]);
		expect((await take(true)).texts).toEqual([]);
	});

	it("forgets of a batch that was delivered in part that part only", async () => {
		await put("1", "2", "3", "4");
		await settle((await take(false)).batches[0], [0, 2]);
		expect((await take(true)).texts).toEqual([["1", "3"], ["4"]]);
	});

	it("leaves nothing of a delivered batch to be sent again, wherever its removal ends", async () => {
		await put("1", "2", "3");
		const [batch] = (await take(true)).batches;
		if (batch === undefined) throw new Error("no batch");
		await shelf({ spool: { ...directorySpool, remove: async () => {} } }).settle(batch, []);
		expect((await take(true)).texts).toEqual([]);
		await put("4", "5", "6");
		await settle((await take(true)).batches[0], []);
		expect(await heldFolders(root, directorySpool)).toEqual([]);
	});

	it("gives what a process took and left behind when it ended, and not what a living one has", async () => {
		await put("1", "2", "3");
		expect((await take(false, { spool: { ...directorySpool, process: GONE } })).texts).toHaveLength(1);
		expect((await take(true)).texts).toEqual([["1", "2", "3"]]);
		expect((await take(true)).texts).toEqual([]);
	});

	it.runIf(process.platform === "linux")(
		"gives what a process of this one's own number left behind, as each step in a container may be",
		async () => {
			await put("1", "2", "3");
			const before = { ...directorySpool, process: `${process.pid}-1` };
			expect((await take(false, { spool: before })).texts).toHaveLength(1);
			await writeFile(join(await folder(), "lock"), before.process);
			expect(await take(true)).toMatchObject({ texts: [["1", "2", "3"]], problems: [] });
		},
	);

	it("keeps hooks apart", async () => {
		await put("1");
		expect((await take(true, { owner: "other" })).texts).toEqual([]);
	});

	it("takes over the lock of a process that has ended, and waits for one that has not", async () => {
		await put("1");
		await writeFile(join(await folder(), "lock"), GONE);
		await put("2");
		await writeFile(join(await folder(), "lock"), directorySpool.process);
		expect(await shelf().put("3")).toBe("another process does not let go of their folder");
		expect(await take(true)).toEqual({
			batches: [],
			texts: [],
			left: 2,
			problems: ["held events stay: another process does not let go of their folder"],
		});
		await rm(join(await folder(), "lock"));
		expect((await take(true)).texts).toEqual([["1", "2"]]);
	});

	it("takes no event that nobody could read again, and none without a number", async () => {
		expect(await shelf().put("x".repeat(16 * 1024 * 1024))).toBe("it is larger than 15 MiB");
		const large = "x".repeat(15 * 1024 * 1024 - 100);
		await put(large);
		expect((await take(true)).texts).toEqual([[large]]);
		await writeFile(join(await folder(), "99999999.event"), "");
		expect(await shelf().put("1")).toBe("their folder has no number left");
	});

	it("loses and doubles nothing, whatever is put and taken by many at once", async () => {
		await Promise.all(Array.from({ length: 20 }, (_, index) => shelf().put(String(index))));
		const taken = await Promise.all(Array.from({ length: 4 }, () => take(true)));
		const texts = taken.flatMap((each) => each.texts.flat());
		expect(texts.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
	});

	it("says how many wait on where a batch finds no folder", async () => {
		await put("1", "2", "3");
		const open: Spool["open"] = async (path) => (path.includes("sending") ? "the disk is full" : undefined);
		expect(await take(true, { spool: { ...directorySpool, open } })).toEqual({
			batches: [],
			texts: [],
			left: 3,
			problems: ["held events stay: the disk is full"],
		});
	});
});

describe("what is held", () => {
	it("shows neither the event nor a secret on the disk, and is for this user alone", async () => {
		await put('{"error": "a secret told by an error"}');
		const [name = ""] = await readdir(await folder());
		const stored = await readFile(join(await folder(), name), "latin1");
		expect(stored).not.toContain("secret");
		expect(Buffer.from(stored.split(" ")[1] ?? "", "base64").toString("latin1")).not.toContain("secret");
	});

	it.each([
		["changed", (path: string) => writeFile(path, "held-2 AAAA")],
		["cut off", async (path: string) => writeFile(path, (await readFile(path)).subarray(0, 30))],
		["emptied", (path: string) => writeFile(path, "")],
		[
			"forged with other secrets",
			(path: string) => writeFile(path, sealOf([hook], { SECRET: "guessed" }).seal("{}", "00000002.event")),
		],
		["copied from another number", (path: string) => cp(path.replace("2.event", "1.event"), path)],
	])("and %s is left, with what is said of it, and the others are given", async (_, tamper) => {
		await put("1", "2", "3");
		await tamper(join(await folder(), "00000002.event"));
		const { texts, problems } = await take(false);
		expect(texts).toEqual([["1", "3"]]);
		expect(problems).toEqual([
			"1 held event stays (number 2): changed since, or held with another URL or other secrets",
		]);
	});

	it("with other secrets is given once they are back, in the same batches, and in its place", async () => {
		await put("1", "2", "3", "4");
		const mended = { seal: sealOf([hook], { SECRET: "mended" }) };
		expect(await take(true, mended)).toEqual({
			batches: [],
			texts: [],
			left: 0,
			problems: ["4 held events stay (numbers 1 to 4): changed since, or held with another URL or other secrets"],
		});
		await shelf(mended).put("5");
		await put("6", "7");
		expect((await take(false, mended)).texts).toEqual([["5"]]);
		expect(await heldFolders(root, directorySpool)).toEqual([shelf().name]);
		await put("8");
		const { texts, problems } = await take(true);
		expect([texts, problems]).toEqual([[["1", "2", "3"], ["4"], ["6", "7", "8"]], []]);
	});

	it("and stays is told by few numbers, however many they are", async () => {
		for (let number = 1; number <= 20; number++) await put(number < 4 || number % 2 === 0 ? "?" : "1");
		expect((await take(true, { size: 20 })).problems).toEqual([
			"12 held events stay (numbers 1 to 4, 6, 8, 10, 12 and more): it says nothing",
		]);
	});

	it("is nothing before it was put, and after it was delivered", async () => {
		expect(await heldFolders(root, directorySpool)).toEqual([]);
		await put("1");
		expect(await heldFolders(root, directorySpool)).toEqual([shelf().name]);
		for (const batch of (await take(true)).batches) await settle(batch, []);
		expect(await heldFolders(root, directorySpool)).toEqual([]);
	});

	it("and made a link or a folder, or that says nothing, is left too, each with its reason", async () => {
		await put("1", "2", "3", "?", "?");
		const path = (number: number) => join(folderPath, `0000000${number}.event`);
		const folderPath = await folder();
		await rename(path(2), join(root, "elsewhere"));
		await symlink(join(root, "elsewhere"), path(2));
		await rm(path(3));
		await mkdir(path(3));
		const problems = [
			"1 held event stays (number 2): it is a symbolic link",
			"1 held event stays (number 3): it is no file",
			"2 held events stay (numbers 4 to 5): it says nothing",
		];
		expect(await take(true, { size: 5, bytes: 10_000 })).toMatchObject({ texts: [["1"]], problems });
		expect(await take(true, { size: 5, bytes: 10_000 })).toMatchObject({ texts: [], problems });
		expect(existsSync(join(root, "elsewhere"))).toBe(true);
	});

	it("that someone moves to another number is told apart from what belongs there", async () => {
		await put("1", "2", "3");
		const path = (number: number) => join(folderPath, `0000000${number}.event`);
		const folderPath = await folder();
		await rename(path(3), path(9));
		await rename(path(1), path(3));
		await cp(path(2), path(1));
		expect(await take(true)).toMatchObject({
			texts: [["2"]],
			problems: ["3 held events stay (numbers 1, 3, 9): changed since, or held with another URL or other secrets"],
		});
	});

	it("and made a link in the place of a batch is left alone, and so is what lies behind it", async () => {
		await put("1");
		const elsewhere = join(root, "elsewhere");
		await mkdir(join(elsewhere, "folder"), { recursive: true });
		await writeFile(join(elsewhere, "file"), "precious");
		await symlink(elsewhere, join(await folder(), "00000008-00000009.failed"));
		const { texts, problems } = await take(true);
		expect(texts).toEqual([["1"]]);
		expect(problems).toEqual(["held batch 00000008-00000009.failed is left alone: it is no folder"]);
		expect(await readdir(elsewhere)).toEqual(["file", "folder"]);
	});

	it("and has other files beside it in a batch is given without them, and they are not touched one by one", async () => {
		await put("1");
		await settle((await take(true)).batches[0], [0]);
		const kept = join(await folder(), "00000001-00000001.failed", "notes");
		await mkdir(kept);
		const removed: string[] = [];
		const spool: Spool = {
			...directorySpool,
			remove: async (path) => {
				removed.push(path);
				await directorySpool.remove(path);
			},
		};
		expect(await take(true, { spool })).toMatchObject({ texts: [["1"]], problems: [] });
		expect(removed.filter((path) => !path.endsWith("lock"))).toEqual([]);
	});

	it.each([
		["that others may write into", folder],
		["below one that others may write into", async () => root],
	])("in a folder %s is left alone", async (_, which) => {
		await put("1", "2", "3");
		const open = await which();
		await chmod(open, 0o777);
		const { batches, problems, left } = await take(true);
		const why = `the folder ${open} will not do: others may write into it`;
		expect([batches, left, problems]).toEqual([[], 3, [`held events are left alone, ${why}`]]);
		expect(await shelf().put("4")).toBe(why);
		await chmod(open, 0o700);
		expect((await take(true)).batches).toHaveLength(1);
	});

	it("beside files of others is found all the same", async () => {
		await put("1", "2", "3");
		await writeFile(join(await folder(), "notes.txt"), "x");
		await cp(join(await folder(), "00000001.event"), join(await folder(), "1.event"));
		expect((await take(false)).texts).toEqual([["1", "2", "3"]]);
	});
});

describe("a seal", () => {
	const name = "00000001.event";

	it("opens what it sealed, and nothing in which any byte is another", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), fc.nat(), fc.integer({ min: 1, max: 255 }), (text, at, flip) => {
				const sealed = SEAL.seal(text, name);
				expect(SEAL.open(sealed, name)).toBe(text.toWellFormed());
				const bytes = Buffer.from(sealed.split(" ")[1] ?? "", "base64");
				const index = at % bytes.length;
				bytes[index] = (bytes[index] ?? 0) ^ flip;
				expect(SEAL.open(`held-2 ${bytes.toString("base64")}`, name)).toBeUndefined();
			}),
		);
	});

	it("opens nothing under another name", () => {
		expect(SEAL.open(SEAL.seal("x", name), "00000002.event")).toBeUndefined();
	});

	it("tells from the sealed bytes how many there were, and never fewer", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", maxLength: 3000 }), (text) => {
				const more = bytesBefore(SEAL.seal(text, name).length) - Buffer.byteLength(text);
				expect(more).toBeGreaterThanOrEqual(0);
				expect(more).toBeLessThan(50);
			}),
		);
	});

	it("depends on the hook's name, URL and secrets, and on nothing else of it", () => {
		const sealed = SEAL.seal("x", name);
		const opens = (given: Parameters<typeof webhook>[0], env = { SECRET: "a secret" }) =>
			sealOf([webhook({ ...hook, ...given })], env).open(sealed, name) === "x";
		expect(opens({})).toBe(true);
		expect(opens({ timeoutMs: 5, headers: new Map([["X-Step", parseReference("${STEP:-1}")]]) })).toBe(true);
		expect(opens({ name: "other" })).toBe(false);
		expect(opens({ url: parseReference("https://example.com/other") })).toBe(false);
		expect(opens({}, { SECRET: "another" })).toBe(false);
		expect(opens({ headers: new Map([["Authorization", parseReference("${STEP:-1}")]]) })).toBe(false);
	});
});
