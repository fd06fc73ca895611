// Runs a program without a shell, in a process group that ends with it, and keeps all that it writes.
import { endGroup, groupOf } from "./process-group.ts";

/** One program, and what it gets. */
export interface Program {
	/** A name that is looked up in the PATH of `env`, or a path. */
	readonly program: string;
	readonly args: readonly string[];
	readonly cwd: string;
	/** The whole environment; nothing is added to it. */
	readonly env: Readonly<Record<string, string>>;
	/** Written to stdin, which is then closed. */
	readonly stdin: string;
	/** Then the whole group is ended. */
	readonly timeoutMs: number;
	/** Bytes of output that are kept; a program that writes more is ended. */
	readonly limit: number;
}

/** How a program ended. */
export type Ran =
	/** The code is null where a signal ended it. */
	| { readonly kind: "exit"; readonly code: number | null; readonly stdout: Buffer; readonly stderr: string }
	| { readonly kind: "timeout" }
	| { readonly kind: "over_limit" }
	/** With the system's code: `ENOENT`. */
	| { readonly kind: "not_started"; readonly code: string };

/** Never rejects for what a program does. */
export async function runProgram(run: Program): Promise<Ran> {
	const { program, args, cwd, env, stdin, timeoutMs, limit } = run;
	const windows = process.platform === "win32";
	const { spawn } = await import("node:child_process");
	const child = spawn(program, args, { cwd, env, detached: !windows, windowsHide: true });
	const group = groupOf(child, spawn, env, windows);
	const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
	let room = limit;
	let timer: NodeJS.Timeout | undefined;
	const ran = await new Promise<Ran>((resolve) => {
		timer = setTimeout(resolve, timeoutMs, { kind: "timeout" });
		for (const stream of ["stdout", "stderr"] as const) {
			child[stream].on("data", (chunk: Buffer) => {
				room -= chunk.length;
				if (room < 0) resolve({ kind: "over_limit" });
				else output[stream].push(chunk);
			});
		}
		child.on("error", (error: NodeJS.ErrnoException) => resolve({ kind: "not_started", code: error.code ?? "" }));
		child.once("close", (code) => {
			const [stdout, stderr] = [Buffer.concat(output.stdout), Buffer.concat(output.stderr).toString("utf8")];
			resolve({ kind: "exit", code, stdout, stderr });
		});
		// One that ends before it has read all of it says why by its code.
		child.stdin.on("error", () => {});
		child.stdin.end(stdin);
	});
	clearTimeout(timer);
	await endGroup(group);
	child.stdout.destroy();
	child.stderr.destroy();
	return ran;
}
