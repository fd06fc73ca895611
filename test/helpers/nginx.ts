// Debian's nginx with a config of its own, on loopback, for as long as a test runs.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startProgram } from "./program.ts";
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
	const { ports, cwd } = await startProgram(servers.length, (free) => {
		const folder = workspace({ ...files, "nginx.conf": config(servers, free), "access.log": "" });
		const args = ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"];
		return { program: PROGRAM, args, cwd: folder };
	});
	return { ports, log: () => readFileSync(join(cwd, "access.log"), "utf8").split("\n").filter(Boolean) };
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
