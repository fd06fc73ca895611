// Events held for batches: in order, each batch taken once, what failed or cannot be opened kept.
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseReference } from "../../../src/config/interpolate.ts";
import { directorySpool } from "../../../src/outbox/directory.ts";
import { HeldEvents } from "../../../src/outbox/held.ts";
import { sealOf } from "../../../src/outbox/seal.ts";
import type { Spool } from "../../../src/ports.ts";
import { fakeClock } from "../../helpers/fakes.ts";
import { webhook } from "../../helpers/make.ts";

const hook = webhook({ name: "data-team", secrets: [parseReference("${SECRET}")] });
const SEAL = sealOf(hook, { SECRET: "a secret" });
let root = "";

beforeEach(async () => {
	root = join(await mkdtemp(join(tmpdir(), "held-")), "held");
});
afterEach(() => rm(join(root, ".."), { recursive: true }));

function shelf(given: { size?: number; owner?: string; spool?: Spool; seal?: typeof SEAL } = {}) {
	const { size = 3, owner = "data-team", spool = directorySpool, seal = SEAL } = given;
	return new HeldEvents({ root, owner, seal, size }, { spool, clock: fakeClock() });
}

async function put(...texts: readonly string[]) {
	for (const text of texts) expect(await shelf().put(text)).toBeUndefined();
}

/** The folder of the only hook. */
async function folder(): Promise<string> {
	const [name = ""] = await readdir(root);
	return join(root, name);
}

describe("a shelf", () => {
	it("gives nothing until a batch is full, then that one alone, in the order of putting", async () => {
		await put("1", "2");
		expect(await shelf().take(false)).toEqual({ batches: [], left: 2, problems: [] });
		await put("3", "4");
		const { batches, left } = await shelf().take(false);
		expect([batches.map(({ texts }) => texts), left]).toEqual([[["1", "2", "3"]], 1]);
		expect(await shelf().take(false)).toMatchObject({ batches: [], left: 1 });
	});

	it("gives everything that waits when all is taken, in batches of the size", async () => {
		await put("1", "2", "3", "4");
		const { batches, left } = await shelf().take(true);
		expect([batches.map(({ texts }) => texts), left]).toEqual([[["1", "2", "3"], ["4"]], 0]);
	});

	it("forgets what was delivered, and gives what was not again, unchanged and first, when all is taken", async () => {
		await put("1", "2", "3", "4");
		const [first, second] = (await shelf().take(true)).batches;
		if (first === undefined || second === undefined) throw new Error("two batches");
		await shelf().settle(first, false);
		await shelf().settle(second, true);
		await put("5");
		expect((await shelf().take(false)).batches).toEqual([]);
		const again = await shelf().take(true);
		expect(again.batches.map(({ texts }) => texts)).toEqual([["1", "2", "3"], ["5"]]);
		expect((await shelf().take(true)).batches).toEqual([]);
	});

	it("gives what a process took and left behind when it ended, and not what a living one has", async () => {
		await put("1", "2", "3");
		const gone = { ...directorySpool, pid: 2 ** 22 + 1 };
		expect((await shelf({ spool: gone }).take(false)).batches).toHaveLength(1);
		expect((await shelf().take(true)).batches.map(({ texts }) => texts)).toEqual([["1", "2", "3"]]);
		expect((await shelf().take(true)).batches).toEqual([]);
	});

	it("keeps hooks apart", async () => {
		await put("1");
		expect((await shelf({ owner: "other" }).take(true)).batches).toEqual([]);
	});

	it("takes over the lock of a process that has ended, and waits for one that has not", async () => {
		await put("1");
		await writeFile(join(await folder(), "lock"), String(2 ** 22 + 1));
		await put("2");
		await writeFile(join(await folder(), "lock"), String(process.pid));
		expect(await shelf().put("3")).toBe("another process does not let go of their folder");
		expect(await shelf().take(true)).toEqual({
			batches: [],
			left: 2,
			problems: ["held events stay: another process does not let go of their folder"],
		});
		await rm(join(await folder(), "lock"));
		expect((await shelf().take(true)).batches.map(({ texts }) => texts)).toEqual([["1", "2"]]);
	});

	it("loses and doubles nothing, whatever is put and taken by many at once", async () => {
		await Promise.all(Array.from({ length: 20 }, (_, index) => shelf().put(String(index))));
		const taken = await Promise.all(Array.from({ length: 4 }, () => shelf().take(true)));
		const texts = taken.flatMap(({ batches }) => batches.flatMap((batch) => batch.texts));
		expect(texts.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
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
		["changed", (path: string) => writeFile(path, "held-1 AAAA")],
		["cut off", async (path: string) => writeFile(path, (await readFile(path)).subarray(0, 30))],
		["emptied", (path: string) => writeFile(path, "")],
		["forged with other secrets", (path: string) => writeFile(path, sealOf(hook, { SECRET: "guessed" }).seal("{}"))],
	])("and %s is left, with what is said of it, and the others are given", async (_, tamper) => {
		await put("1", "2", "3");
		await tamper(join(await folder(), "00000002.event"));
		const { batches, problems } = await shelf().take(false);
		expect(batches.map(({ texts }) => texts)).toEqual([["1", "3"]]);
		expect(problems).toEqual([
			"1 held event stays (number 2): changed since, or held with another URL or other secrets",
		]);
	});

	it("with other secrets is given once they are back, in the same batches, and in its place", async () => {
		await put("1", "2", "3", "4");
		const mended = shelf({ seal: sealOf(hook, { SECRET: "mended" }) });
		expect(await mended.take(true)).toEqual({
			batches: [],
			left: 0,
			problems: ["4 held events stay (numbers 1 to 4): changed since, or held with another URL or other secrets"],
		});
		await mended.put("5");
		await put("6", "7");
		expect((await mended.take(false)).batches.map(({ texts }) => texts)).toEqual([["5"]]);
		expect(await shelf().isEmpty()).toBe(false);
		await put("8");
		const { batches, problems } = await shelf().take(true);
		expect([batches.map(({ texts }) => texts), problems]).toEqual([[["1", "2", "3"], ["4"], ["6", "7", "8"]], []]);
	});

	it("is nothing before it was put, and after it was delivered", async () => {
		expect(await shelf().isEmpty()).toBe(true);
		await put("1");
		expect(await shelf().isEmpty()).toBe(false);
		for (const batch of (await shelf().take(true)).batches) await shelf().settle(batch, true);
		expect(await shelf().isEmpty()).toBe(true);
	});

	it("and made a link or a folder is thrown away too", async () => {
		await put("1", "2", "3");
		const path = (number: number) => join(folderPath, `0000000${number}.event`);
		const folderPath = await folder();
		await rename(path(2), join(root, "elsewhere"));
		await symlink(join(root, "elsewhere"), path(2));
		await rm(path(3));
		await mkdir(path(3));
		const { batches, problems } = await shelf().take(false);
		expect(batches.map(({ texts }) => texts)).toEqual([["1"]]);
		expect(problems).toHaveLength(2);
		expect(existsSync(join(root, "elsewhere"))).toBe(true);
	});

	it("and made a link in the place of a batch is left alone, and so is what lies behind it", async () => {
		await put("1");
		const elsewhere = join(root, "elsewhere");
		await mkdir(join(elsewhere, "folder"), { recursive: true });
		await writeFile(join(elsewhere, "file"), "precious");
		await symlink(elsewhere, join(await folder(), "00000008-00000009.failed"));
		const { batches, problems } = await shelf().take(true);
		expect(batches.map(({ texts }) => texts)).toEqual([["1"]]);
		expect(problems).toEqual(["held batch 00000008-00000009.failed is left alone: it is no folder"]);
		expect(await readdir(elsewhere)).toEqual(["file", "folder"]);
	});

	it("and has other files beside it in a batch is given without them, and they are not touched one by one", async () => {
		await put("1");
		const [batch] = (await shelf().take(true)).batches;
		if (batch === undefined) throw new Error("a batch");
		await shelf().settle(batch, false);
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
		const { batches, problems } = await shelf({ spool }).take(true);
		expect([batches.map(({ texts }) => texts), problems]).toEqual([[["1"]], []]);
		expect(removed.filter((path) => !path.endsWith("lock"))).toEqual([]);
	});

	it.each([
		["that others may write into", folder],
		["below one that others may write into", async () => root],
	])("in a folder %s is left alone", async (_, which) => {
		await put("1", "2", "3");
		const open = await which();
		await chmod(open, 0o777);
		const { batches, problems } = await shelf().take(true);
		const why = `the folder ${open} will not do: others may write into it`;
		expect([batches, problems]).toEqual([[], [`held events are left alone, ${why}`]]);
		expect(await shelf().put("4")).toBe(why);
		await chmod(open, 0o700);
		expect((await shelf().take(true)).batches).toHaveLength(1);
	});

	it("beside files of others is found all the same", async () => {
		await put("1", "2", "3");
		await writeFile(join(await folder(), "notes.txt"), "x");
		await cp(join(await folder(), "00000001.event"), join(await folder(), "1.event"));
		expect((await shelf().take(false)).batches.map(({ texts }) => texts)).toEqual([["1", "2", "3"]]);
	});
});

describe("a seal", () => {
	it("opens what it sealed, and nothing in which any byte is another", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), fc.nat(), fc.integer({ min: 1, max: 255 }), (text, at, flip) => {
				const sealed = SEAL.seal(text);
				expect(SEAL.open(sealed)).toBe(text.toWellFormed());
				const bytes = Buffer.from(sealed.split(" ")[1] ?? "", "base64");
				const index = at % bytes.length;
				bytes[index] = (bytes[index] ?? 0) ^ flip;
				expect(SEAL.open(`held-1 ${bytes.toString("base64")}`)).toBeUndefined();
			}),
		);
	});

	it("depends on the hook's name, URL and secrets, and on nothing else of it", () => {
		const sealed = SEAL.seal("x");
		const opens = (given: Parameters<typeof webhook>[0], env = { SECRET: "a secret" }) =>
			sealOf(webhook({ ...hook, ...given }), env).open(sealed) === "x";
		expect(opens({})).toBe(true);
		expect(opens({ timeoutMs: 5, headers: new Map([["X-Step", parseReference("${STEP:-1}")]]) })).toBe(true);
		expect(opens({ name: "other" })).toBe(false);
		expect(opens({ url: parseReference("https://example.com/other") })).toBe(false);
		expect(opens({}, { SECRET: "another" })).toBe(false);
		expect(opens({ headers: new Map([["Authorization", parseReference("${STEP:-1}")]]) })).toBe(false);
	});
});
