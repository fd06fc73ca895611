// Programs without a shell: what they get, what is kept of them, and that nothing of them stays.
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { type Program, runProgram } from "../../../src/shell/program.ts";
import { processesWith } from "../../helpers/processes.ts";

const PATH = "/usr/bin:/bin";

function run(script: string, more: Partial<Program> = {}) {
	const args = ["-c", script, "sh"];
	const program = { program: "sh", args, cwd: tmpdir(), env: { PATH }, stdin: "", timeoutMs: 10_000, limit: 1_000_000 };
	return runProgram({ ...program, ...more });
}

const exit = (code: number | null, stdout: string, stderr = "") => ({
	kind: "exit",
	code,
	stdout: Buffer.from(stdout),
	stderr,
});

it("gives all that a program writes, and its code", async () => {
	expect(await run("cat; echo no >&2; exit 3", { stdin: "a\0ü\n" })).toEqual(exit(3, "a\0ü\n", "no\n"));
});

it("gives a program its environment and nothing else", async () => {
	const ran = await run("/usr/bin/env", { env: { PATH, A: "1" } });
	const lines = ran.kind === "exit" ? ran.stdout.toString().split("\n").filter(Boolean) : [];
	// What shells set by themselves.
	expect(lines.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line)).toSorted()).toEqual(["A=1", `PATH=${PATH}`]);
});

it("does not mind a program that does not read its stdin", async () => {
	expect(await run("exit 0", { stdin: "x".repeat(10_000_000) })).toEqual(exit(0, ""));
});

it("says that a signal has ended a program", async () => {
	expect(await run("kill -9 $$")).toEqual(exit(null, ""));
});

it("ends a program with all that it has started when its time is over", async () => {
	const mark = `sleep 98.${process.pid}`;
	expect(await run(`${mark} & ${mark}`, { timeoutMs: 200 })).toEqual({ kind: "timeout" });
	expect(processesWith(mark.replace(" ", "\0")).concat(processesWith(mark))).toEqual([]);
});

it("ends a program that writes more than is kept", async () => {
	expect(await run("while :; do echo y; done", { limit: 1000 })).toEqual({ kind: "over_limit" });
});

it("says why a program could not be started", async () => {
	expect(await run("", { program: "no-such-program" })).toEqual({ kind: "not_started", code: "ENOENT" });
	expect(await run("", { program: tmpdir() })).toEqual({ kind: "not_started", code: "EACCES" });
});
