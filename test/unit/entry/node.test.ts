// The real clock and files.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nodeClock, nodeFiles, nodePorts } from "../../../src/entry/node.ts";
import { NOT_REGULAR } from "../../../src/model/problem.ts";
import { requestTo } from "../../helpers/request.ts";
import { unprivileged } from "../../helpers/unprivileged.ts";

const folder = mkdtempSync(join(tmpdir(), "node-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function elapsed(work: () => Promise<unknown>): Promise<number> {
	const started = nodeClock.monotonic();
	await work();
	return nodeClock.monotonic() - started;
}

describe("clock", () => {
	it("tells the time", () => {
		expect(Math.abs(nodeClock.now().getTime() - Date.now())).toBeLessThan(1000);
	});

	it("sleeps, and wakes on a signal without rejecting", async () => {
		expect(await elapsed(() => nodeClock.sleep(30))).toBeGreaterThan(25);
		const controller = new AbortController();
		setTimeout(() => controller.abort(), 20);
		expect(await elapsed(() => nodeClock.sleep(60_000, controller.signal))).toBeLessThan(1000);
		expect(await elapsed(() => nodeClock.sleep(60_000, controller.signal))).toBeLessThan(1000);
	});

	it("does not take a very long sleep for none", async () => {
		const signal = AbortSignal.timeout(50);
		expect(await elapsed(() => nodeClock.sleep(2 ** 40, signal))).toBeGreaterThan(40);
	});
});

describe("files", () => {
	it("reads a file of the limit, and no larger one", async () => {
		const path = join(folder, "ten");
		writeFileSync(path, "0123456789");
		expect(await nodeFiles.read(path, 10)).toEqual({ kind: "file", bytes: Buffer.from("0123456789") });
		expect(await nodeFiles.read(path, 9)).toEqual({
			kind: "unreadable",
			detail: "larger than 9 bytes",
			isTooLarge: true,
		});
	});

	it("reads an empty file, and one that is larger than a chunk", async () => {
		const path = join(folder, "large");
		writeFileSync(path, "");
		expect(await nodeFiles.read(path, 0)).toEqual({ kind: "file", bytes: Buffer.alloc(0) });
		const bytes = Buffer.alloc(200_001, "abc");
		writeFileSync(path, bytes);
		expect(await nodeFiles.read(path, 1_000_000)).toEqual({ kind: "file", bytes });
	});

	it.runIf(process.platform !== "win32")("refuses what is not a regular file, at once, through links too", async () => {
		execFileSync("mkfifo", [join(folder, "pipe")]);
		symlinkSync("pipe", join(folder, "to-pipe"));
		const socket = createServer().listen(join(folder, "socket"));
		await once(socket, "listening");
		const chunks = async (path: string) => {
			for await (const _ of nodeFiles.stream(path, new AbortController().signal));
		};
		const kinds = [
			["pipe", "is a named pipe, not a regular file"],
			["to-pipe", "is a named pipe, not a regular file"],
			["socket", "is a socket, not a regular file"],
			["/dev/zero", "is a device, not a regular file"],
			["/dev/tty", "is a device, not a regular file"],
		] as const;
		for (const [name, detail] of kinds) {
			const path = resolve(folder, name);
			expect(await nodeFiles.read(path, 10)).toEqual({ kind: "unreadable", detail });
			await expect(chunks(path)).rejects.toMatchObject({ code: NOT_REGULAR });
		}
		await expect(chunks(folder)).rejects.toMatchObject({ code: "EISDIR" });
		socket.close();
	});

	it("reads a file in pieces", async () => {
		const path = join(folder, "pieces");
		writeFileSync(path, Buffer.alloc(200_000, "x"));
		let size = 0;
		for await (const chunk of nodeFiles.stream(path, new AbortController().signal)) size += chunk.byteLength;
		expect(size).toBe(200_000);
	});

	it("says what is missing", async () => {
		writeFileSync(join(folder, "file"), "");
		for (const path of ["nothing", "file/below"]) {
			expect(await nodeFiles.read(join(folder, path), 10)).toEqual({ kind: "missing" });
		}
		expect(await nodeFiles.read("", 10)).toEqual({ kind: "missing" });
	});

	it("says why something cannot be read", async () => {
		symlinkSync("loop", join(folder, "loop"));
		symlinkSync("nothing", join(folder, "dangling"));
		const reasons: readonly (readonly [string, string])[] = [
			[folder, "is a directory"],
			[join(folder, "loop"), "too many symbolic links"],
			[join(folder, "dangling"), "is a symbolic link that leads nowhere"],
			[join(folder, "x".repeat(300)), "the path is too long"],
			[join(folder, "a\0b"), "the path has a NUL character"],
		];
		for (const [path, detail] of reasons) {
			expect(await nodeFiles.read(path, 1_000_000)).toEqual({ kind: "unreadable", detail });
		}
	});

	it("says that permission is denied", async () => {
		const path = join(folder, "locked");
		writeFileSync(path, "");
		chmodSync(path, 0);
		chmodSync(folder, 0o755);
		const read = await unprivileged(() => nodeFiles.read(path, 10));
		expect(read).toEqual({ kind: "unreadable", detail: "permission denied" });
	});

	it("follows every link of a path, and leaves one that leads nowhere", async () => {
		writeFileSync(join(folder, "target"), "");
		symlinkSync(folder, join(folder, "alias"));
		symlinkSync("target", join(folder, "pointer"));
		expect(await nodeFiles.real(join(folder, "alias", "pointer"))).toBe(join(await nodeFiles.real(folder), "target"));
		const nowhere = join(folder, "alias", "nothing");
		expect(await nodeFiles.real(nowhere)).toBe(nowhere);
	});

	it("adds to the end of a file", async () => {
		const path = join(folder, "grows");
		await nodeFiles.append(path, "a\n");
		await nodeFiles.append(path, "b\n");
		expect(readFileSync(path, "utf8")).toBe("a\nb\n");
		await expect(nodeFiles.append(folder, "x")).rejects.toThrow("EISDIR");
	});

	it("writes a whole file with its folders, and rejects where it cannot", async () => {
		const path = join(folder, "a", "b", "c.json");
		await nodeFiles.write(path, "a longer text");
		await nodeFiles.write(path, "é");
		expect(readFileSync(path, "utf8")).toBe("é");
		mkdirSync(join(folder, "taken"));
		await expect(nodeFiles.write(join(folder, "taken"), "x")).rejects.toThrow("EISDIR");
		await expect(nodeFiles.write("/proc/nope/x", "x")).rejects.toThrow("ENOENT");
	});
});

it("nodePorts puts the real ones together", async () => {
	const env = { A: "1" };
	const log = { protect: () => {}, info: () => {}, debug: () => {}, openGroup: () => () => {}, closeGroup: () => {} };
	const ports = nodePorts(env, log);
	expect(ports).toMatchObject({ env, log, clock: nodeClock, files: nodeFiles });
	expect(ports.random()).toBeLessThan(1);
	const aborted = AbortSignal.abort();
	expect(await ports.http.send(requestTo("http://hook.invalid/"), aborted)).toMatchObject({ cause: "cancelled" });
	const command = {
		command: "exit 7",
		shell: undefined,
		cwd: folder,
		env: {},
		stdin: "",
		timeoutMs: 5000,
		onLine: () => {},
	};
	expect(await ports.shell.run(command, new AbortController().signal)).toMatchObject({ end: { code: 7 } });
	ports.http.close();
});
