// How each shell runs a command as a workflow's `run:` does, and what its end means.
import { accessSync, constants, statSync } from "node:fs";
import { constants as system } from "node:os";
import { delimiter, resolve } from "node:path";
import type { ShellName } from "../model/hook.ts";
import type { ShellCommand, ShellResult } from "../ports.ts";

type End = ShellResult["end"];

/** A program that runs a command, with its arguments; or why there is none. */
export type Launch = { readonly program: string; readonly args: readonly string[] } | { readonly problem: string };

/** The exit code by which {@link OUTER} says that the command succeeded: beyond all signals, and in nobody's use. */
const SUCCESS = 193;

/**
 * The outer shell, which runs a command's own shell and reports how it ended. Node reports an end by a signal that it
 * cannot name (32 to 64 on Linux) as exit code 0, so that only {@link SUCCESS} is one. It outlives what a command may
 * send to its whole group in order to clean up, and keeps what shells say about signals out of the command's stderr.
 */
const OUTER = `exec 3>&2 2>/dev/null
trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2
(exec "$@" 2>&3 3>&-)
code=$?
case $code in
0) exit ${SUCCESS} ;;
${SUCCESS}) exit 1 ;;
esac
exit $code`;

/** How a command is started, with the arguments that GitHub gives its shells: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell. */
export function launchOf(command: ShellCommand, windows: boolean): Launch {
	const { env, cwd } = command;
	const name = command.shell ?? (windows ? "cmd" : "sh");
	const args = argumentsOf(name, command.command);
	if (name === "cmd" && /[\r\n]/.test(command.command.trim())) {
		return { problem: "cmd runs only the first line of a command: join its lines with &&, or call a script" };
	}
	if (windows) return { program: name === "cmd" ? (env["ComSpec"] ?? "cmd.exe") : name, args };
	const program = name === "sh" ? "/bin/sh" : findProgram(name, env["PATH"], cwd);
	if (program === undefined) return { problem: notFound(name) };
	return { program: "/bin/sh", args: ["-c", OUTER, "sh", program, ...args] };
}

/** Says that a shell is missing, and what to do. */
export function notFound(name: ShellName | undefined): string {
	return `${name ?? "the shell"} was not found in the PATH of the hook: install it, or choose another shell`;
}

function argumentsOf(name: ShellName, command: string): readonly string[] {
	switch (name) {
		case "sh":
			return ["-e", "-c", "--", command];
		case "bash":
			return ["--noprofile", "--norc", "-eo", "pipefail", "-c", "--", command];
		case "pwsh":
			return ["-Command", `${STOP_ON_ERROR}\n${command}\n${EXIT_AS_LAST_PROGRAM}`];
		case "cmd":
			return ["/d", "/s", "/c", `"${command}"`];
	}
}

/** What GitHub's runner puts around a script: https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/ScriptHandlerHelpers.cs. */
const STOP_ON_ERROR = "$ErrorActionPreference = 'stop'";
const EXIT_AS_LAST_PROGRAM = "if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }";

/** The file that a command at that place would run by this name. */
function findProgram(name: string, path: string | undefined, cwd: string): string | undefined {
	return path
		?.split(delimiter)
		.map((folder) => resolve(cwd, folder, name))
		.find(isProgram);
}

function isProgram(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return statSync(file).isFile();
	} catch {
		return false;
	}
}

/** What the end of a launched program, as Node reports it, says of the command. */
export function endOf(code: number | null, signal: string | null, windows: boolean): End {
	if (signal !== null) return { kind: "signal", signal };
	if (windows && code !== null) return { kind: "exit", code };
	if (code === null || code === 0) return { kind: "signal", signal: "a signal" };
	const by = signalName(code - 128);
	return { kind: "exit", code: code === SUCCESS ? 0 : code, ...(by !== undefined && { signal: by }) };
}

/** The last signal that Linux has. */
const LAST_SIGNAL = 64;

/** `SIGKILL`, or `signal 34` where it has no name; undefined for what is not a signal. */
function signalName(number: number): string | undefined {
	if (number < 1 || number > LAST_SIGNAL) return undefined;
	const [name] = Object.entries(system.signals).find(([, value]) => value === number) ?? [];
	return name ?? `signal ${number}`;
}
