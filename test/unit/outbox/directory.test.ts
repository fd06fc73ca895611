// The spool on the disk: what cannot be is answered in words, and soon.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

it("tells the size of a file, and none of what is not there", async () => {
	await writeFile(join(root, "file"), "12345");
	expect([await spool.size(join(root, "file")), await spool.size(join(root, "other"))]).toEqual([5, 0]);
});

describe("a process", () => {
	it("is there while it runs, and not once it has ended", async () => {
		expect([spool.isAlive(spool.process), /^[\w-]+$/.test(spool.process)]).toEqual([true, true]);
		const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
		expect(spool.isAlive(`${child.pid}-`)).toBe(true);
		const ended = once(child, "exit");
		child.kill();
		await ended;
		expect(spool.isAlive(`${child.pid}-`)).toBe(false);
	});

	it.runIf(process.platform === "linux")("is another where its number was given again", () => {
		expect([spool.isAlive(`${process.pid}-1`), spool.isAlive("1-1")]).toEqual([false, false]);
	});

	it.each(["", "x", "0-1", "-1-1", `${process.pid}`, "../x", "9".repeat(400)])(
		"is not there by the name %j",
		(name) => {
			expect(spool.isAlive(name)).toBe(false);
		},
	);
});
