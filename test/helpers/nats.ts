// Debian's nats-server with JetStream and a config of its own, on loopback, for as long as a test runs.
import { existsSync } from "node:fs";
import { connect as connectSocket, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { jetstreamManager, type StreamConfig } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { onTestFinished } from "vitest";
import { started } from "./net.ts";
import { startProgram } from "./program.ts";
import { workspace } from "./runner.ts";

const PROGRAM = "/usr/sbin/nats-server";

/** Whether tests that need nats-server are left out. On CI a missing package is a fault of the setup, and they fail. */
export const withoutNats = !existsSync(PROGRAM) && process.env["CI"] === undefined;

/** A running server. */
export interface Nats {
	readonly port: number;
	/** Without a user. */
	readonly url: string;
	/** Ends it with SIGKILL. */
	readonly kill: () => Promise<void>;
	/** Starts it again on the same port and with what it has stored. */
	readonly restart: () => Promise<void>;
}

/**
 * Starts a server; `config` are further lines of its config, and `files` are beside it. Without `jetstream` they must say
 * where JetStream keeps its streams, if it is to be there.
 */
export async function startNats(
	config = "",
	files: Readonly<Record<string, string | Uint8Array>> = {},
	{ jetstream = true } = {},
): Promise<Nats> {
	const folder = workspace(files);
	const run = (wanted: number | readonly number[]) =>
		startProgram(wanted, ([port]) => {
			const streams = jetstream ? `jetstream { store_dir: "${folder}/data" }\n` : "";
			const own = `port: ${port}\nhost: "127.0.0.1"\n${streams}`;
			const args = ["-c", join(workspace({ "nats.conf": `${own}${config}\n` }), "nats.conf")];
			return { program: PROGRAM, args, cwd: folder };
		});
	let running = await run(1);
	const [port = 0] = running.ports;
	return {
		port,
		url: `nats://127.0.0.1:${port}`,
		kill: () => running.kill(),
		restart: async () => {
			running = await run([port]);
		},
	};
}

/** A connection that is closed after the test; with the certificate of a CA it is encrypted. */
export async function connectTo(
	{ port }: Nats,
	login: { user?: string; pass?: string } = {},
	ca?: string,
): Promise<NatsConnection> {
	const inbox = login.user === undefined ? {} : { inboxPrefix: `_INBOX_${login.user}` };
	const tls = ca === undefined ? {} : { tls: { ca, host: "127.0.0.1" } };
	const connection = await connect({ servers: `127.0.0.1:${port}`, ...login, ...inbox, ...tls });
	onTestFinished(() => connection.close());
	return connection;
}

/** A message as a stream has it. */
export interface Stored {
	readonly subject: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/** Makes the stream `CI`, which takes these subjects. Returns what gives all that it has stored, in order. */
export async function makeStream(
	connection: NatsConnection,
	subjects: readonly string[],
	more: Partial<StreamConfig> = {},
): Promise<() => Promise<readonly Stored[]>> {
	const manager = await jetstreamManager(connection);
	await manager.streams.add({ name: "CI", subjects: [...subjects], ...more });
	return async () => {
		const { state } = await manager.streams.info("CI");
		const stored: Stored[] = [];
		for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
			const message = await manager.streams.getMessage("CI", { seq });
			if (message === null) continue;
			const headers = Object.fromEntries([...message.header].map(([name, [value = ""]]) => [name, value]));
			stored.push({ subject: message.subject, headers, body: message.string() });
		}
		return stored;
	};
}

/** Something between clients and a server; `freeze` makes nothing pass any more on the connections that there are. */
export async function freezable({ port }: Nats): Promise<{ url: string; freeze: () => void; count: () => number }> {
	const sockets: Socket[] = [];
	const relay = createServer((near: Socket) => {
		const far = connectSocket(port, "127.0.0.1");
		sockets.push(near, far);
		far.on("error", () => {}).once("close", () => near.destroy());
		near.on("error", () => {}).once("close", () => far.destroy());
		near.pipe(far).pipe(near);
	});
	const url = (await started(relay)).replace("http:", "nats:");
	const freeze = () => {
		for (const socket of sockets) socket.unpipe();
	};
	return { url, freeze, count: () => sockets.length / 2 };
}

/**
 * Something between a client and a server that passes everything on, and is shown all that the server sends; it ends
 * the connection where `isCut` says so, before that has reached the client. Its URL.
 */
export async function between({ port }: Nats, isCut: (sent: string) => boolean): Promise<string> {
	const relay = createServer((near: Socket) => {
		const far = connectSocket(port, "127.0.0.1");
		near.pipe(far);
		far.on("data", (bytes) => (isCut(bytes.toString()) ? near.destroy() : near.write(bytes)));
		far.on("error", () => near.destroy()).once("close", () => near.destroy());
		near.on("error", () => {}).once("close", () => far.destroy());
	});
	return (await started(relay)).replace("http:", "nats:");
}
