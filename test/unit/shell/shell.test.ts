// Shell commands as real processes: how they end, what they see, and that nothing of them stays.
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ShellCommand, ShellResult } from "../../../src/ports.ts";
import { nodeShell } from "../../../src/shell/shell.ts";
import { processesWith } from "../../helpers/processes.ts";

interface Ran extends ShellResult {
	readonly lines: readonly string[];
	readonly ms: number;
}

const PATH = "/usr/bin:/bin";
/** Milliseconds for what must not wait: SIGKILL comes two seconds after SIGTERM, and zombies would be waited for for three. */
const SOON = 2000;
let folder = "";

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "shell-"));
});

afterEach(() => {
	vi.unstubAllEnvs();
	rmSync(folder, { recursive: true });
});

async function run(
	command: string,
	more: Partial<ShellCommand> = {},
	signal = new AbortController().signal,
	shell = nodeShell(),
): Promise<Ran> {
	const lines: string[] = [];
	const started = performance.now();
	const result = await shell.run(
		{
			command,
			shell: undefined,
			cwd: folder,
			env: { PATH },
			stdin: "{}\n",
			timeoutMs: 10_000,
			onLine: (line, stream) => lines.push(`${stream}: ${line}`),
			...more,
		},
		signal,
	);
	return { ...result, lines, ms: performance.now() - started };
}

/** How many files this process has open. */
function openFiles(): number {
	return readdirSync("/proc/self/fd").length;
}

/** A duration for `sleep` that no other process has, so that survivors can be told. */
let next = 0;
function uniqueSleep(): string {
	next += 1;
	return `sleep 9${process.pid}.${next}`;
}

describe("a command", () => {
	it("ends with its exit code, its lines and the last of each stream", async () => {
		expect(await run("echo one; echo two; echo three >&2; exit 3")).toMatchObject({
			end: { kind: "exit", code: 3 },
			lines: expect.arrayContaining(["stdout: one", "stdout: two", "stderr: three"]),
			lastStdout: "two",
			lastStderr: "three",
		});
	});

	it("reads its stdin to the end", async () => {
		const stdin = `${"é".repeat(300_000)}\nend`;
		expect(await run("wc -c; exit 0", { stdin })).toMatchObject({ lastStdout: String(Buffer.byteLength(stdin)) });
	});

	it("sees exactly the environment and the folder it is given", async () => {
		const { lines } = await run("env; pwd", { env: { PATH, ONLY: "this" } });
		const names = lines.map((line) => line.replace(/^stdout: (\w+)=.*/, "$1"));
		expect(names.filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name)).sort()).toEqual(
			["ONLY", "PATH", `stdout: ${folder}`].sort(),
		);
	});

	it.each<[string, Partial<Ran>]>([
		["cat /dev/stdin", { lastStdout: "{}" }],
		["read -r _ </dev/stdin; cat /dev/stdin /dev/stdin", { lines: ["stdout: {}", "stdout: {}"] }],
		["echo a > /dev/stdout; echo b >> /dev/stdout", { lines: ["stdout: a", "stdout: b"] }],
		["echo gone > /dev/stderr; exit 3", { end: { kind: "exit", code: 3 }, lastStderr: "gone" }],
		["echo gone >> /dev/stderr", { lines: ["stderr: gone"] }],
		["tee /dev/stderr", { lastStdout: "{}", lastStderr: "{}" }],
		["(echo late > /proc/self/fd/2) 2>&1 | cat /dev/stdin", { lines: ["stdout: late"] }],
	])("opens its streams by name: %s", async (command, ran) => {
		expect(await run(command)).toMatchObject({ end: { kind: "exit", code: 0 }, ...ran });
	});

	it.each<[string, string, Record<string, string>]>([
		["there is no mkfifo", PATH, { PATH: "/nowhere" }],
		["no file can be made", "/does/not/exist", { PATH }],
	])("has ordinary pipes where %s", async (_, temporary, env) => {
		vi.stubEnv("TMPDIR", temporary);
		const ran = await run("read -r all; echo $all; echo gone >&2; exit 3", { env });
		expect(ran).toMatchObject({ end: { kind: "exit", code: 3 }, lastStdout: "{}", lastStderr: "gone" });
		expect(await run("exit 0", { env, stdin: "x".repeat(1024 * 1024) })).toMatchObject({
			end: { kind: "exit", code: 0 },
		});
	});

	it.each<[string, string, Partial<ShellCommand>]>([
		["runs", "cat; echo x >&2", {}],
		["cannot start for its folder", "true", { cwd: "/does/not/exist" }],
		["cannot start for its size", "true", { env: { PATH, X: "x".repeat(3_000_000) } }],
		["has ordinary pipes", "true", { env: { PATH: "/nowhere" } }],
	])("that %s leaves no file behind, open or named, 50 times", async (_, command, more) => {
		const temporary = mkdtempSync(join(folder, "tmp-"));
		vi.stubEnv("TMPDIR", temporary);
		await run(command, more);
		const before = openFiles();
		for (let time = 0; time < 50; time++) await run(command, more);
		await vi.waitFor(() => expect(openFiles()).toBe(before));
		expect(readdirSync(temporary)).toEqual([]);
	});

	it("has its input in a file of its own, which has no name any more", async () => {
		const { lastStdout } = await run("stat -Lc '%a %h' /dev/stdin");
		expect(lastStdout).toBe("600 0");
	});

	it("is held up, and loses nothing, while what it prints is not read", async () => {
		const lines: string[] = [];
		let endedMeanwhile: boolean | undefined;
		const ran = await run("yes 0123456 | head -c 400000 >/dev/stdout; touch ended", {
			onLine: (line) => {
				if (lines.push(line) > 1) return;
				Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
				endedMeanwhile = existsSync(join(folder, "ended"));
			},
		});
		expect(ran).toMatchObject({ end: { kind: "exit", code: 0 } });
		expect(endedMeanwhile).toBe(false);
		expect(lines).toHaveLength(50_000);
	});

	const SIGNALS = Object.entries(constants.signals);
	const nameOf = (number: number) => SIGNALS.find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
	/** Those that end nothing by themselves: SIGCHLD, SIGURG and SIGWINCH are ignored, and SIGCONT to SIGTTOU stop. */
	const HARMLESS = [17, 18, 19, 20, 21, 22, 23, 28];
	const deadly = Array.from({ length: 64 }, (_, index) => index + 1).filter((number) => !HARMLESS.includes(number));

	it.each([
		["itself", (number: number) => `kill -${number} $$`],
		["its last process", (number: number) => `sh -c 'kill -${number} $$'`],
		["a program in its place", (number: number) => `exec sh -c 'kill -${number} $$'`],
	])("that has a signal end %s has failed, whichever it is", async (_, command) => {
		const ends = await Promise.all(deadly.map(async (number) => [number, await run(command(number))] as const));
		for (const [number, { end, lastStderr }] of ends) {
			expect(end).toEqual({ kind: "exit", code: 128 + number, signal: nameOf(number) });
			// What the outer shell says of a signal is not the command's.
			if (!command(number).startsWith("sh")) expect(lastStderr).toBe("");
		}
	});

	it.each([34, 64, 9])(
		"that ends its whole group by signal %i has failed, though nobody is left to tell",
		async (number) => {
			expect(await run(`kill -${number} 0; sleep 9`)).toMatchObject({
				end: { kind: "signal", signal: number === 9 ? "SIGKILL" : "a signal" },
			});
		},
	);

	it("may end the others of its group in order to clean up", async () => {
		const ran = await run("trap 'trap \"\" TERM; kill 0; wait' EXIT; sleep 9 & echo done");
		expect(ran).toMatchObject({ end: { kind: "exit", code: 0 }, lines: ["stdout: done"] });
		expect(ran.ms).toBeLessThan(SOON);
	});

	it("has every exit code for itself, and only 0 is a success", async () => {
		for (const code of [1, 2, 127, 128, 192, 193, 194, 254, 255]) {
			const { end } = await run(`exit ${code}`);
			expect(end).toMatchObject({ kind: "exit", code: code === 193 ? 1 : code });
		}
	});

	it.each([
		["never reads", "exit 0"],
		["closes", "exec 0<&-; sleep 0.02"],
	])("that %s a large stdin is fine, 20 times of 20", async (_, command) => {
		const stdin = "x".repeat(1024 * 1024);
		for (let time = 0; time < 20; time++) {
			expect(await run(command, { stdin })).toMatchObject({ end: { kind: "exit", code: 0 } });
		}
	});

	it("that prints 200 MB without a line end is read on, in little memory", async () => {
		const before = process.memoryUsage.rss();
		const ran = await run("head -c 200000000 /dev/zero | tr '\\0' x; echo; echo the end");
		// Garbage that is collected late counts too.
		expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
		expect(ran).toMatchObject({ end: { kind: "exit", code: 0 }, lastStdout: "the end" });
		expect(ran.lines).toEqual([`stdout: ${"x".repeat(64 * 1024)}`, "stdout: the end"]);
	});

	it("that prints too many lines is truncated, and still has its last line", async () => {
		const ran = await run("yes 012345678901234 | head -c 3000000; echo the end; echo the reason >&2");
		expect(ran).toMatchObject({ lastStdout: "the end", lastStderr: "the reason" });
		expect(ran.lines).toHaveLength(64 * 1024 + 1);
		expect(ran.lines.at(-1)).toContain("longer than 1 MiB");
	});
});

describe("ending", () => {
	it("at the timeout takes the whole group", async () => {
		const sleep = uniqueSleep();
		const ran = await run(`echo begun; (${sleep} & ${sleep}) & ${sleep}`, { timeoutMs: 200 });
		expect(ran).toMatchObject({ end: { kind: "timeout" }, lastStdout: "begun" });
		expect(ran.ms).toBeLessThan(SOON);
		expect(processesWith(sleep)).toEqual([]);
	});

	it("lets a command clean up after SIGTERM", async () => {
		const ran = await run("trap 'echo cleaned; exit 0' TERM; sleep 9 & wait", { timeoutMs: 200 });
		expect(ran).toMatchObject({ end: { kind: "timeout" }, lastStdout: "cleaned" });
	});

	it("kills what ignores SIGTERM two seconds later", async () => {
		const sleep = uniqueSleep();
		const ran = await run(`trap '' TERM; ${sleep} & ${sleep}; ${sleep}`, { timeoutMs: 100 });
		expect(ran).toMatchObject({ end: { kind: "timeout" } });
		expect(ran.ms).toBeGreaterThan(2000);
		expect(ran.ms).toBeLessThan(2000 + SOON);
		expect(processesWith(sleep)).toEqual([]);
	});

	it("counts the time from before stdin is taken", async () => {
		const ran = await run("sleep 9; cat", { timeoutMs: 200, stdin: "x".repeat(1024 * 1024) });
		expect(ran).toMatchObject({ end: { kind: "timeout" } });
		expect(ran.ms).toBeLessThan(SOON);
	});

	it("comes at once when cancelled, and nothing starts after it", async () => {
		const controller = new AbortController();
		const sleep = uniqueSleep();
		setTimeout(() => controller.abort(), 100);
		const ran = await run(`${sleep} & ${sleep}`, {}, controller.signal);
		expect(ran).toMatchObject({ end: { kind: "cancelled" } });
		expect(ran.ms).toBeLessThan(SOON);
		expect(processesWith(sleep)).toEqual([]);
		const late = await run("touch begun", {}, controller.signal);
		expect(late).toMatchObject({ end: { kind: "cancelled" }, lines: [] });
		expect(() => readFileSync(join(folder, "begun"))).toThrow("ENOENT");
	});

	it("takes along what a command left in the background", async () => {
		const sleep = uniqueSleep();
		const ran = await run(`${sleep} & echo left`);
		expect(ran).toMatchObject({ end: { kind: "exit", code: 0 }, lines: ["stdout: left"] });
		expect(ran.ms).toBeLessThan(SOON);
		expect(processesWith(sleep)).toEqual([]);
	});

	it("kills a background process that ignores SIGTERM", async () => {
		const sleep = uniqueSleep();
		const ran = await run(`(trap '' TERM; ${sleep}; ${sleep}) & exit 4`);
		expect(ran).toMatchObject({ end: { kind: "exit", code: 4 } });
		expect(processesWith(sleep)).toEqual([]);
	});

	it("still takes what a background process prints right after", async () => {
		expect(await run("(sleep 0.03; echo late) & exit 0")).toMatchObject({ lines: ["stdout: late"] });
	});

	it("does not wait for ended processes that nobody collects", async () => {
		const uncollected = "perl -MPOSIX -e 'fork or exit; POSIX::setsid(); sleep 9' >/dev/null 2>&1 </dev/null";
		const ran = await run(`${uncollected} & sleep 0.2; echo done`);
		expect(ran).toMatchObject({ end: { kind: "exit", code: 0 }, lines: ["stdout: done"] });
		expect(ran.ms).toBeLessThan(SOON);
	});

	it("does not wait for a session of its own that keeps stdout open", async () => {
		const ran = await run("setsid sleep 9 & echo left; sleep 0.1");
		expect(ran).toMatchObject({ end: { kind: "exit", code: 0 }, lines: ["stdout: left"] });
		expect(ran.ms).toBeLessThan(SOON);
	});
});

describe("a command that cannot start", () => {
	it.each<[string, string, Partial<ShellCommand>, string]>([
		["a folder that is not there", "true", { cwd: "/does/not/exist" }, "the working directory does not exist"],
		["a folder that is a file", "true", { cwd: "/etc/passwd" }, "the working directory is not a directory"],
		["a huge variable", "true", { env: { X: "x".repeat(3_000_000) } }, "the command or its environment is too long"],
		["a NUL", "true\0", {}, "the command or its environment has a NUL character"],
	])("because of %s says why", async (_, command, more, detail) => {
		const ran = await run(command, { ...more, stdin: "x".repeat(100_000) });
		expect(ran).toMatchObject({ end: { kind: "not_started", detail }, lines: [], lastStdout: "", lastStderr: "" });
	});
});

/** A program of the test's own in the folder. */
function program(name: string, text: string): void {
	writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
	chmodSync(join(folder, name), 0o755);
}

const SHOW_ARGUMENTS = `printf '<%s>\\n' "$@"`;

describe("a shell", () => {
	it.each<[ShellCommand["shell"], string, Partial<Ran>]>([
		[undefined, "false; echo on", { end: { kind: "exit", code: 1 }, lines: [] }],
		["sh", "false | true; false || echo on", { end: { kind: "exit", code: 0 }, lines: ["stdout: on"] }],
		["bash", "false | true; echo on", { end: { kind: "exit", code: 1 }, lines: [] }],
		["bash", "false; echo on", { end: { kind: "exit", code: 1 }, lines: [] }],
		["bash", "[[ a == a ]] && echo on", { end: { kind: "exit", code: 0 }, lines: ["stdout: on"] }],
	])("%s runs %j as a step of a workflow does", async (name, command, ran) => {
		expect(await run(command, { shell: name })).toMatchObject(ran);
	});

	it.each<[ShellCommand["shell"], string]>([
		["sh", "-s"],
		["sh", "+c"],
		["bash", "-s"],
		["bash", "--version"],
	])("%s takes %j for a command, and not for an option of its own", async (name, command) => {
		expect(await run(command, { shell: name, stdin: "exit 0" })).toMatchObject({ end: { kind: "exit", code: 127 } });
	});

	it("that is missing is a failure that names it, and is looked for where the hook looks", async () => {
		const detail = "pwsh was not found in the PATH of the hook: install it, or choose another shell";
		expect(await run("exit 0", { shell: "pwsh", env: { PATH: folder } })).toMatchObject({
			end: { kind: "not_started", detail },
		});
		writeFileSync(join(folder, "pwsh"), "not a program");
		expect(await run("exit 0", { shell: "pwsh", env: { PATH: folder } })).toMatchObject({
			end: { kind: "not_started", detail },
		});
		expect(await run("exit 0", { shell: "pwsh", env: {} })).toMatchObject({ end: { kind: "not_started", detail } });
	});

	it("pwsh stops at the first error, and ends as its last program did", async () => {
		program("pwsh", `${SHOW_ARGUMENTS}; exit 3`);
		expect(await run("Get-Item x\nexample.exe", { shell: "pwsh", env: { PATH: `${folder}:${PATH}` } })).toMatchObject({
			end: { kind: "exit", code: 3 },
			lines: [
				"<-Command>",
				"<$ErrorActionPreference = 'stop'",
				"Get-Item x",
				"example.exe",
				"if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }>",
			].map((line) => `stdout: ${line}`),
		});
	});
});

describe("on Windows", () => {
	/** Stand-ins for the two programs, which note their arguments. */
	function windowsPrograms(): string {
		program("cmd.exe", `printf '%s\\n' "$@"; echo $$ > pid; [ -f wait ] && exec sleep 9; exit 5`);
		program("taskkill", `echo "$@" > "$(dirname "$0")/killed"; kill -9 "$4"`);
		return `${folder}:${PATH}`;
	}

	const shell = nodeShell("win32");

	it("goes through cmd, quoted as it wants", async () => {
		const ran = await run('echo "a b"', { env: { PATH: windowsPrograms() } }, undefined, shell);
		expect(ran).toMatchObject({
			end: { kind: "exit", code: 5 },
			lines: ["/d", "/s", "/c", '"echo "a b""'].map((line) => `stdout: ${line}`),
		});
	});

	it("prefers the interpreter that ComSpec names", async () => {
		windowsPrograms();
		const ran = await run("x", { env: { PATH, ComSpec: join(folder, "cmd.exe") } }, undefined, shell);
		expect(ran).toMatchObject({ end: { kind: "exit", code: 5 } });
	});

	it("runs another shell with the arguments that it has elsewhere", async () => {
		program("bash", `${SHOW_ARGUMENTS}; exit 4`);
		const ran = await run("a\nb", { env: { PATH: `${folder}:${PATH}` }, shell: "bash" }, undefined, shell);
		expect(ran).toMatchObject({
			end: { kind: "exit", code: 4 },
			lines: ["<--noprofile>", "<--norc>", "<-eo>", "<pipefail>", "<-c>", "<-->", "<a", "b>"].map(
				(line) => `stdout: ${line}`,
			),
		});
		expect(await run("x", { env: { PATH: "/nowhere" }, shell: "pwsh" }, undefined, shell)).toMatchObject({
			end: { kind: "not_started", detail: expect.stringContaining("pwsh was not found") },
		});
	});

	it("does not run lines of which cmd would run the first only", async () => {
		windowsPrograms();
		expect(await run("rem one\nexit 1\n", { env: { PATH: folder } }, undefined, shell)).toMatchObject({
			end: { kind: "not_started", detail: expect.stringContaining("cmd runs only the first line") },
		});
	});

	it("knows a code past 128 as a code", async () => {
		program("cmd.exe", "exit 137");
		expect((await run("x", { env: { PATH: folder } }, undefined, shell)).end).toEqual({ kind: "exit", code: 137 });
	});

	it("ends the tree by taskkill", async () => {
		writeFileSync(join(folder, "wait"), "");
		const ran = await run("x", { env: { PATH: windowsPrograms() }, timeoutMs: 300 }, undefined, shell);
		expect(ran).toMatchObject({ end: { kind: "timeout" } });
		expect(ran.ms).toBeLessThan(SOON);
		const pid = readFileSync(join(folder, "pid"), "utf8").trim();
		expect(readFileSync(join(folder, "killed"), "utf8").trim()).toBe(`/T /F /PID ${pid}`);
	});
});
