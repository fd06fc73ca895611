// Servers of other people's making on this machine, each as long as its test runs.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { listening } from "./net.ts";

/** How a program is started. */
export interface Program {
	readonly program: string;
	readonly args: readonly string[];
	readonly cwd?: string;
}

/** Starts a program on as many free ports, or on these, and waits until it takes connections on the last one. */
export async function startProgram<P extends Program>(
	wanted: number | readonly number[],
	how: (ports: readonly number[]) => P,
	host = "127.0.0.1",
): Promise<P & { readonly ports: readonly number[]; readonly kill: () => Promise<void> }> {
	for (let attempt = 1; ; attempt++) {
		const ports = typeof wanted === "number" ? await freePorts(wanted, host) : wanted;
		const made = how(ports);
		const child = spawn(made.program, made.args, { cwd: made.cwd, stdio: ["ignore", "pipe", "pipe"] });
		const kill = async () => {
			child.kill("SIGKILL");
			if (isRunning(child)) await once(child, "exit");
		};
		onTestFinished(kill);
		let said = "";
		for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text));
		if (await listens(child, host, ports.at(-1) ?? 0)) return { ...made, ports, kill };
		// Somebody else may have taken a port in between.
		if (attempt === 3) throw new Error(`${made.program}: ${said}`);
	}
}

/** All are held until the last one is known, so that none comes twice. */
async function freePorts(count: number, host: string): Promise<readonly number[]> {
	if (count === 0) return [];
	return listening(createServer(), async (port) => [port, ...(await freePorts(count - 1, host))], host);
}

const isRunning = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

/** Waits until connections are taken; false when the program has ended instead. */
async function listens(child: ChildProcess, host: string, port: number): Promise<boolean> {
	while (isRunning(child)) {
		const isTaken = await new Promise<boolean>((resolve) => {
			const socket = connect(port, host, () => {
				socket.destroy();
				resolve(true);
			}).once("error", () => resolve(false));
		});
		if (isTaken) return true;
		await sleep(10);
	}
	return false;
}
