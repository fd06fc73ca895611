// A real HTTP server on loopback that keeps every request with its raw body and answers as told.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Received {
	readonly method: string;
	readonly path: string;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	readonly raw: Buffer;
}

/** An answer: status, body, headers; or a function that does it all. */
export type Reply =
	| { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
	| ((request: IncomingMessage, response: ServerResponse) => void);

export interface Server {
	/** `http://127.0.0.1:port`. */
	readonly url: string;
	readonly requests: readonly Received[];
}

/** Starts a server that gives these replies in turn, the last one for ever; it ends with the test. */
export async function startServer(...replies: readonly Reply[]): Promise<Server> {
	const requests: Received[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const raw = Buffer.concat(chunks);
			const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
			requests.push({
				method: request.method ?? "",
				path: request.url ?? "",
				headers,
				body: raw.toString("utf8"),
				raw,
			});
			const reply = replies[Math.min(requests.length, replies.length) - 1] ?? { status: 200 };
			if (typeof reply === "function") reply(request, response);
			else response.writeHead(reply.status, reply.headers).end(reply.body ?? "");
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const address = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${address.port}`, requests };
}
