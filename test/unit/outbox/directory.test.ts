// The spool on the disk: what cannot be is answered in words, and soon.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { directorySpool as spool } from "../../../src/outbox/directory.ts";

let root = "";
beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "spool-"));
});
afterEach(() => rm(root, { recursive: true }));

it("makes the folders above one, and takes one that is there", async () => {
	expect(await spool.open(join(root, "a", "b", "c"))).toBeUndefined();
	expect(await spool.open(join(root, "a", "b", "c"))).toBeUndefined();
});

it("says why a folder cannot be made", async () => {
	await writeFile(join(root, "file"), "");
	const detail = "there is a file where a folder should be";
	expect(await spool.open(join(root, "file", "a", "b"))).toBe(`it cannot be made: ${detail}`);
	expect(await spool.open(join(root, "file"))).toBe("it is no folder");
	expect(await spool.create(join(root, "file", "a"), "x")).toEqual({ problem: detail });
});

it.runIf(process.platform === "linux")("does not try for ever in a folder in which nothing can be made", async () => {
	expect(await spool.open("/proc/pipeline-hooks/held")).toMatch(/^it cannot be made: /);
});
