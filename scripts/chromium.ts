// Chromium, by its DevTools protocol over a pipe.
// https://chromedevtools.github.io/devtools-protocol/
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

interface Answer {
	readonly id?: number;
	readonly method?: string;
	readonly result?: unknown;
	readonly error?: { readonly message: string };
}

/** A browser with one page. */
export class Chromium {
	readonly #profile = mkdtempSync(join(tmpdir(), "chromium-"));
	readonly #process = spawn("chromium", [...FLAGS, `--user-data-dir=${this.#profile}`, "--remote-debugging-pipe"], {
		stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
	});
	readonly #to = this.#process.stdio[3] as Writable;
	readonly #waiting = new Map<number | string, (answer: Answer) => void>();
	#session: string | undefined;
	#last = 0;

	constructor() {
		let text = "";
		(this.#process.stdio[4] as Readable).setEncoding("utf8").on("data", (piece: string) => {
			const messages = (text + piece).split("\0");
			text = messages.pop() ?? "";
			for (const message of messages) {
				const answer: Answer = JSON.parse(message);
				this.#waiting.get(answer.id ?? answer.method ?? "")?.(answer);
			}
		});
	}

	/** Opens a page and waits until it has loaded. */
	async open(url: string): Promise<void> {
		const { targetId } = await this.send<{ targetId: string }>("Target.createTarget", { url: "about:blank" });
		const { sessionId } = await this.send<{ sessionId: string }>("Target.attachToTarget", { targetId, flatten: true });
		this.#session = sessionId;
		await this.send("Page.enable");
		const loaded = new Promise((resolve) => this.#waiting.set("Page.loadEventFired", resolve));
		await this.send("Page.navigate", { url });
		await loaded;
	}

	/** Sends a command, and gives its result. */
	send<T = unknown>(method: string, params: object = {}): Promise<T> {
		const id = ++this.#last;
		const session = this.#session === undefined ? {} : { sessionId: this.#session };
		this.#to.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
		return new Promise((resolve, reject) => {
			this.#waiting.set(id, ({ result, error }) => {
				this.#waiting.delete(id);
				if (error === undefined) resolve(result as T);
				else reject(new Error(`${method}: ${error.message}`));
			});
		});
	}

	async close(): Promise<void> {
		const ended = once(this.#process, "exit");
		this.#process.kill();
		await ended;
		rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** https://peter.sh/experiments/chromium-command-line-switches/ */
const FLAGS = [
	"--headless",
	"--no-sandbox",
	"--no-first-run",
	"--hide-scrollbars",
	...["gpu", "quic", "background-networking", "component-update", "sync"].map((name) => `--disable-${name}`),
];
