// Real servers on loopback and certificates of their own, for tests of sending.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { onTestFinished } from "vitest";

export interface Certificate {
	readonly key: Buffer;
	readonly cert: Buffer;
}

/** Starts a server on a free loopback port, runs `body` with the port, and closes everything. */
export async function listening<T>(server: Server, body: (port: number) => Promise<T>, host = "127.0.0.1"): Promise<T> {
	const sockets = new Set<Socket>();
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		// The client leaves in every way there is.
		socket.on("error", () => {}).once("close", () => sockets.delete(socket));
	});
	await new Promise<void>((resolve) => server.listen(0, host, resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	try {
		return await body(address.port);
	} finally {
		for (const socket of sockets) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
	}
}

/** Starts a server that ends with the test; its address, as `http://127.0.0.1:port`. */
export async function started(server: Server): Promise<string> {
	let end = () => {};
	const port = await new Promise<number>((resolve, reject) => {
		const untilEnd = (found: number) => {
			resolve(found);
			return new Promise<void>((over) => {
				end = over;
			});
		};
		listening(server, untilEnd).catch(reject);
	});
	onTestFinished(() => end());
	return `http://127.0.0.1:${port}`;
}

/**
 * A server that answers the first bytes of a connection with bytes of its own, then ends it; or does as it likes. With
 * a certificate it speaks TLS, and `resetAndDestroy` resets the connection below that.
 */
export function rawServer(answer: string | ((socket: Socket, first: Buffer) => void), identity?: Certificate): Server {
	return createServer((raw) => {
		raw.on("error", () => {});
		const socket = identity === undefined ? raw : overTls(raw, identity);
		socket.on("error", () => {});
		socket.once("data", (first: Buffer) => (typeof answer === "string" ? socket.end(answer) : answer(socket, first)));
	});
}

function overTls(raw: Socket, identity: Certificate): Socket {
	const socket = new TLSSocket(raw, { isServer: true, ...identity });
	return Object.assign(socket, {
		resetAndDestroy: () => {
			raw.resetAndDestroy();
			return socket;
		},
	});
}

/**
 * A server that speaks both on one port: TLS with whoever begins with a handshake, plain http with everybody else. So a
 * client that falls back to http would get through.
 */
export function eitherServer(certificate: Certificate, listener: RequestListener): Server {
	const secure = createHttpsServer(certificate, listener);
	const plain = createHttpServer(listener);
	return createServer((socket) => {
		socket.on("error", () => {});
		socket.once("data", (first: Buffer) => {
			socket.pause();
			socket.unshift(first);
			(first[0] === TLS_HANDSHAKE ? secure : plain).emit("connection", socket);
			process.nextTick(() => socket.resume());
		});
	});
}

/** The type of a TLS record that begins a connection, https://www.rfc-editor.org/rfc/rfc8446#section-5.1. */
const TLS_HANDSHAKE = 0x16;

/** A self-signed certificate for an address; with `days` -1 it has expired. Each has a subject of its own. */
export function certificate(subjectAltName: string, days = 1): Certificate {
	return inFolder((folder) => {
		requestCertificate(folder, `subjectAltName=${subjectAltName}`);
		openssl(folder, ...SIGN, "-signkey", "key", "-days", `${days}`);
		return made(folder);
	});
}

/** A certificate authority that nobody knows until they are told of it. */
export interface Authority {
	/** Its own certificate, in PEM. */
	readonly cert: Buffer;
	/** A certificate of its making for an address; with `days` -1 it has expired. */
	readonly issue: (subjectAltName: string, days?: number) => Certificate;
}

/** A new authority; each has a name of its own. */
export function authority(): Authority {
	const own = inFolder((folder) => {
		requestCertificate(folder, "basicConstraints=critical,CA:TRUE");
		openssl(folder, ...SIGN, "-signkey", "key", "-days", "1");
		return made(folder);
	});
	const issue = (subjectAltName: string, days = 1) =>
		inFolder((folder) => {
			writeFileSync(join(folder, "ca-key"), own.key);
			writeFileSync(join(folder, "ca"), own.cert);
			requestCertificate(folder, `subjectAltName=${subjectAltName}`);
			openssl(folder, ...SIGN, "-CA", "ca", "-CAkey", "ca-key", "-CAcreateserial", "-days", `${days}`);
			return made(folder);
		});
	return { cert: own.cert, issue };
}

function made(folder: string): Certificate {
	return { key: readFileSync(join(folder, "key")), cert: readFileSync(join(folder, "cert")) };
}

const SIGN = ["x509", "-req", "-in", "csr", "-copy_extensions", "copy", "-out", "cert"];

/** Makes `key` and `csr`. */
function requestCertificate(folder: string, extension: string): void {
	const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key"];
	openssl(folder, "req", "-new", ...key, "-out", "csr", "-subj", `/CN=${randomUUID()}`, "-addext", extension);
}

function openssl(folder: string, ...args: readonly string[]): void {
	execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
}

function inFolder<T>(body: (folder: string) => T): T {
	const folder = mkdtempSync(join(tmpdir(), "certificate-"));
	try {
		return body(folder);
	} finally {
		rmSync(folder, { recursive: true });
	}
}
