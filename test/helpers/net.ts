// Real servers on loopback and certificates of their own, for tests of sending.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
	readonly key: Buffer;
	readonly cert: Buffer;
}

/** Starts a server on a free loopback port, runs `body` with the port, and closes everything. */
export async function listening<T>(server: Server, body: (port: number) => Promise<T>): Promise<T> {
	const sockets = new Set<Socket>();
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		// The client leaves in every way there is.
		socket.on("error", () => {}).once("close", () => sockets.delete(socket));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	try {
		return await body(address.port);
	} finally {
		for (const socket of sockets) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
	}
}

/** A server that answers the first bytes of a connection with bytes of its own, then ends it; or does as it likes. */
export function rawServer(answer: string | ((socket: Socket) => void)): Server {
	return createServer((socket) => {
		socket.on("error", () => {});
		socket.once("data", () => (typeof answer === "string" ? socket.end(answer) : answer(socket)));
	});
}

/** A self-signed certificate for an address; with `days` -1 it has expired. Each has a subject of its own. */
export function certificate(subjectAltName: string, days = 1): Certificate {
	const folder = mkdtempSync(join(tmpdir(), "certificate-"));
	const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
	const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key"];
	try {
		openssl(
			"req",
			"-new",
			...key,
			"-out",
			"csr",
			"-subj",
			`/CN=${randomUUID()}`,
			"-addext",
			`subjectAltName=${subjectAltName}`,
		);
		openssl(
			"x509",
			"-req",
			"-in",
			"csr",
			"-signkey",
			"key",
			"-copy_extensions",
			"copy",
			"-days",
			`${days}`,
			"-out",
			"cert",
		);
		return { key: readFileSync(join(folder, "key")), cert: readFileSync(join(folder, "cert")) };
	} finally {
		rmSync(folder, { recursive: true });
	}
}
