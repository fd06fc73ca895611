// Runs shell commands, each in a process group that ends with it.
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { onAbort } from "../lib/on-abort.ts";
import { errorCode } from "../model/problem.ts";
import type { Shell, ShellCommand, ShellResult } from "../ports.ts";
import { endOf, launchOf, notFound } from "./launch.ts";
import { limitedOutput, readLines } from "./lines.ts";
import { monotonicMs } from "./monotonic.ts";
import { endGroup, gone, groupOf } from "./process-group.ts";
import { loadStreams } from "./streams.ts";

/** Milliseconds that what a command left behind has to end by itself, and output on its way to arrive. */
const DRAIN_MS = 300;

type End = ShellResult["end"];

/**
 * A {@link Shell} for `platform`, by default this machine's. A run is over when its whole group is: what a command
 * leaves in the background (`server &`) is ended shortly after it, so that nothing outlives the hook and no open
 * stdout holds it up. Only what moves to a session of its own (`setsid`) gets away; its output is no longer read.
 * On POSIX a command can open its streams by name (`/dev/stdin`, `/dev/stderr`); where such cannot be made, it gets
 * the ordinary ones, and `cat` and `>&2` work.
 */
export function nodeShell(platform: NodeJS.Platform = process.platform): Shell {
	return { run: (command, signal) => run(command, signal, platform === "win32") };
}

async function run(command: ShellCommand, signal: AbortSignal, windows: boolean): Promise<ShellResult> {
	// Loaded here, because a run that has only webhooks needs no child processes.
	const { spawn } = await import("node:child_process");
	const openStreams = windows ? undefined : await loadStreams();
	const emit = limitedOutput(command.onLine);
	const readers = {
		stdout: readLines((line) => emit(line, "stdout")),
		stderr: readLines((line) => emit(line, "stderr")),
	};
	const result = (end: End): ShellResult => ({
		end,
		lastStdout: readers.stdout.last(),
		lastStderr: readers.stderr.last(),
	});
	if (signal.aborted) return result({ kind: "cancelled" });
	const launch = launchOf(command, windows);
	if ("problem" in launch) return result({ kind: "not_started", detail: launch.problem });

	const deadline = monotonicMs() + command.timeoutMs;
	const { cwd, env } = command;
	const streams = openStreams?.(command.stdin, env["PATH"]);
	const stdio = [...(streams?.fds ?? (["pipe", "pipe", "pipe"] as const))];
	// cmd reads its command line as it is; other programs on Windows take Node's quoting.
	const windowsVerbatimArguments = (command.shell ?? "cmd") === "cmd";
	let child: ChildProcess;
	try {
		child = spawn(launch.program, launch.args, {
			cwd,
			env,
			stdio,
			...(windows ? { windowsVerbatimArguments, windowsHide: true } : { detached: true }),
		});
	} catch (error) {
		streams?.stdout.destroy();
		streams?.stderr.destroy();
		return result(notStarted(error, command));
	} finally {
		streams?.handOver();
	}
	const { stdout, stderr } = streams ?? child;
	stdout?.on("data", readers.stdout.write);
	stderr?.on("data", readers.stderr.write);
	const closed = Promise.all(
		[stdout, stderr].map((stream) => new Promise((resolve) => stream?.once("close", resolve))),
	);
	const group = groupOf(child, spawn, env, windows);

	const end = await firstEnd(child, command, windows, deadline, signal);
	if (end.kind === "exit" || end.kind === "signal") await gone(group, DRAIN_MS);
	await endGroup(group);
	await within(closed, DRAIN_MS);
	stdout?.destroy();
	stderr?.destroy();
	child.unref();
	readers.stdout.end();
	readers.stderr.end();
	return result(end);
}

/** What comes first: the end of the shell itself, the deadline or the cancellation. */
function firstEnd(
	child: ChildProcess,
	command: ShellCommand,
	windows: boolean,
	deadline: number,
	signal: AbortSignal,
): Promise<End> {
	return new Promise((resolve) => {
		const settle = (end: End) => {
			clearTimeout(timer);
			unlisten();
			resolve(end);
		};
		const cancel = () => settle({ kind: "cancelled" });
		const timer = setTimeout(settle, deadline - monotonicMs(), { kind: "timeout" });
		const unlisten = onAbort(signal, cancel);
		child.on("error", (error) => settle(notStarted(error, command)));
		child.once("exit", (code, by) => settle(endOf(code, by, windows)));
		// A command that does not read its stdin, or closes it, makes this fail with EPIPE: that is its right.
		child.stdin?.on("error", () => {});
		child.stdin?.end(command.stdin);
	});
}

async function within(done: Promise<unknown>, ms: number): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, ms);
	});
	await Promise.race([done, late]);
	clearTimeout(timer);
}

const REASONS: Readonly<Record<string, string>> = {
	ENAMETOOLONG: "the command or its environment is too long",
	ENOTDIR: "the working directory is not a directory",
	EACCES: "permission denied",
	E2BIG: "the command or its environment is too long",
	ERR_INVALID_ARG_VALUE: "the command or its environment has a NUL character",
};

function notStarted(error: unknown, { cwd, shell }: ShellCommand): End {
	const code = errorCode(error) ?? "unknown error";
	if (code !== "ENOENT") return { kind: "not_started", detail: REASONS[code] ?? code };
	return { kind: "not_started", detail: existsSync(cwd) ? notFound(shell) : "the working directory does not exist" };
}
