// Proxies as people run them, Debian's tinyproxy and squid, and one that tells everything it was sent.
// Requests for this machine go to no proxy, so behind these every other name is this machine.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { listening } from "./net.ts";
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
	const world = relay();
	await new Promise<void>((resolve) => world.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => void world.close());
	const upstream = `Upstream http 127.0.0.1:${portOf(world)}`;
	return starting(address, (port) => {
		const basic = login === undefined ? "" : `BasicAuth ${login.user} ${login.password}`;
		const config = `Port ${port}\nListen ${address}\nTimeout 60\nMaxClients 100\nAllow 127.0.0.1\nAllow ::1\n${basic}\n${upstream}\n`;
		const folder = workspace({ "tinyproxy.conf": `${config}LogLevel Connect\nLogFile "proxy.log"\n` });
		const asked = () => {
			const requests = log(join(folder, "proxy.log")).matchAll(/Request \(file descriptor \d+\): (\S+ \S+) HTTP/g);
			return [...requests].map(([, request = ""]) => request);
		};
		return { program: TINYPROXY, args: ["-d", "-c", "tinyproxy.conf"], folder, asked };
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
		return { program: SQUID, args: ["-N", "-f", "squid.conf"], folder, asked };
	});
}

interface Command {
	readonly program: string;
	readonly args: readonly string[];
	readonly folder: string;
	readonly asked: Proxy["asked"];
}

async function starting(address: string, command: (port: number) => Command): Promise<Proxy> {
	for (let attempt = 1; ; attempt++) {
		const port = await listening(createServer(), async (free) => free, address);
		const { program, args, folder, asked } = command(port);
		const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
		onTestFinished(() => void child.kill("SIGKILL"));
		let said = "";
		for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text));
		if (await listens(child, address, port)) {
			const host = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
			return { url: `http://${host}`, host, asked };
		}
		// Somebody else may have taken the port in between.
		if (attempt === 3) throw new Error(`${program}: ${said}`);
	}
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

function portOf(server: Server): number {
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}

/** The hash of a password as squid's helper knows it. */
function hashed(password: string): string {
	return execFileSync("openssl", ["passwd", "-apr1", "-stdin"], { input: password, encoding: "utf8" }).trim();
}

function log(path: string): string {
	return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Waits until connections are taken; false when the program has ended instead. */
async function listens(program: ChildProcess, address: string, port: number): Promise<boolean> {
	while (program.exitCode === null && program.signalCode === null) {
		const taken = await new Promise<boolean>((resolve) => {
			const socket: Socket = connect(port, address, () => {
				socket.destroy();
				resolve(true);
			});
			socket.once("error", () => resolve(false));
		});
		if (taken) return true;
		await sleep(10);
	}
	return false;
}
