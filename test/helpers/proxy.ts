// Proxies as people run them, Debian's tinyproxy and squid, and one that tells everything it was sent.
// Requests for this machine go to no proxy, so behind these every other name is this machine.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { started } from "./net.ts";
import { type Program, startProgram } from "./program.ts";
import { workspace } from "./runner.ts";

const TINYPROXY = "/usr/bin/tinyproxy";
const SQUID = "/usr/sbin/squid";
const SQUID_AUTH = "/usr/lib/squid/basic_ncsa_auth";

const onCi = process.env["CI"] !== undefined;
/** Whether tests that need the program are left out. On CI a missing package is a fault of the setup, and they fail. */
export const withoutTinyproxy = !existsSync(TINYPROXY) && !onCi;
export const withoutSquid = !existsSync(SQUID) && !onCi;

/** A host that only the proxies here know. */
export const RECEIVER = "receiver.test";

/** The URL of a server on loopback as a proxy is to be asked for it. */
export function behindProxy(url: string): string {
	return url.replace("127.0.0.1", RECEIVER);
}

export interface Proxy {
	/** `http://127.0.0.1:port`. */
	readonly url: string;
	/** `127.0.0.1:port`. */
	readonly host: string;
	/** What it was asked, as `METHOD target`; a tunnel may be told only when it has ended. */
	readonly asked: () => readonly string[];
}

/** Whom a proxy lets through; without one, everybody. */
interface Login {
	readonly user: string;
	readonly password: string;
}

/** Starts tinyproxy on a free port; it ends with the test. */
export async function startTinyproxy(login?: Login, address = "127.0.0.1"): Promise<Proxy> {
	const upstream = `Upstream http ${(await started(relay())).replace("http://", "")}`;
	return starting(address, (port) => {
		const basic = login === undefined ? "" : `BasicAuth ${login.user} ${login.password}`;
		const config = `Port ${port}\nListen ${address}\nTimeout 60\nMaxClients 100\nAllow 127.0.0.1\nAllow ::1\n${basic}\n${upstream}\n`;
		const folder = workspace({ "tinyproxy.conf": `${config}LogLevel Connect\nLogFile "proxy.log"\n` });
		const asked = () => {
			const requests = log(join(folder, "proxy.log")).matchAll(/Request \(file descriptor \d+\): (\S+ \S+) HTTP/g);
			return [...requests].map(([, request = ""]) => request);
		};
		return { program: TINYPROXY, args: ["-d", "-c", "tinyproxy.conf"], cwd: folder, asked };
	});
}

/** Starts squid on a free port; it ends with the test. */
export async function startSquid(login?: Login): Promise<Proxy> {
	return starting("127.0.0.1", (port) => {
		const folder = workspace({
			"squid.conf": `http_port 127.0.0.1:${port}
${login === undefined ? "" : `auth_param basic program ${SQUID_AUTH} users\nauth_param basic children 1 startup=1\nacl known proxy_auth REQUIRED`}
http_access allow ${login === undefined ? "all" : "known"}
logformat asked %rm %ru
access_log stdio:access.log logformat=asked
cache_log cache.log
cache deny all
coredump_dir .
dns_nameservers 127.0.0.1
hosts_file hosts
max_filedescriptors 1024
pid_filename none
pinger_enable off
shutdown_lifetime 0 seconds
visible_hostname proxy.test
`,
			hosts: `127.0.0.1 ${RECEIVER}\n`,
			users: login === undefined ? "" : `${login.user}:${hashed(login.password)}\n`,
		});
		// Squid that is started by root writes its logs as another user.
		chmodSync(folder, 0o777);
		const asked = () =>
			log(join(folder, "access.log"))
				.split("\n")
				.filter((line) => /^[A-Z]+ /.test(line));
		return { program: SQUID, args: ["-N", "-f", "squid.conf"], cwd: folder, asked };
	});
}

async function starting(address: string, command: (port: number) => Program & Pick<Proxy, "asked">): Promise<Proxy> {
	const { ports, asked } = await startProgram(1, ([port = 0]) => command(port), address);
	const host = address.includes(":") ? `[${address}]:${ports[0]}` : `${address}:${ports[0]}`;
	return { url: `http://${host}`, host, asked };
}

/** A proxy on its way to the receiver, or not: what it was sent before the tunnel, and what it does with a CONNECT. */
export interface Tunnel {
	readonly server: Server;
	/** The heads of requests, whole. */
	readonly heads: readonly string[];
	/** Every byte that was sent to it after them, through tunnels. */
	readonly after: readonly Buffer[];
}

/** A proxy for CONNECT only that keeps every byte; `answer` is what it says before it tunnels. */
export function recordingProxy(answer = "HTTP/1.1 200 Connection established\r\n\r\n"): Tunnel {
	const heads: string[] = [];
	const after: Buffer[] = [];
	const server = createServer((socket) => {
		socket.on("error", () => {});
		socket.once("data", (first: Buffer) => {
			const head = first.toString("latin1");
			heads.push(head);
			const [, port] = /^CONNECT \S+:(\d+) /.exec(head) ?? [];
			const receiver = connect(Number(port), "127.0.0.1");
			receiver.on("error", () => socket.destroy()).once("close", () => socket.destroy());
			socket.once("close", () => receiver.destroy());
			socket.on("data", (bytes: Buffer) => after.push(bytes));
			socket.write(answer);
			socket.pipe(receiver).pipe(socket);
		});
	});
	return { server, heads, after };
}

/** The rest of the world, behind a proxy: whatever is asked for, by CONNECT or by its URL, is this machine. */
function relay(): Server {
	return createServer((socket) => {
		socket.on("error", () => {});
		let read = "";
		// tinyproxy writes a head in several pieces.
		socket.on("data", function take(piece: Buffer) {
			read += piece.toString("latin1");
			const end = read.indexOf("\r\n\r\n") + 4;
			if (end < 4) return;
			socket.off("data", take);
			// What follows waits for the receiver.
			socket.pause();
			const [head, rest] = [read.slice(0, end), read.slice(end)];
			const [, port] = /^[A-Z]+ (?:http:\/\/)?[^/ ]*:(\d+)/.exec(head) ?? [];
			const isTunnel = head.startsWith("CONNECT ");
			const receiver = connect(Number(port), "127.0.0.1", () => {
				if (isTunnel) socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
				const passedOn = isTunnel ? "" : head.replace(/^(\S+) http:\/\/[^/ ]+/, "$1 ");
				receiver.write(passedOn + rest, "latin1");
				socket.pipe(receiver).pipe(socket);
			});
			receiver.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
			socket.once("close", () => receiver.destroy());
		});
	});
}

/** The hash of a password as squid's helper knows it. */
function hashed(password: string): string {
	return execFileSync("openssl", ["passwd", "-apr1", "-stdin"], { input: password, encoding: "utf8" }).trim();
}

function log(path: string): string {
	return existsSync(path) ? readFileSync(path, "utf8") : "";
}
