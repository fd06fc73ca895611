// A `work` process of the built command: what it writes, its health and its end.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import { ROOT } from "./pages.ts";
import { BASE_ENV } from "./runner.ts";

/** Milliseconds for anything that a worker does. */
export const WAIT_MS = 20_000;

export interface Worker {
	readonly child: ChildProcess;
	/** Waits until it has written this. */
	readonly said: (text: string | RegExp) => Promise<void>;
	readonly written: () => string;
	/** Its exit code and signal. */
	readonly ended: Promise<unknown[]>;
	/** Asks for a path, such as `/healthz`. */
	readonly get: (path: string) => Promise<Response>;
	/** Waits until it is well. */
	readonly healthy: () => Promise<void>;
}

/** Starts a worker in a folder; it looks into its store each second. It ends with the test. */
export function startWorker(
	cwd: string,
	env: Readonly<Record<string, string>> = {},
	...args: readonly string[]
): Worker {
	const given = [join(ROOT, "dist/cli/index.js"), "work", "--interval", "1", "--port", "0", ...args];
	const child = spawn(process.execPath, given, { cwd, env: { ...BASE_ENV, ...env } });
	onTestFinished(() => void child.kill("SIGKILL"));
	let written = "";
	for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (written += String(chunk)));
	const said = (text: string | RegExp) => vi.waitFor(() => expect(written).toMatch(text), WAIT_MS);
	const get = async (path: string) => {
		await said("/metrics on ");
		return fetch(`http://${/metrics on (\S+)/.exec(written)?.[1]}${path}`);
	};
	const healthy = () => vi.waitFor(async () => expect((await get("/healthz")).status).toBe(200), WAIT_MS);
	return { child, said, written: () => written, ended: once(child, "exit"), get, healthy };
}
