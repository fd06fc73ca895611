// A receiver of docs/from, run as a reader would run it: copied from its page, in a process of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { BASE_ENV, workspace } from "../../helpers/runner.ts";
import type { Received } from "../../helpers/server.ts";
import { fileOf } from "./page.ts";

export interface Receiver {
	/** Where it listens. */
	readonly url: string;
	/** What it has printed since. */
	readonly printed: readonly string[];
}

/** The receivers that pages have. */
export type ReceiverFile = "receiver.py" | "server_receiver.py" | "receiver.ts";

/** Starts a receiver of the page on a free port; it ends with the test. */
export async function startReceiver(
	page: string,
	file: ReceiverFile,
	env: Readonly<Record<string, string>>,
): Promise<Receiver> {
	const program = file.endsWith(".py") ? "python3" : process.execPath;
	const cwd = workspace({ [file]: fileOf(page, file), "package.json": '{ "type": "module" }' });
	const child = spawn(program, [file], {
		cwd,
		env: { ...BASE_ENV, ...env, PORT: "0" },
		stdio: ["ignore", "pipe", "inherit"],
	});
	onTestFinished(async () => {
		if (child.exitCode !== null) return;
		child.kill("SIGKILL");
		await once(child, "exit");
	});
	const lines = createInterface(child.stdout);
	const [first] = await Promise.race([once(lines, "line"), once(lines, "close")]);
	const [, url] = /^listening on (\S+)$/.exec(String(first)) ?? [];
	if (url === undefined) throw new Error(`${page}: ${file} does not listen: ${first}`);
	const printed: string[] = [];
	lines.on("line", (line) => printed.push(line));
	return { url, printed };
}

/** Posts a request that came elsewhere, its body or headers perhaps changed; the status that it is answered with. */
export async function post(
	{ url }: Receiver,
	request: Received,
	change: { readonly body?: Buffer; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<number> {
	const { host, connection, "content-length": length, ...headers } = { ...request.headers, ...change.headers };
	const body = new Uint8Array(change.body ?? request.raw);
	const answer = await fetch(url, { method: "POST", headers, body });
	return answer.status;
}

/** The text with the character at the end of the first `part` replaced by its neighbour. */
export function flip(text: string, part: string): string {
	const at = text.indexOf(part) + part.length - 1;
	if (at < part.length - 1) throw new Error(`no ${part}`);
	return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
}
