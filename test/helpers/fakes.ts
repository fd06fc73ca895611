// Fakes of the ports, for logic and time: a clock that only moves when someone sleeps, answers from a list.
import type {
	Clock,
	Files,
	Http,
	HttpRequest,
	HttpResult,
	Log,
	Shell,
	ShellCommand,
	ShellResult,
} from "../../src/ports.ts";

/**
 * A clock at a fixed date that moves on to the next that wakes whenever nothing else is left to do; each sleep is
 * written down.
 */
export function fakeClock(): Clock & { readonly sleeps: number[]; advance(ms: number): void } {
	let elapsed = 0;
	const sleeps: number[] = [];
	const asleep = new Map<() => void, number>();
	const wakeNext = () => {
		const [next] = [...asleep].toSorted(([, one], [, other]) => one - other);
		if (next === undefined) return;
		const [wake, at] = next;
		elapsed = Math.max(elapsed, at);
		wake();
	};
	return {
		sleeps,
		advance: (ms) => {
			elapsed += ms;
		},
		now: () => new Date(Date.UTC(2026, 3, 2, 14, 30) + elapsed),
		monotonic: () => elapsed,
		sleep: (ms, signal) =>
			new Promise((resolve) => {
				sleeps.push(ms);
				const wake = () => {
					asleep.delete(wake);
					signal?.removeEventListener("abort", wake);
					resolve();
				};
				asleep.set(wake, elapsed + ms);
				if (signal?.aborted === true) wake();
				signal?.addEventListener("abort", wake, { once: true });
				setImmediate(wakeNext);
			}),
	};
}

/** An answer with a status, all of its body read. */
export function answer(status: number, body = "", headers: Record<string, string> = {}): HttpResult {
	return { kind: "response", status, headers, body, read: "whole" };
}

/** Answers requests from a list, the last one for ever, and keeps what was sent. */
export function fakeHttp(
	...results: readonly [HttpResult, ...HttpResult[]]
): Http & { readonly requests: HttpRequest[] } {
	const requests: HttpRequest[] = [];
	return {
		requests,
		send: async (request) => {
			requests.push(request);
			return results[Math.min(requests.length, results.length) - 1] ?? results[0];
		},
		close: () => {},
	};
}

/** A command that ended with this code and these last lines. */
export function exited(code: number, lastStderr = "", lastStdout = ""): ShellResult {
	return { end: { kind: "exit", code }, lastStderr, lastStdout };
}

/** Ends each command as `results` says by its text (exit 0 where it says nothing), and keeps what was run. */
export function fakeShell(
	results: Readonly<Record<string, ShellResult>> = {},
): Shell & { readonly commands: ShellCommand[] } {
	const commands: ShellCommand[] = [];
	return {
		commands,
		run: async (command) => {
			commands.push(command);
			return results[command.command] ?? exited(0);
		},
	};
}

/** Keeps every line. */
export function fakeLog(): Log & { readonly lines: string[] } {
	const lines: string[] = [];
	return {
		lines,
		protect: () => {},
		info: (line) => lines.push(line),
		debug: (line) => lines.push(`debug: ${line}`),
		openGroup: (title) => {
			lines.push(`> ${title}`);
			return (line) => lines.push(line);
		},
		closeGroup: () => lines.push("<"),
	};
}

/** Files that are there from the start, by their absolute paths; nothing can be written. */
export function fakeFiles(files: Readonly<Record<string, string>> = {}): Files & { readonly reads: string[] } {
	const reads: string[] = [];
	return {
		reads,
		read: async (path, limit) => {
			reads.push(path);
			const text = files[path];
			if (text === undefined) return { kind: "missing" };
			const bytes = new TextEncoder().encode(text);
			return bytes.length > limit
				? { kind: "unreadable", detail: `larger than ${limit} bytes` }
				: { kind: "file", bytes };
		},
		stream: async function* (path) {
			yield new TextEncoder().encode(files[path] ?? "");
		},
		write: () => Promise.reject(new Error("read-only")),
		append: () => Promise.reject(new Error("read-only")),
		names: async (folder) => {
			const inside = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
			return inside.length === 0 ? undefined : inside.map((path) => path.slice(folder.length + 1)).toSorted();
		},
		real: async (path) => path,
	};
}
