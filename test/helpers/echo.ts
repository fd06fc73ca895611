// A receiver that repeats what it was sent: each time another part of it, written in another way.
import { parseJson } from "../../src/lib/json.ts";
import type { Marked } from "./marked.ts";
import { type Received, type Server, startServer } from "./server.ts";

const WAYS: readonly ((text: string) => string)[] = [
	(text) => text,
	(text) => Buffer.from(text).toString("base64"),
	(text) => Buffer.from(`??${text}`).toString("base64url"),
	(text) => Buffer.from(text).toString("hex"),
	encodeURIComponent,
	(text) => new URLSearchParams({ x: text }).toString(),
	(text) => JSON.stringify(text),
	(text) => JSON.stringify(JSON.stringify(text)),
	(text) => text.replaceAll(/[^ -~]/g, (half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, "0")}`),
];

/** The strings of a JSON value. */
export function textsIn(value: unknown): readonly string[] {
	if (typeof value === "string") return [value];
	return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** What a receiver says of what it got: another part with a marker in another way, from another place on, each time. */
function echoOf({ headers, path, body }: Received, { markers: all, turn: first }: Marked, number: number): string {
	const turn = first + 5 * number;
	const told = Object.entries(headers).filter(([name]) => /auth|key|trace/.test(name));
	const texts = [path, body, ...textsIn(parseJson(body))].filter((text) => {
		return Object.values(all).some((secret) => text.includes(secret.slice(0, 6)));
	});
	const parts = [...told.map(([, value]) => value), ...texts];
	const way = WAYS[turn % WAYS.length] ?? String;
	return "x".repeat(turn % 2 === 0 ? 0 : (turn * 7) % 150) + way(parts[turn % parts.length] ?? "");
}

/** A server that answers each request with what `answer` makes of the echo of it. */
export async function startEcho(
	given: Marked,
	answer: (echo: string) => { status: number; body?: string; headers?: Record<string, string> },
): Promise<Server> {
	const server = await startServer((_, response) => {
		const received = server.requests.at(-1);
		if (received === undefined) throw new Error("no request");
		const { status, body = "", headers = {} } = answer(echoOf(received, given, server.requests.length));
		response.writeHead(status, headers).end(body);
	});
	return server;
}
