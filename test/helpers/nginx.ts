// Debian's nginx with a config of its own, on loopback, for as long as a test runs.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { listening } from "./net.ts";
import { workspace } from "./runner.ts";

const PROGRAM = "/usr/sbin/nginx";

/** Whether tests that need nginx are left out. On CI a missing package is a fault of the setup, and they fail. */
export const withoutNginx = !existsSync(PROGRAM) && process.env["CI"] === undefined;

export interface Nginx {
	/** One for each server, in their order. */
	readonly ports: readonly number[];
	/** What every server was asked and answered, as `port "METHOD /path HTTP/1.1" status delivery-id`. */
	readonly log: () => readonly string[];
}

/** Starts nginx with these servers, each given as the directives after its `listen 127.0.0.1:port`. */
export async function startNginx(
	servers: readonly string[],
	files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Nginx> {
	for (let attempt = 1; ; attempt++) {
		const ports = await freePorts(servers.length);
		const folder = workspace({ ...files, "nginx.conf": config(servers, ports), "access.log": "" });
		const process = spawn(PROGRAM, ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], {
			stdio: ["ignore", "ignore", "pipe"],
		});
		onTestFinished(() => void process.kill("SIGKILL"));
		const failure = await untilReady(process);
		const log = () => readFileSync(join(folder, "access.log"), "utf8").split("\n").filter(Boolean);
		if (failure === undefined) return { ports, log };
		// Somebody else may have taken a port in between.
		if (attempt === 3 || !failure.includes("Address already in use")) throw new Error(`nginx: ${failure}`);
	}
}

/** One process in the foreground that writes into its folder only. */
function config(servers: readonly string[], ports: readonly number[]): string {
	const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`);
	const blocks = servers.map((server, index) => `server { listen 127.0.0.1:${ports[index]} ${server} }`);
	return `daemon off;
master_process off;
pid nginx.pid;
error_log stderr notice;
events {}
http {
	${temporary.join("\n\t")}
	log_format asked '$server_port "$request" $status $http_x_rocky_delivery';
	access_log access.log asked;
	${blocks.join("\n\t")}
}
`;
}

async function freePorts(count: number): Promise<readonly number[]> {
	if (count === 0) return [];
	// All are held until the last one is known, so that none comes twice.
	return listening(createServer(), async (port) => [port, ...(await freePorts(count - 1))]);
}

/** Waits for its first notice, which comes after it has bound its ports; what it said instead if it ended. */
async function untilReady(process: ChildProcess): Promise<string | undefined> {
	let said = "";
	const ready = new Promise<undefined>((resolve) => {
		process.stderr?.setEncoding("utf8").on("data", (text: string) => {
			said += text;
			if (said.includes("using the")) resolve(undefined);
		});
	});
	return Promise.race([ready, once(process, "exit").then(() => said)]);
}
