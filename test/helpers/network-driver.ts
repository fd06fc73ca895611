// The inside of a network namespace: sets it up, runs programs in it, and tells what they connected to. See network.ts.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type Names, startNameServer } from "./network-dns.ts";

/** A program to run, and the names that there are meanwhile. One JSON line each, on stdin. */
export interface Order {
	readonly program: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	readonly names: Names;
}

/** What became of it. One JSON line each, on stdout; the first line, `"ready"`, comes before any order. */
export interface Answer {
	readonly ended: { code: number | null; signal: string | null; stdout: string; stderr: string };
	/** Every connection that was made, as `address:port`; of IPv6 as `[address]:port`. */
	readonly connections: readonly string[];
	/** How many connections were begun in the whole namespace, also those that nobody got: the kernel counts them. */
	readonly begun: number;
	/** What the name server was asked, as `A name`. */
	readonly questions: readonly string[];
}

/** From here nothing ever comes back: packets to it are dropped. */
const SILENT = "198.51.100.0/24";

/** Addresses of documentation, so that the machine counts as having both families. */
const OWN = ["203.0.113.10/32", "2001:db8::10/128"];

/** Ports of every address. On both is plain HTTP. */
const PORTS = [80, 443];

const ip = (...args: readonly string[]) => execFileSync("ip", args, { stdio: ["ignore", "ignore", "inherit"] });
const connections: string[] = [];

setUp();
for (const port of PORTS) await listen(port);
const nameServer = await startNameServer();
tell("ready");
for await (const line of createInterface({ input: process.stdin })) tell(await carryOut(JSON.parse(line)));
process.exit();

/** Every address there is, but {@link SILENT}, is this machine's own. */
function setUp(): void {
	ip("link", "set", "lo", "up");
	for (const address of OWN) ip("address", "add", address, "dev", "lo");
	ip("route", "add", "local", "default", "dev", "lo", "table", "main");
	ip("-6", "route", "add", "local", "default", "dev", "lo", "table", "main");
	ip("route", "add", SILENT, "dev", "lo");
	replace("/etc/resolv.conf", "nameserver 127.0.0.1\n");
	replace("/etc/nsswitch.conf", "hosts: files dns\n");
}

/** Shows another file in its place, in this namespace only. */
function replace(path: string, text: string): void {
	const folder = mkdtempSync(join(tmpdir(), "network-"));
	writeFileSync(join(folder, "file"), text);
	execFileSync("mount", ["--bind", join(folder, "file"), path]);
	rmSync(folder, { recursive: true });
}

/** 503 from 203.0.113.10, so that it is asked again; 200 from all others. */
async function listen(port: number): Promise<void> {
	const server = createServer((request, response) => {
		request.resume().once("end", () => {
			const unavailable = request.socket.localAddress?.endsWith("203.0.113.10");
			// A kept connection would hide what a name resolves to the next time.
			response.writeHead(unavailable ? 503 : 200, unavailable ? { Connection: "close" } : {}).end();
		});
	});
	server.on("connection", (socket: Socket) => {
		const address = (socket.localAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
		connections.push(address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`);
	});
	await new Promise<void>((resolve) => server.listen(port, "::", resolve));
}

async function carryOut({ program, args, cwd, env, names }: Order): Promise<Answer> {
	nameServer.restart(names);
	connections.length = 0;
	const before = connectionsBegun();
	const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	const ended = await new Promise<Answer["ended"]>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
	});
	// What is still in the queues of the listeners.
	await sleep(5);
	return {
		ended,
		connections: [...connections],
		begun: connectionsBegun() - before,
		questions: nameServer.restart({}),
	};
}

/** `ActiveOpens` of both families, https://www.rfc-editor.org/rfc/rfc1213: two lines, names and their values. */
function connectionsBegun(): number {
	const lines = readFileSync("/proc/self/net/snmp", "utf8").split("\n");
	const [names = [], values = []] = lines.filter((line) => line.startsWith("Tcp:")).map((line) => line.split(" "));
	return Number(values[names.indexOf("ActiveOpens")]);
}

function tell(what: Answer | "ready"): void {
	process.stdout.write(`${JSON.stringify(what)}\n`);
}
